import type { Node, NodeAPI, NodeDef } from 'node-red';
import { FeedError, type IndicatorSettings } from '../src/index';
import { resolved, textSetting } from './shared/settings';
import { SymbolStream } from './shared/symbol-stream';
import { isWired } from './shared/wiring';
import { TRADINGVIEW } from './tradingview/feed';
import { SERIES_OUTPUT, sendSeriesEvent } from './tradingview/series-events';

interface IndicatorConfig extends NodeDef {
  connection?: string;
  symbols?: string[];
  timeframe?: string;
  indicator?: string;
  version?: string;
  indicatorInputs?: Record<string, unknown> | string;
  /** The same in flows that were not made in the editor, which keeps the number of a node's input ports under this name. */
  inputs?: Record<string, unknown> | string | number;
  history?: number | string;
}

/**
 * Inputs by id or name. An environment variable for all of them gives them as JSON.
 * @throws FeedError SETTING_INVALID, also for a variable that is not set
 */
function inputsSetting({ indicatorInputs, inputs: ports }: IndicatorConfig): Record<string, unknown> {
  const own = typeof ports === 'number' ? undefined : ports;
  // The form stores an object even where nothing was entered.
  const value = isEmpty(indicatorInputs) ? own : indicatorInputs;
  const given = resolved('inputs', value) ?? {};
  const inputs = typeof given === 'string' ? readJson(given) : given;
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
    throw new FeedError('SETTING_INVALID', 'The setting “inputs” must be an object such as {"in_0": 21}.');
  }
  return Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, resolved(`inputs.${key}`, input)]));
}

function isEmpty(inputs: unknown): boolean {
  return inputs === undefined || inputs === '' || JSON.stringify(inputs) === '{}';
}

function readJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export = function (RED: NodeAPI) {
  function TvIndicator(this: Node, config: IndicatorConfig) {
    RED.nodes.createNode(this, config);
    let settings: IndicatorSettings;
    const stream = new SymbolStream(RED, this, config, TRADINGVIEW, {
      eventsOutput: SERIES_OUTPUT.history,
      properties: () => ({ timeframe: settings.timeframe }),
      async prepare(client) {
        settings = client.checkIndicator({
          timeframe: textSetting('timeframe', config.timeframe),
          indicator: textSetting('indicator', config.indicator),
          version: textSetting('version', config.version),
          inputs: inputsSetting(config),
          history: textSetting('history', config.history),
        });
      },
      watch: (client, symbol, stateChanged) =>
        client.watchIndicator(
          { symbol, ...settings, wants: (event) => isWired(this, SERIES_OUTPUT[event]), stateChanged },
          (event) => sendSeriesEvent(stream, event),
        ),
    });
  }
  RED.nodes.registerType('tv-indicator', TvIndicator);
};
