import type { Change, DeployType, FlowNode } from './plan';
import type { Stage } from './stage';

/** The flows of a round as they stand, and their deploys. */
export class Sheet {
  readonly #stage: Stage;
  #nodes: FlowNode[];
  readonly #grace = new Map([
    ['c', 2],
    ['d', 1],
  ]);
  readonly #deployed = new Map<number, ReadonlyMap<string, FlowNode>>();
  #changes = 0;

  constructor(stage: Stage, nodes: readonly FlowNode[]) {
    this.#stage = stage;
    this.#nodes = nodes.map((node) => ({ ...node }));
  }

  get nodes(): readonly FlowNode[] {
    return this.#nodes;
  }

  /** What was deployed: the nodes by id, by the number of the deploy since Node-RED began. */
  settings(deploy: number): ReadonlyMap<string, FlowNode> | undefined {
    return this.#deployed.get(deploy);
  }

  /** The n-th of those that are of one of these types. */
  node(n: number, ...types: string[]): FlowNode | undefined {
    const found = this.#nodes.filter(({ type }) => types.includes(type));
    return found[n % Math.max(1, found.length)];
  }

  /** Changes something. @returns of what, for the story */
  change(change: Change, n: number, fresh: FlowNode): string {
    const node = this.#nodes[n % this.#nodes.length] as FlowNode;
    this.#changes++;
    switch (change) {
      case 'nothing':
        return '';
      case 'name':
        node.name = `changed ${this.#changes}`;
        return node.id;
      case 'settings': {
        const { timeframe, symbols, history, remember } = fresh;
        if (node.type === fresh.type) Object.assign(node, { timeframe, symbols, history, remember });
        else node.name = `changed ${this.#changes}`;
        return node.id;
      }
      case 'connection': {
        const id = String(node.connection);
        this.#grace.set(id, this.#grace.get(id) === 2 ? 1 : 2);
        return id;
      }
      case 'add':
        this.#nodes.push({ ...fresh });
        return fresh.id;
      case 'remove':
        this.#nodes = this.#nodes.filter(({ id }) => id !== node.id);
        return node.id;
    }
  }

  async deploy(type: DeployType): Promise<void> {
    this.#deployed.set(++this.#stage.deploys, new Map(this.#nodes.map((node) => [node.id, { ...node }])));
    const connections = [...this.#grace].map(([id, grace]) => [id, { grace, plan: 'premium' }]);
    await this.#stage.red.deploy([...this.#stage.flows(Object.fromEntries(connections)), ...this.#nodes], type);
  }
}
