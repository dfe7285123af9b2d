// Choosing among several microphones and cameras.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** The id of the open device of that kind. */
async function openDevice(person: Person, kind: 'audio' | 'video'): Promise<string | undefined> {
  const tracks = await person.page.evaluate(() => window.witness.openTracks());
  return tracks.find((track) => track.kind === kind)?.device;
}

test('a chosen microphone is used, and remembered', async ({ person }) => {
  const ann = await person('Ann', { browser: 'many devices', camera: 0 });
  const bob = await person('Bob', { camera: 1 });
  await ann.presses('Settings');
  const allow = ann.button('Allow microphone and camera');
  const microphones = ann.page.getByRole('combobox', { name: 'Microphone' });
  await expect(allow.or(microphones).first()).toBeVisible();
  if (await allow.isVisible()) await allow.click();
  const wanted = await microphones.locator('option').last().getAttribute('value');
  expect(wanted).toBeTruthy();
  await microphones.selectOption(wanted);
  await ann.presses('Close');

  await ann.page.reload();
  await ann.isHome();
  await ann.voiceCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.accepts();
  await ann.isIn('active');
  await expect.poll(() => openDevice(ann, 'audio')).toBe(wanted);
});

test('another camera can be chosen in a call', async ({ person }) => {
  const ann = await person('Ann', { browser: 'many devices', camera: 0 });
  const bob = await person('Bob', { camera: 1 });
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), ann.seesAndHears(bob)]);

  const before = await openDevice(ann, 'video');
  await ann.opensSettings();
  const cameras = ann.page.getByRole('combobox', { name: 'Camera' });
  const ids = await cameras.locator('option').evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  const other = ids.filter((id) => id !== '' && id !== before).at(-1) ?? '';
  await cameras.selectOption(other);
  await expect.poll(() => openDevice(ann, 'video')).toBe(other);
  await ann.presses('Close');

  await expect.poll(() => ann.opened(), 'the first camera is let go').toEqual(['audio', 'video']);
  await bob.sees(ann);
});
