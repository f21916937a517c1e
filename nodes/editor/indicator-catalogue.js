// TradingView's own indicators, so that one can be chosen where its list cannot be asked for: id, name, short name. Those that
// only draw are left out, for they have no values to send.
const CATALOGUE = [
  ['STD;RSI', 'Relative Strength Index', 'RSI'],
  ['STD;MACD', 'Moving Average Convergence Divergence', 'MACD'],
  ['STD;EMA', 'Moving Average Exponential', 'EMA'],
  ['STD;SMA', 'Moving Average Simple', 'SMA'],
  ['STD;Bollinger_Bands', 'Bollinger Bands', 'BB'],
  ['Volume@tv-basicstudies-246', 'Volume', 'Vol'],
  ['STD;VWAP', 'Volume Weighted Average Price', 'VWAP'],
  ['STD;Average_True_Range', 'Average True Range', 'ATR'],
  ['STD;Stochastic', 'Stochastic', 'Stoch'],
  ['STD;Stochastic_RSI', 'Stochastic RSI', 'Stoch RSI'],
  ['STD;Supertrend', 'Supertrend', ''],
  ['STD;Ichimoku%1Cloud', 'Ichimoku Cloud', ''],
  ['STD;Accumulation_Distribution', 'Accumulation/Distribution', 'Accum/Dist'],
  ['STD;Arnaud%1Legoux%1Moving%1Average', 'Arnaud Legoux Moving Average', 'ALMA'],
  ['STD;Aroon', 'Aroon', ''],
  ['STD;Average%Day%Range', 'Average Daily Range', 'ADR'],
  ['STD;Average%1Directional%1Index', 'Average Directional Index', 'ADX'],
  ['STD;Awesome_Oscillator', 'Awesome Oscillator', 'AO'],
  ['STD;Balance%1of%1Power', 'Balance of Power', 'BOP'],
  ['STD;BBTrend', 'BBTrend', ''],
  ['STD;Bollinger_Bands_B', 'Bollinger Bands %b', 'BB %b'],
  ['STD;Bollinger_Bands_Width', 'Bollinger BandWidth', 'BBW'],
  ['STD;Bull%Bear%Power', 'Bull Bear Power', 'BBP'],
  ['STD;Chaikin_Money_Flow', 'Chaikin Money Flow', 'CMF'],
  ['STD;Chaikin_Oscillator', 'Chaikin Oscillator', ''],
  ['STD;Chande%1Kroll%1Stop', 'Chande Kroll Stop', 'CKS'],
  ['STD;Chande_Momentum_Oscillator', 'Chande Momentum Oscillator', 'ChandeMO'],
  ['STD;Choppiness_Index', 'Choppiness Index', 'CHOP'],
  ['STD;CCI', 'Commodity Channel Index', 'CCI'],
  ['STD;Connors_RSI', 'Connors RSI', 'CRSI'],
  ['STD;Coppock%1Curve', 'Coppock Curve', ''],
  ['STD;Cumulative%1Volume%1Delta', 'Cumulative Volume Delta', 'CVD'],
  ['STD;DPO', 'Detrended Price Oscillator', 'DPO'],
  ['STD;DMI', 'Directional Movement Index', 'DMI'],
  ['STD;Donchian_Channels', 'Donchian Channels', 'DC'],
  ['STD;DEMA', 'Double EMA', 'DEMA'],
  ['STD;EOM', 'Ease of Movement', 'EOM'],
  ['STD;EFI', 'Elder Force Index', 'EFI'],
  ['STD;ENV', 'Envelope', 'Env'],
  ['STD;Fisher_Transform', 'Fisher Transform', ''],
  ['STD;Historical_Volatility', 'Historical Volatility', 'HV'],
  ['STD;Hull%1MA', 'Hull Moving Average', 'HMA'],
  ['STD;Keltner_Channels', 'Keltner Channels', 'KC'],
  ['STD;Klinger%1Oscillator', 'Klinger Oscillator', ''],
  ['STD;Know_Sure_Thing', 'Know Sure Thing', 'KST'],
  ['STD;Least%1Squares%1Moving%1Average', 'Least Squares Moving Average', 'LSMA'],
  ['STD;MA%1Cross', 'MA Cross', ''],
  ['STD;Mass%1Index', 'Mass Index', ''],
  ['STD;McGinley%1Dynamic', 'McGinley Dynamic', ''],
  ['STD;Median', 'Median', ''],
  ['STD;Momentum', 'Momentum', 'Mom'],
  ['STD;Money_Flow', 'Money Flow Index', 'MFI'],
  ['STD;MA%Ribbon', 'Moving Average Ribbon', ''],
  ['STD;WMA', 'Moving Average Weighted', 'WMA'],
  ['STD;On_Balance_Volume', 'On Balance Volume', 'OBV'],
  ['STD;PSAR', 'Parabolic SAR', 'SAR'],
  ['STD;Price_Oscillator', 'Percentage Price Oscillator', 'PPO'],
  ['STD;Volume%1Oscillator', 'Percentage Volume Oscillator', 'PVO'],
  ['STD;Price_Volume_Trend', 'Price Volume Trend', 'PVT'],
  ['STD;ROC', 'Rate Of Change', 'ROC'],
  ['STD;Relative_Vigor_Index', 'Relative Vigor Index', 'RVGI'],
  ['STD;Relative_Volatility_Index', 'Relative Volatility Index', 'RVI'],
  ['STD;Divergence%1Indicator', 'RSI Divergence Indicator', ''],
  ['STD;SMI_Ergodic_Indicator_Oscillator', 'SMI Ergodic Indicator', 'SMII'],
  ['STD;SMI_Ergodic_Oscillator', 'SMI Ergodic Oscillator', 'SMIO'],
  ['STD;Smoothed%1Moving%1Average', 'Smoothed Moving Average', 'SMMA'],
  ['STD;SMI', 'Stochastic Momentum Index', 'SMI'],
  ['STD;Technical%1Ratings', 'Technical Ratings', ''],
  ['STD;Trend%1Strength%1Index', 'Trend Strength Index', 'TSI'],
  ['STD;TEMA', 'Triple EMA', 'TEMA'],
  ['STD;TRIX', 'TRIX', ''],
  ['STD;True%1Strength%1Indicator', 'True Strength Index', 'TSI'],
  ['STD;Ultimate_Oscillator', 'Ultimate Oscillator', 'UO'],
  ['STD;Volatility_Stop', 'Volatility Stop', 'VStop'],
  ['STD;Volume%1Delta', 'Volume Delta', ''],
  ['STD;VWMA', 'Volume Weighted Moving Average', 'VWMA'],
  ['STD;Vortex%1Indicator', 'Vortex Indicator', 'VI'],
  ['STD;Williams_Alligator', 'Williams Alligator', ''],
  ['STD;Willams_R', 'Williams Percent Range', '%R'],
].map(([id, name, short]) => ({ id, name, short, author: 'TradingView' }));

