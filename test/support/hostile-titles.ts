/** Titles by people who mean harm: tags, formulas, marks of Markdown, topics, control characters, and signs that turn the reading. */
export const HOSTILE_TITLES = [
  `<img src=x onerror="document.title='evil'"><script>document.title='evil'</script>`,
  `{{ constructor.constructor('document.title = "evil"')() }}`,
  `*bold* _lean_ [M&M](https://example.org) \`code\` ~gone~ ||hidden|| \\`,
  '</code></pre><b>&lt;b&gt;&amp;',
  `=HYPERLINK("https://example.org","Bitcoin")`,
  '+1+cmd|" /C calc"!A0',
  '../+/#/$SYS/one',
  'Bitcoin \u202emoc.elpmaxe\u202c \u2066\u200f\u061crises',
  'Bitcoin\u0000\u0007\u001b[2J\u0085 in\r\ntwo\u2028lines\ttab',
] as const;

/** Signs that cannot be seen, and those that turn the direction of reading. */
export const INVISIBLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;
