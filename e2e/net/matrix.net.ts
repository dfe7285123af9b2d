// Everybody's network with everybody's: who reaches whom directly, and that a TURN server brings the others together.

import { test as base, expect } from '@playwright/test';

import { Agent, type Route } from './agent.ts';
import { Internet, type Side } from './internet.ts';
import { INSIDE, naming, Server } from './servers.ts';
import { isDirect, type Kind, type Pair, PAIRS } from './theory.ts';

/** Nineteen of twenty are connected within this, in milliseconds. */
const SOON = 1_500;
/** And each of them within that. */
const WITHIN = 10_000;

/** What is there throughout: making it takes longer than to try all pairs. */
class World {
  private readonly agents = new Map<string, Agent>();

  private constructor(
    readonly internet: Internet,
    /** Where the TURN server is inside the relay, and where it is coturn. */
    readonly origins: { readonly inside: string; readonly coturn: string },
    private readonly servers: readonly Server[],
  ) {}

  static async make(): Promise<World> {
    const internet = Internet.make();
    const coturn = await Server.coturn(internet, 3479);
    const inside = await Server.relay(internet, 8080, INSIDE);
    const named = await Server.relay(internet, 8081, naming([coturn.address]));
    return new World(internet, { inside: inside.address, coturn: named.address }, [coturn, inside, named]);
  }

  /** Whoever is on that side and connected like this. */
  async agent(side: Side, kind: Kind): Promise<Agent> {
    this.internet.setRouter(side, kind);
    const host = this.internet.host(side, kind);
    const agent = this.agents.get(host) ?? (await Agent.in(host));
    this.agents.set(host, agent);
    return agent;
  }

  /** All that there are sign in at a relay. */
  async signIn(origin: string): Promise<void> {
    for (const side of ['left', 'right'] as const) {
      for (const kind of ['open', 'full cone'] as const) await (await this.agent(side, kind)).signIn(origin);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.agents.values(), ...this.servers].map((one) => one.stop()));
    this.internet.remove();
  }
}

const test = base.extend<object, { world: World }>({
  world: [
    async ({}, use) => {
      const world = await World.make();
      await use(world);
      await world.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** What became of two who dialled. */
interface Outcome {
  readonly pair: Pair;
  /** From the offer until both are connected, in milliseconds; `undefined` if they never were. */
  readonly took: number | undefined;
  readonly route: Route | undefined;
}

async function dial(world: World, pair: Pair, stunAlone: boolean): Promise<Outcome> {
  const [from, to] = [await world.agent('left', pair[0]), await world.agent('right', pair[1])];
  [from.other, to.other] = [to, from];
  await Promise.all([from.begins(stunAlone), to.begins(stunAlone)]);
  const { description, began } = await from.offers();
  await from.hearsAnswer(await to.answers(description));
  const connected = await Promise.all([from.connectedAt(WITHIN), to.connectedAt(WITHIN)]);
  const took = connected.includes(undefined) ? undefined : Math.max(...connected.map(Number)) - began;
  const route = took === undefined ? undefined : await from.route(isDirect(pair) ? 'direct' : 'relay');
  return { pair, took, route };
}

/** Dials all of them in turn, says what came of it, and complains about what should not be. */
async function dialAll(world: World, title: string, pairs: readonly Pair[], stunAlone: boolean): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const pair of pairs) outcomes.push(await dial(world, pair, stunAlone));
  console.log(table(title, outcomes));
  const wrong = outcomes.filter(({ pair, route }) => route?.way !== (isDirect(pair) ? 'direct' : 'relay'));
  expect(wrong, 'each by the way that theory allows').toEqual([]);
  const late = outcomes.filter(({ took = WITHIN }) => took > SOON);
  expect(late.length, `of ${outcomes.length} not within ${SOON} ms`).toBeLessThanOrEqual(outcomes.length / 20);
}

function table(title: string, outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ pair: [from, to], took, route }) =>
    [from.padEnd(16), to.padEnd(16), (route?.way ?? 'none').padEnd(7), (route?.types ?? '').padEnd(12), `${took ?? '-'}`.padStart(6)].join(' '),
  );
  const times = outcomes.map(({ took = WITHIN }) => took).sort((a, b) => a - b);
  const at = (part: number): number | undefined => times[Math.ceil(times.length * part) - 1];
  return [`${title}: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, all within ${at(1)} ms`, ...rows].join('\n');
}

test('who can reach the other directly does so with no more help than being told their address', async ({ world }) => {
  await world.signIn(world.origins.inside);
  await dialAll(world, 'STUN alone', PAIRS.filter(isDirect), true);
});

test('with the TURN server inside, everybody reaches everybody', async ({ world }) => {
  await world.signIn(world.origins.inside);
  await dialAll(world, 'the server inside', PAIRS, false);
});

test('with coturn, everybody reaches everybody', async ({ world }) => {
  await world.signIn(world.origins.coturn);
  await dialAll(world, 'coturn', PAIRS, false);
});
