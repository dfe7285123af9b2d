// A TURN server that dies under a call: it goes on over another one, or over the same once it is back.

import { expect, test } from '../fixtures/test.ts';
import { seen, watches } from '../people/gaps.ts';
import type { Person } from '../people/person.ts';
import { connectHere, disconnectHere, HERE } from './internet.ts';
import { naming, Server } from './servers.ts';

/** How long a picture may stand still, in milliseconds. */
const GAP = 4_000;
const PORTS = [3478, 3479] as const;

test.use({ relayOptions: ['--relay-only', ...naming(PORTS.map((port) => `${HERE.ip}:${port}`))] });

/** What the two see while `happens`, until they see and hear each other again: the longest that a picture stood still. */
async function gap([ann, bob]: readonly [Person, Person], happens: () => Promise<void>): Promise<number> {
  await Promise.all([watches(ann, bob), watches(bob, ann)]);
  await happens();
  // Nobody knows which of the servers the call goes over; one that has lost it shows that within this.
  const lost = async (): Promise<boolean> => (await Promise.all([seen(ann), seen(bob)])).some(({ stood }) => stood > 1_000);
  await expect.poll(lost, { timeout: 3_000 }).toBe(true).catch(() => undefined);
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  return Math.max((await seen(ann)).stood, (await seen(bob)).stood);
}

test.beforeAll(connectHere);
test.afterAll(disconnectHere);

test('a call goes on when its TURN server dies', async ({ person }) => {
  const servers = await Promise.all(PORTS.map((port) => Server.coturn(HERE, port)));
  const kill = async (nth: 0 | 1): Promise<void> => servers[nth]?.stop();
  const start = async (nth: 0 | 1): Promise<void> => {
    servers[nth] = await Server.coturn(HERE, PORTS[nth]);
  };
  try {
    const both = [await person('Ann'), await person('Bob')] as const;
    const [ann, bob] = both;
    await ann.videoCalls('Bob');
    await bob.isRungBy('Ann');
    await bob.acceptsWithVideo();
    await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

    const first = await gap(both, () => kill(0));
    await start(0);
    const second = await gap(both, () => kill(1));
    console.log(`without a picture, in ms: ${Math.round(first)} when the first died, ${Math.round(second)} when the second did`);
    const hit = [first, second].filter((stood) => stood > 1_000);
    expect(hit, 'one of the two was the one').not.toEqual([]);
    expect(Math.min(...hit), 'the better of the two: the machine is busy').toBeLessThan(GAP);
    expect(Math.max(...hit)).toBeLessThan(2 * GAP);

    const neither = await gap(both, async () => {
      await kill(0);
      await Promise.all([ann.isIn('reconnecting'), bob.isIn('reconnecting')]);
      await start(0);
    });
    console.log(`and ${Math.round(neither)} when there was none for a while`);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});
