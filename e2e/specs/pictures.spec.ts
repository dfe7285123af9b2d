// A picture of every view, to be looked at by people; the one of a running call is the README's when it is asked for.

import { join } from 'node:path';

import { photograph, wake } from '../fixtures/album.ts';
import type { Portrait } from '../fixtures/portrait.ts';
import { SUITE } from '../fixtures/settings.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

const ANN: Portrait = {
  name: 'Ann',
  wall: ['#d9c7ae', '#b39a7c'],
  lamp: '#fff3d6',
  skin: '#e9bc9a',
  hair: '#5a3423',
  shirt: '#2f6f73',
  longHair: true,
};
const BINH: Portrait = {
  name: 'Bình',
  wall: ['#8fa8a3', '#5d7672'],
  lamp: '#ffe9bf',
  skin: '#d9a47c',
  hair: '#1f1a18',
  shirt: '#c9673f',
  longHair: false,
};

test.setTimeout(180_000);

/** The README's picture: once the far side has had the time to send its best. */
async function updatePicture(person: Person, other: string): Promise<void> {
  await person.page.setViewportSize({ width: 1280, height: 800 });
  const video = person.participant(other).locator('video');
  const width = (): Promise<number> => video.evaluate((element: HTMLVideoElement) => element.videoWidth);
  await expect.poll(width, { timeout: 60_000 }).toBe(1280);
  await wake(person.page);
  await person.page.screenshot({ path: join(SUITE, '..', 'docs', 'picture.png') });
}

test('the first visit, home, settings, and an address that leads nowhere', async ({ person }) => {
  const ann = await person('Ann', { at: '/', portrait: ANN });
  await expect(ann.field('Your name')).toBeVisible();
  await photograph(ann.page, 'first-visit');
  await ann.givesName();
  await ann.isHome();
  await photograph(ann.page, 'home-alone');

  const binh = await person('Bình', { portrait: BINH });
  const name = 'Maximiliane Friederike von und zu Hohenstein-Wittelsbach-Langen';
  await person(name, { camera: 2 });
  await expect(ann.button(`Video call ${name}`)).toBeVisible();
  await photograph(ann.page, 'home');
  await ann.presses('Settings');
  await expect(ann.page.getByText('Your camera is off')).toBeHidden();
  await photograph(ann.page, 'settings');
  await ann.presses('Close');

  await binh.opens('/nowhere');
  await expect(binh.page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await photograph(binh.page, 'not-found');
});

test('a call from the ring to its end', async ({ person }) => {
  const ann = await person('Ann', { portrait: ANN });
  const binh = await person('Bình', { portrait: BINH });

  await ann.videoCalls('Bình');
  await binh.isRungBy('Ann');
  await photograph(ann.page, 'ringing');
  await photograph(binh.page, 'incoming');

  await binh.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), binh.isIn('active')]);
  await Promise.all([ann.seesMovement(binh), binh.seesMovement(ann)]);
  await photograph(ann.page, 'in-call');
  if (process.env.UPDATE_PICTURE) await updatePicture(ann, 'Bình');

  await binh.mutes();
  await binh.turnsCameraOff();
  await expect(ann.participant('Bình')).toContainText('Camera off');
  await photograph(ann.page, 'in-call-without-picture');

  await ann.hangsUp();
  await Promise.all([ann.isTold('Call ended'), binh.isTold('Call ended')]);
  await photograph(ann.page, 'ended');
  await ann.presses('Done');
  await binh.presses('Done');
  await ann.voiceCalls('Bình');
  await binh.isRungBy('Ann');
  await binh.declines();
  await ann.isTold('They declined');
  await photograph(ann.page, 'declined');
  await ann.presses('Done');
  await photograph(ann.page, 'home-with-recent-calls');
});

test('a room: invited, before going in, alone, and with three others', async ({ person }) => {
  const ann = await person('Ann', { portrait: ANN });
  await ann.presses('Create room');
  await ann.joinsRoom();
  await photograph(ann.page, 'room-alone');
  const path = new URL(ann.page.url()).pathname;

  const binh = await person('Bình', { at: path, portrait: BINH });
  await expect(binh.field('Your name')).toBeVisible();
  await photograph(binh.page, 'invited');
  await binh.givesName();
  await expect(binh.button('Join room')).toBeVisible();
  await photograph(binh.page, 'before-the-room');
  await binh.joinsRoom();

  for (const [name, camera] of [['Cleo', 2], ['Dũng', 3]] as const) {
    const guest = await person(name, { at: path, camera });
    await guest.givesName();
    await guest.turnsCameraOff();
    await guest.joinsRoom();
  }
  await ann.seesMovement(binh);
  await expect(ann.participant('Dũng')).toBeVisible();
  await photograph(ann.page, 'room-of-four');
});

test('a call of three: alike, one large, a menu, a shared screen, the keys', async ({ person }) => {
  const ann = await person('Ann', { portrait: ANN });
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  const binh = await person('Bình', { at: path, portrait: BINH });
  const cleo = await person('Cleo', { at: path, browser: 'sharing' });
  for (const one of [binh, cleo]) {
    await one.givesName();
    await one.joinsRoom();
  }
  await Promise.all([ann.seesMovement(binh), ann.seesMovement(cleo), cleo.seesMovement(ann)]);
  await photograph(ann.page, 'three');
  await ann.participant('Bình').dblclick();
  await photograph(ann.page, 'three-one-large');
  await ann.presses('More about Bình');
  await photograph(ann.page, 'place-menu');
  await ann.button('Close').click();
  await ann.participant('Bình').dblclick();

  await cleo.opensSlides();
  await cleo.presses('Share screen');
  await ann.seesMovement({ name: "Cleo's screen", camera: cleo.camera });
  await photograph(ann.page, 'screen-shared-with-me');
  await photograph(cleo.page, 'screen-shared-by-me');
  await ann.page.keyboard.press('?');
  await photograph(ann.page, 'keys');
  await ann.button('Close').click();
});

test('what can go wrong', async ({ person, relay }) => {
  const ann = await person('Ann', { browser: 'asking' });
  await ann.deniesDevices();
  const binh = await person('Bình', { portrait: BINH });
  await ann.videoCalls('Bình');
  await binh.isRungBy('Ann');
  await binh.acceptsWithVideo();
  await ann.seesMovement(binh);
  await expect(ann.page.getByText('The microphone is blocked')).toBeVisible();
  await photograph(ann.page, 'blocked-devices');

  for (const one of [ann, binh]) one.complaints.expect(/WebSocket|ERR_CONNECTION_REFUSED|api/);
  await relay.stop();
  await expect(ann.page.getByText('Connection to the server is lost')).toBeVisible();
  await photograph(ann.page, 'relay-lost');
  await ann.isIn('active');
});
