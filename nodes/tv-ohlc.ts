import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { CandleStreamEvent, SeriesSettings } from '../src/index';
import { Remembered } from './shared/remembered';
import { switchSetting, textSetting } from './shared/settings';
import { SymbolStream } from './shared/symbol-stream';
import { isWired } from './shared/wiring';
import { TRADINGVIEW } from './tradingview/feed';
import { SERIES_OUTPUT, sendSeriesEvent } from './tradingview/series-events';

interface OhlcConfig extends NodeDef {
  connection?: string;
  symbols?: string[];
  timeframe?: string;
  history?: number | string;
  session?: string;
  adjustment?: string;
  remember?: boolean | string;
}

export = function (RED: NodeAPI) {
  function TvOhlc(this: Node, config: OhlcConfig) {
    RED.nodes.createNode(this, config);
    const remembered = new Remembered(this, (value) => typeof value === 'number');
    let remembers = false;
    let settings: SeriesSettings;

    /** Candles of another market, or made otherwise, are none of those that were delivered. */
    const seriesKey = (symbol: string): string =>
      [symbol, settings.timeframe, settings.session, settings.adjustment, config.connection, stream.source].join(' ');

    /** What a restart must not repeat is what was delivered: the candles of the history too. */
    const remember = (event: CandleStreamEvent) => {
      const candle =
        event.event === 'closed' ? event.candle : event.event === 'history' ? event.candles.at(-1) : undefined;
      if (candle) remembered.keep(seriesKey(event.symbol), candle.timestamp);
    };

    const deliver = (event: CandleStreamEvent) => {
      sendSeriesEvent(stream, event);
      if (remembers) remember(event);
    };

    const stream = new SymbolStream(RED, this, config, TRADINGVIEW, {
      eventsOutput: SERIES_OUTPUT.history,
      properties: () => ({ timeframe: settings.timeframe }),
      async prepare(client) {
        settings = client.checkSeries({
          timeframe: textSetting('timeframe', config.timeframe),
          history: textSetting('history', config.history) ?? 10,
          session: textSetting('session', config.session),
          adjustment: textSetting('adjustment', config.adjustment),
        });
        remembers = switchSetting('remember', config.remember);
        await (remembers ? remembered.read() : remembered.forget());
      },
      watch: (client, symbol, stateChanged) =>
        client.watchCandles(
          {
            symbol,
            ...settings,
            after: remembered.last(seriesKey(symbol)),
            wants: (event) => (remembers && event === 'closed') || isWired(this, SERIES_OUTPUT[event]),
            stateChanged,
          },
          deliver,
        ),
    });
  }
  RED.nodes.registerType('tv-ohlc', TvOhlc);
};
