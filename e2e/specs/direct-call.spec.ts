// Two people ring each other, talk, see each other, and hang up.

import { expect, test } from '../fixtures/test.ts';

test('a video call: ring, accept, picture and sound both ways, hang up', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  await ann.videoCalls('Bob');
  await ann.isIn('ringing');
  await bob.isRungBy('Ann');
  await bob.isIn('ringing');
  await expect(bob.page, 'the tab says who rings').toHaveTitle(/Ann/);
  await bob.acceptsWithVideo();
  await expect(bob.page).not.toHaveTitle(/is calling/);

  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  await Promise.all([ann.seesFullPictureOf(bob), bob.seesFullPictureOf(ann)]);
  expect(await ann.callId()).toMatch(/^[\w-]{16,64}$/);
  expect(await bob.callId()).toBe(await ann.callId());

  await bob.hangsUp();
  await Promise.all([ann.isTold('Call ended'), bob.isTold('Call ended')]);
  await Promise.all([ann.holdsNothing(), bob.holdsNothing()]);
});

test('a voice call the other way: the callee accepts, the caller hangs up', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  await ann.accepts();

  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await Promise.all([ann.doesNotSee(bob), bob.doesNotSee(ann)]);
  expect((await ann.opened()).sort(), 'a voice call leaves the camera alone').toEqual(['audio']);

  await bob.hangsUp();
  await Promise.all([ann.isTold('Call ended'), bob.isTold('Call ended')]);
});

test('a video call accepted without video shows one side only', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();

  await Promise.all([bob.seesAndHears(ann), ann.hears(bob)]);
  await expect(ann.participant('Bob')).toContainText('Camera off');
  await ann.doesNotSee(bob);
  expect(await bob.opened()).toEqual(['audio']);
});

test('a voice call becomes a video call and stays the same call', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  const call = await ann.callId();

  await bob.turnsCameraOn();
  await ann.sees(bob);
  await ann.turnsCameraOn();
  await bob.seesAndHears(ann);
  await ann.hears(bob);

  expect([await ann.callId(), await bob.callId()]).toEqual([call, call]);
});

test('a muted microphone and a camera turned off are noticed by the other', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);

  await ann.mutes();
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await bob.doesNotHear(ann);
  await bob.sees(ann);

  await ann.unmutes();
  await expect(bob.participant('Ann')).not.toContainText('Microphone off');
  await bob.hears(ann);

  await ann.turnsCameraOff();
  await expect(bob.participant('Ann')).toContainText('Camera off');
  await bob.doesNotSee(ann);
  await bob.hears(ann);
  await expect.poll(() => ann.opened(), 'the camera itself is off').toEqual(['audio']);

  await ann.turnsCameraOn();
  await expect(bob.participant('Ann')).not.toContainText('Camera off');
  await bob.sees(ann);
});

test('call again rings again', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.declines();
  await ann.isTold('They declined');

  await ann.presses('Call again');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await ann.hangsUp();
  await ann.isTold('Call ended');
  await ann.presses('Done');
  await ann.isHome();
});
