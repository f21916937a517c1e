import { reachableChoice } from './accessible.js';
import { allowVariable } from './fields.js';
import { explainFields } from './problems.js';

/** Shows what matters to the chosen server. */
export function openNewsConnection(node) {
  allowVariable(node, 'node-config-input', 'server');
  reachableChoice('node-config-input', 'proxy', 'http proxy');
  explainFields(node, 'node-config-input');
  const server = $('#node-config-input-server');
  const show = () => {
    const isKnown = ['live', 'practice'].includes(server.val());
    $('.livetick-of-address').toggle(!isKnown);
    $('.livetick-of-proxy').toggle(server.val() !== 'practice');
  };
  server.on('change', show);
  show();
}
