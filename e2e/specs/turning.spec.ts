// A phone is turned: everything is in its place again, and clear of what the phone keeps for itself.

import { ALBUM } from '../fixtures/settings.ts';
import { everythingIsInReach, type Kept, ON_ITS_SIDE, spacesText, turns, underTheEdge, UPRIGHT } from '../fixtures/reach.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

const POSITIONS: readonly { name: string; size: typeof UPRIGHT | typeof ON_ITS_SIDE; kept: Kept }[] = [
  { name: 'upright', size: UPRIGHT, kept: { top: 47, right: 0, bottom: 34, left: 0 } },
  { name: 'on its side', size: ON_ITS_SIDE, kept: { top: 0, right: 47, bottom: 21, left: 47 } },
];

/** In both positions everything is in reach and clear of the edges, and then `besides`. */
async function isTurned(person: Person, view: string, besides = async (): Promise<void> => undefined): Promise<void> {
  for (const { name, size, kept } of POSITIONS) {
    await turns(person.page, size, kept);
    if (ALBUM) await person.page.screenshot({ path: `screenshots/${view}-${name}.png` });
    expect(await underTheEdge(person.page, kept), `${view} ${name}: under the edge`).toEqual([]);
    await everythingIsInReach(person.page, `${view} ${name}`, size);
    await besides();
  }
}

/** Where somebody's picture and the bar are. */
async function box(person: Person, selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
  return (await person.page.locator(selector).first().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
}

test('at home, and in the settings', async ({ person }) => {
  const ann = await person('Ann');
  await person('Bob');
  await expect(ann.button('Video call Bob')).toBeVisible();
  await isTurned(ann, 'home');
  await ann.presses('Settings');
  await isTurned(ann, 'settings');
  await ann.presses('Close');
  await spacesText(ann.page);
  await isTurned(ann, 'home with more space in its text');
});

test('in a call of two and of three', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const at = new URL(ann.page.url()).pathname;
  await isTurned(ann, 'alone');
  const bob = await person('Bob', { at });
  await bob.givesName();
  await bob.joinsRoom();
  await isTurned(ann, 'two', () => ann.sees(bob));
  const cleo = await person('Cleo', { at });
  await cleo.givesName();
  await cleo.joinsRoom();
  await Promise.all([ann.sees(bob), ann.sees(cleo)]);
  await isTurned(ann, 'three', async () => {
    const bar = await box(ann, '.bar');
    for (const name of ['Bob', 'Cleo', 'You']) {
      const tile = await box(ann, `[role=group][aria-label="${name}"]`);
      expect(tile.y + tile.height, `${name} is above the controls`).toBeLessThanOrEqual(bar.y);
      expect(Math.min(tile.width, tile.height), `${name} is large enough to be seen`).toBeGreaterThan(96);
    }
  });
  await Promise.all([ann.sees(bob), ann.sees(cleo)]);
  await spacesText(ann.page);
  await isTurned(ann, 'three with more space in its text');
});
