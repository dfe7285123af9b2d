// The suite's own eyes and ears: yes to a real call, no to what only looks like one.

import { CAMERAS } from '../fixtures/camera.ts';
import { type Cheat, connectedPair } from '../fixtures/stand-in.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Hearing, Sight } from '../fixtures/witness.ts';
import { describeHearing, describeSight } from '../people/senses.ts';

const [RED, GREEN] = CAMERAS;
const SEEN = { whose: GREEN.colour, flows: true, moves: true };
const HEARD = { whose: GREEN.colour, playing: true, loud: true };

/** What the first of a pair sees and hears, once the honest half of it is there. */
async function perceive(
  browsers: Parameters<typeof connectedPair>[0],
  cheat: Cheat,
  until: (sight: Sight, hearing: Hearing) => void,
): Promise<void> {
  const [page, other] = await connectedPair(browsers, cheat);
  const group = page.getByRole('group', { name: 'Other' });
  await expect(async () => {
    const sight = await group.locator('video').evaluate((video: HTMLVideoElement) => window.witness.look(video));
    const hearing = await group.evaluate((element) => window.witness.listen(element));
    until(sight, hearing);
  }).toPass({ timeout: 20_000 });
  await Promise.all([page.context().close(), other.context().close()]);
}

const stories: readonly [Cheat, { seen: Record<string, unknown>; heard: Record<string, unknown> }][] = [
  ['none', { seen: SEEN, heard: HEARD }],
  ['own picture', { seen: { whose: RED.colour, flows: false }, heard: HEARD }],
  ['frozen picture', { seen: { flows: false, moves: false }, heard: { whose: GREEN.colour, playing: false } }],
  ['own sound', { seen: SEEN, heard: { whose: RED.colour, loud: false } }],
  // The browser does not even decode what nobody plays.
  ['muted element', { seen: SEEN, heard: { whose: GREEN.colour, playing: false, loud: false } }],
  ['muted track', { seen: SEEN, heard: { whose: "nobody's (0 Hz)" } }],
  ['no frames', { seen: { flows: false, moves: false }, heard: { playing: false, loud: false } }],
];

for (const [cheat, { seen, heard }] of stories) {
  test(`a page that cheats with: ${cheat}`, async ({ browsers }) => {
    const pair = [await browsers.withCamera(0), await browsers.withCamera(1)] as const;
    await perceive([pair[0], pair[1]], cheat, (sight, hearing) => {
      expect(describeSight(sight)).toMatchObject(seen);
      expect(describeHearing(hearing)).toMatchObject(heard);
    });
  });
}
