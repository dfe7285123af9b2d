// Devices that the person, or nobody, allows.

import { expect, test } from '../fixtures/test.ts';

test('denied: joins as a listener, in words, and nothing breaks', async ({ person }) => {
  const ann = await person('Ann', { browser: 'asking' });
  await ann.deniesDevices();
  const bob = await person('Bob');

  await bob.videoCalls('Ann');
  await ann.isRungBy('Bob');
  await ann.acceptsWithVideo();

  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await ann.seesAndHears(bob);
  await expect(ann.page.getByText('The microphone is blocked')).toBeVisible();
  await expect(bob.participant('Ann')).toContainText('Microphone off');
  await expect(bob.participant('Ann')).toContainText('Camera off');
  expect(await ann.opened()).toEqual([]);
});

test('denied when dialling: the call goes out all the same', async ({ person }) => {
  const ann = await person('Ann', { browser: 'asking' });
  await ann.deniesDevices();
  const bob = await person('Bob');

  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await ann.hears(bob);
  await expect(bob.participant('Ann')).toContainText('Microphone off');
});

test('no camera: the call goes on with sound, in words', async ({ person }) => {
  const ann = await person('Ann', { browser: 'no camera' });
  const bob = await person('Bob');

  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await ann.seesAndHears(bob);
  await expect(ann.page.getByText('No camera was found')).toBeVisible();
  await expect(bob.participant('Ann')).toContainText('Camera off');
  await expect(bob.participant('Ann')).not.toContainText('Microphone off');
  expect(await ann.opened()).toEqual(['audio']);
});