const SCRIPT = /^(STD|PUB|USER|TV)[^;\s]*;\S.*$/;
const BUILT_IN = /^\w+@tv-\w+-\d+!?$/;

export const isIndicator = (id) => SCRIPT.test(id) || BUILT_IN.test(id);

/**
 * What of the catalogue matches the words, the best matches first.
 * @param builtInOnly for the practice market, which lists the scripts that it computes by itself
 */
export function searchCatalogue(words, builtInOnly) {
  const sought = words.toLowerCase();
  const rank = ({ id, name, short }) => {
    if (short.toLowerCase() === sought) return 0;
    if ([short, name].some((text) => text.toLowerCase().startsWith(sought))) return 1;
    return `${id} ${name}`.toLowerCase().includes(sought) ? 2 : 3;
  };
  const entries = CATALOGUE.filter(({ id }) => !builtInOnly || BUILT_IN.test(id));
  return [0, 1, 2].flatMap((wanted) => entries.filter((entry) => rank(entry) === wanted));
}

/** "STD;RSI" is "RSI", "STD;Money_Flow" is "Money Flow Index". Scripts of users have no name in their id: it is cut short. */
export function shortName(id) {
  const [, standard] = /^STD;(.+)$/.exec(id) || [];
  const known = CATALOGUE.find((entry) => entry.id === id);
  if (known && known.short !== standard) return known.name;
  if (standard) return standard.replace(/%1|[_%]/g, ' ');
  if (BUILT_IN.test(id)) return id.split('@')[0];
  return id.length > 12 ? `${id.slice(0, 11)}…` : id;
}
