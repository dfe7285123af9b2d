// A shared screen: seen by the others beside the people, heard, said, and ended from three sides.

import type { Person } from '../people/person.ts';
import { expect, test } from '../fixtures/test.ts';

/** What is to be seen of somebody's screen is what is in the other tab, and it moves. */
async function seesSlides(viewer: Person, sharer: Person): Promise<void> {
  const video = viewer.participant(`${sharer.name}'s screen`).locator('video');
  await expect(video).toBeVisible();
  await expect(async () => {
    const { rgb, moving, presented } = await video.evaluate((element: HTMLVideoElement) => window.witness.look(element));
    expect({ moving, flows: presented > 1 }).toEqual({ moving: true, flows: true });
    const far = [230, 120, 0].map((value, i) => Math.abs(value - (rgb[i] ?? 0)));
    expect(Math.max(...far), `rgb(${rgb.join()})`).toBeLessThan(48);
  }).toPass({ timeout: 20_000 });
}

test('a tab is shared beside the people, and ended', async ({ person }) => {
  const ann = await person('Ann', { browser: 'sharing' });
  const bob = await person('Bob');
  await ann.opensSlides();
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.seesMovement(ann)]);

  await ann.presses('Share screen');
  await expect(ann.page.getByText('You share your screen')).toBeVisible();
  await seesSlides(bob, ann);
  await expect(bob.page.getByRole('status').filter({ hasText: 'Ann shares their screen' })).toHaveCount(1);
  const [screen, face] = [bob.participant("Ann's screen"), bob.participant('Ann')];
  await expect.poll(async () => ((await screen.boundingBox())?.width ?? 0) / ((await face.boundingBox())?.width ?? 1)).toBeGreaterThan(2);
  await Promise.all([bob.seesMovement(ann), ann.sees(bob)]);
  expect((await ann.sends()).limit, 'all of it within 2 Mb/s').toBeLessThanOrEqual(2_000_000);
  await expect(bob.page.getByText(/connection is weak/)).toHaveCount(0);

  await ann.presses('Stop sharing screen');
  await expect(screen).toHaveCount(0);
  await expect(bob.page.getByRole('status').filter({ hasText: 'shares their screen no more' })).toHaveCount(1);
  await bob.seesMovement(ann);

  // Once more: the way for it is there already.
  const offers = (): number => ann.signals.sentTypes.filter((type) => type === 'call:offer').length;
  const before = offers();
  await ann.presses('Share screen');
  await seesSlides(bob, ann);
  expect(offers()).toBe(before);

  // The browser's own button ends the track.
  await ann.page.evaluate(() => window.witness.endSharing());
  await expect(screen).toHaveCount(0);
  await expect(ann.button('Share screen')).toBeVisible();

  // And the end of the call.
  await ann.presses('Share screen');
  await seesSlides(bob, ann);
  await bob.hangsUp();
  await ann.isTold('Call ended');
  await ann.holdsNothing();
});

test('who comes later sees what is shared already, and both may share', async ({ person }) => {
  const ann = await person('Ann', { browser: 'sharing' });
  await ann.opensSlides();
  await ann.presses('Create room');
  await ann.joinsRoom();
  const at = new URL(ann.page.url()).pathname;
  const bob = await person('Bob', { at });
  await bob.givesName();
  await bob.joinsRoom();
  await bob.seesMovement(ann);
  await ann.presses('Share screen');
  await seesSlides(bob, ann);

  const cleo = await person('Cleo', { at, browser: 'sharing' });
  await cleo.opensSlides();
  await cleo.givesName();
  await cleo.joinsRoom();
  await Promise.all([seesSlides(cleo, ann), cleo.sees(bob)]);
  await cleo.presses('Share screen');
  await Promise.all([seesSlides(bob, cleo), seesSlides(ann, cleo), seesSlides(bob, ann)]);
  for (const one of [ann, cleo]) expect((await one.sends()).limit).toBeLessThanOrEqual(2_000_000);
});
