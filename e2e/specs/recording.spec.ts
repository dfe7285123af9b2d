// Recording a call on one's own machine: everybody sees it, and it is there afterwards, a file for each voice.

import type { Download } from '@playwright/test';

import { photograph } from '../fixtures/album.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';
import { fillsTheDisk, hasAFolder, hasNoFolder, saved, type Tape, tapes } from '../people/tapes.ts';

async function records(person: Person): Promise<void> {
  await person.presses('More');
  await person.presses('Record this call');
}

async function isTold(person: Person, words: string): Promise<void> {
  await expect(person.page.getByRole('status').filter({ hasText: words }).filter({ visible: true })).toBeVisible();
}

/** The clock of the call, in seconds. */
async function clock(person: Person): Promise<number> {
  const [minutes = 0, seconds = 0] = ((await person.page.getByRole('timer').textContent()) ?? '').split(':').map(Number);
  return minutes * 60 + seconds;
}

/** They talk on until the call's clock says so much more. */
async function talkOn(person: Person, seconds: number): Promise<void> {
  const until = (await clock(person)) + seconds;
  await expect.poll(() => clock(person)).toBeGreaterThanOrEqual(until);
}

/** It is the voice of one of them, and of nobody else. */
function isTheVoice(tape: Tape | undefined, name: string, which: number, seconds: number): void {
  expect(tape?.name).toMatch(new RegExp(`^${name} \\d{4}-\\d{2}-\\d{2} \\d{2}\\.\\d{2}\\.\\d{2}\\.webm$`));
  expect(tape?.plays).toBe(true);
  expect(tape?.seconds).toBeGreaterThan(seconds);
  const tones = tape?.tones ?? [];
  expect(tones[which], `${name} is heard`).toBeGreaterThan(0.01);
  tones.forEach((tone, at) => {
    if (at !== which) expect(tone, 'nobody else is in it').toBeLessThan((tones[which] ?? 0) / 10);
  });
}

/** The disk takes no more while Ann records again: that ends, for all to see, and what was written is there. */
async function theDiskIsFull(ann: Person, bob: Person): Promise<void> {
  const before = (await tapes(ann, [])).map((tape) => tape.name);
  await records(ann);
  await isTold(bob, 'Ann is recording this call');
  await talkOn(ann, 5);
  const free = await fillsTheDisk(ann);
  await isTold(ann, 'The recording has ended: the disk did not take it.');
  await expect(bob.page.locator('.mark')).toHaveCount(0);
  await expect(bob.page.getByRole('status').filter({ hasText: 'Nobody is recording this call any more' })).toBeAttached();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await free();
  const tones = [ann.camera.tone, bob.camera.tone];
  const [first, second, ...more] = (await tapes(ann, tones)).filter((tape) => !before.includes(tape.name));
  isTheVoice(first, 'Ann', 0, 3);
  isTheVoice(second, 'Bob', 1, 3);
  expect(more).toEqual([]);
  await ann.presses('Dismiss');
}

test('a call is recorded voice by voice into a folder, and everybody sees that it is', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.videoCalls('Bob');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  const call = await ann.callId();
  await hasAFolder(ann);
  await records(ann);
  await isTold(ann, 'You are recording this call');
  await isTold(bob, 'Ann is recording this call');
  await photograph(ann.page, 'recording');
  await photograph(bob.page, 'recorded');
  await talkOn(ann, 4);
  // The camera, and a moment of silence, end nothing.
  await ann.turnsCameraOff();
  await bob.mutes();
  await talkOn(ann, 2);
  await bob.unmutes();
  await ann.hears(bob);
  await ann.presses('More');
  await ann.page.locator('.entries').getByRole('button', { name: 'Stop recording' }).click();
  await expect(bob.page.locator('.mark')).toHaveCount(0);
  await expect(bob.page.getByRole('status').filter({ hasText: 'Nobody is recording this call any more' })).toBeAttached();
  await isTold(ann, 'The recording is saved: 2 files.');
  await photograph(ann.page, 'recording-saved');
  await ann.presses('Dismiss');
  await expect(ann.page.locator('.mark')).toHaveCount(0);

  const [first, second, ...more] = await tapes(ann, [ann.camera.tone, bob.camera.tone]);
  isTheVoice(first, 'Ann', 0, 6);
  isTheVoice(second, 'Bob', 1, 6);
  expect(more).toEqual([]);
  expect(Math.abs((first?.seconds ?? 0) - (second?.seconds ?? 0)), 'they run side by side').toBeLessThan(0.5);

  await theDiskIsFull(ann, bob);

  await ann.hangsUp();
  await bob.isTold('Call ended');
  await bob.presses('Done');
  await bob.page.goto(`/calls/${call}`);
  await expect(bob.page.getByText('Somebody recorded this call')).toBeVisible();
  await bob.page.goto('/calls');
  await expect(bob.page.locator('.days').getByRole('listitem')).toContainText('Recorded');
});

test('whoever comes later sees it at once, and what there is is saved when the call is over', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  const bob = await person('Bob', { at: path });
  await bob.givesName();
  await bob.joinsRoom();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await hasNoFolder(ann);
  const downloads: Download[] = [];
  ann.page.on('download', (download) => downloads.push(download));
  await records(ann);
  await isTold(bob, 'Ann is recording this call');

  const cleo = await person('Cleo', { at: path });
  await cleo.givesName();
  await cleo.joinsRoom();
  await isTold(cleo, 'Ann is recording this call');
  await Promise.all([ann.hears(cleo), cleo.hears(ann)]);
  await talkOn(ann, 3);
  await bob.hangsUp();
  await expect.poll(() => downloads.length, 'whoever leaves has their file').toBe(1);
  await ann.hangsUp();
  await isTold(ann, 'The recording is saved: 3 files.');
  await expect.poll(() => downloads.length).toBe(3);
  const tones = [ann.camera.tone, bob.camera.tone, cleo.camera.tone];
  const files = await Promise.all(downloads.map((download) => saved(ann, download, tones)));
  const of = (name: string): Tape | undefined => files.find((file) => file.name.startsWith(name));
  isTheVoice(of('Ann'), 'Ann', 0, 4);
  isTheVoice(of('Bob'), 'Bob', 1, 3);
  isTheVoice(of('Cleo'), 'Cleo', 2, 3);
  await expect(cleo.page.locator('.mark')).toHaveCount(0);
});
