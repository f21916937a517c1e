import type { Results } from './results';
import type { Section } from './section';

/** Three digits that count. */
export function shown(value: number): string {
  if (Number.isNaN(value)) return '–';
  const decimals = Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
  return value.toFixed(decimals);
}

/** A section as a table for people. */
export function printed(results: Results, { title, unit, lines }: Section): string {
  const notes: string[] = [];
  const rows = lines.map(({ row, against = [], of }) => {
    const fault = results.fault(row);
    if (fault !== null) return [row, 'void', fault];
    const repeated = results.samples(row).filter((sample) => sample.repeated);
    if (repeated.length > 0 && !notes.some((note) => note.startsWith(`${row}: `)))
      notes.push(`${row}: ${repeated.length} repeated (${repeated[0]?.repeated})`);
    const values = results.samples(row).map(({ value, more }) => (of ? (more?.[of] ?? Number.NaN) : value));
    const ratios = against.map((other) => `${shown(results.ratio(row, other, of))} of ${other.split(': ').pop()}`);
    const spread = `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`;
    return [
      of ? `${row}, ${of}` : row,
      shown(results.median(row, of)),
      values.length > 1 ? spread : '',
      ratios.join(', '),
    ];
  });
  const table = [['', unit, 'lowest to highest', 'ratio'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const text = table.map((row) =>
    row
      .map((cell, n) =>
        n === 0 ? cell.padEnd(widths[n] as number) : n < 3 ? cell.padStart(widths[n] as number) : cell,
      )
      .join('  ')
      .trimEnd(),
  );
  return `${title}\n${[...text, ...notes].join('\n')}\n`;
}
