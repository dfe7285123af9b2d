// A shared screen: seen by the others beside the people, heard, said, and ended from three sides.

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Hearing } from '../fixtures/witness.ts';
import type { Person } from '../people/person.ts';

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

/** A tone that nobody's voice has. */
const TONE = 700;

test('the sound of what is shared is heard beside the voice, and stops with it', async ({ person }) => {
  const ann = await person('Ann', { browser: 'sharing' });
  const bob = await person('Bob');
  await ann.opensSlides(TONE);
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.seesMovement(ann)]);
  const screen = bob.participant("Ann's screen");
  const hearing = (): Promise<Hearing> => screen.evaluate((element) => window.witness.listen(element));
  for (let times = 0; times < 2; times += 1) {
    await ann.presses('Share screen');
    await seesSlides(bob, ann);
    await expect(async () => {
      const { playing, energy, tone } = await hearing();
      expect({ playing, loud: energy > 0.001, off: Math.abs(tone - TONE) > 10 }).toEqual({ playing: true, loud: true, off: false });
    }).toPass({ timeout: 20_000 });
    await ann.presses('Stop sharing screen');
    await expect(screen).toHaveCount(0);
  }
  const { energy } = await bob.participant('Ann').evaluate((element) => window.witness.listen(element));
  expect(energy, 'the voice goes on').toBeGreaterThan(0);
  await ann.hears(bob);
});

test('who shares a whole screen is told that this window is in it', async ({ person }) => {
  const ann = await person('Ann', { browser: 'sharing all' });
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.seesMovement(ann)]);
  await ann.presses('Share screen');
  const told = ann.page.getByRole('status').filter({ hasText: 'The others may see this window in what you share, as in a mirror' });
  await expect(told).toBeVisible();
  await expect(bob.participant("Ann's screen").locator('video')).toBeVisible();
  await photograph(ann.page, 'screen-mirror');
  await told.getByRole('button', { name: 'Stop' }).click();
  await expect(told).toHaveCount(0);
  await expect(bob.participant("Ann's screen")).toHaveCount(0);
});

test('what is shared goes on while another language is chosen', async ({ person }) => {
  const ann = await person('Ann', { browser: 'sharing' });
  const bob = await person('Bob');
  await ann.opensSlides();
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.sees(bob), bob.seesMovement(ann)]);
  await ann.presses('Share screen');
  await seesSlides(bob, ann);
  const shared = (): number => bob.signals.received.filter((frame) => frame.type === 'call:media_updated').length;
  const before = shared();

  await ann.opensSettings();
  await ann.page.getByLabel('Language', { exact: true }).selectOption({ label: 'Tiếng Việt' });
  await ann.presses('Đóng');
  await expect(ann.page.getByText('Bạn đang chia sẻ màn hình')).toBeVisible();
  await seesSlides(bob, ann);
  expect(shared(), 'it never ended').toBe(before);

  await ann.presses('Ngừng chia sẻ màn hình');
  await expect(bob.participant("Ann's screen")).toHaveCount(0);
  await ann.presses('Chia sẻ màn hình');
  await seesSlides(bob, ann);
  await bob.hangsUp();
  await ann.isIn('ended');
  await ann.holdsNothing();
});
