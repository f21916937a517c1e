// Sources that the news server knows, by key, name and category; it has many more, and adds some. Those most read come first.
const SOURCES = [
  ['coindesk', 'CoinDesk', 'general'],
  ['cointelegraph', 'CoinTelegraph', 'general'],
  ['decrypt', 'Decrypt', 'general'],
  ['theblock', 'The Block', 'general'],
  ['blockworks', 'Blockworks', 'general'],
  ['bitcoinmagazine', 'Bitcoin Magazine', 'bitcoin'],
  ['defiant', 'The Defiant', 'defi'],
  ['messari', 'Messari', 'research'],
  ['slowmist', 'SlowMist Blog', 'security'],
  ['cryptoslate', 'CryptoSlate', 'general'],
  ['cryptonews', 'Crypto.news', 'general'],
  ['cryptopotato', 'CryptoPotato', 'general'],
  ['newsbtc', 'NewsBTC', 'general'],
  ['dailyhodl', 'The Daily Hodl', 'general'],
  ['coingape', 'CoinGape', 'general'],
  ['coinjournal', 'CoinJournal', 'general'],
  ['cryptodaily', 'Crypto Daily', 'general'],
  ['blockonomi', 'Blockonomi', 'general'],
  ['zycrypto', 'ZyCrypto', 'general'],
  ['bitcoinist', 'Bitcoinist', 'bitcoin'],
  ['btctimes', 'BTC Times', 'bitcoin'],
  ['bankless', 'Bankless', 'defi'],
  ['rekt', 'Rekt News', 'defi'],
  ['nftnow', 'NFT Now', 'nft'],
  ['beincrypto', 'BeInCrypto', 'trading'],
  ['ambcrypto', 'AMBCrypto', 'trading'],
  ['u_today', 'U.Today', 'trading'],
  ['cryptobriefing', 'Crypto Briefing', 'research'],
  ['glassnode', 'Glassnode Insights', 'research'],
  ['theblockresearch', 'The Block Research', 'research'],
  ['coinbase_blog', 'Coinbase Blog', 'institutional'],
  ['binance_blog', 'Binance Blog', 'institutional'],
  ['forkast', 'Forkast News', 'asia'],
  ['etherscan', 'Etherscan Blog', 'ethereum'],
  ['l2beat', 'L2BEAT Blog', 'layer2'],
  ['solana_news', 'Solana News', 'solana'],
  ['bitcoinmining', 'Bitcoin Mining News', 'mining'],
  ['certik_blog', 'CertiK Blog', 'security'],
  ['bloomberg_crypto', 'Bloomberg Crypto', 'mainstream'],
  ['reuters_crypto', 'Reuters Crypto', 'mainstream'],
].map(([key, name, category]) => ({ key, name, category }));

export const isKnownSource = (text) => SOURCES.some(({ key }) => key === text.toLowerCase());

/** Those with a text in their key, name or category; all for an empty one. */
export function searchSources(text) {
  const words = text.toLowerCase();
  return SOURCES.filter((source) => Object.values(source).some((value) => value.toLowerCase().includes(words)));
}
