// Who sends how much to whom: 2 Mb/s in all, no more than is seen, voices first.

import type { Person } from '../people/person.ts';
import { expect, test } from '../fixtures/test.ts';

/** Bits a second that anybody sends in a call. */
const TOTAL = 2_000_000;
/** Bits a second of one voice. */
const VOICE = 40_000;
/** What encoders and headers may be over for a moment. */
const TOLERANCE = 1.1;

/** Three people in a room; Cleo's window is as small as that. */
async function three(person: (name: string, coming?: { at: string }) => Promise<Person>): Promise<[Person, Person, Person]> {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const at = new URL(ann.page.url()).pathname;
  const bob = await person('Bob', { at });
  const cleo = await person('Cleo', { at });
  for (const one of [bob, cleo]) {
    await one.page.setViewportSize({ width: 1600, height: 1200 });
    await one.givesName();
    await one.joinsRoom();
  }
  await Promise.all([ann.sees(bob), ann.sees(cleo), bob.sees(ann), cleo.sees(ann)]);
  return [ann, bob, cleo];
}

/** Bits a second that really leave. */
async function rate(person: Person): Promise<number> {
  const [before, began] = [await person.sends(), Date.now()];
  await expect.poll(() => Date.now() - began, { intervals: [500] }).toBeGreaterThan(3_000);
  const after = await person.sends();
  return ((after.bytes - before.bytes) * 8_000) / (Date.now() - began);
}

test('three people: 2 Mb/s in all, and more to whom sees more', async ({ person }) => {
  const [ann, bob, cleo] = await three(person);
  const limit = async (to?: Person): Promise<number> => (await ann.sends(to)).limit;

  // Both show Ann in large windows, so both want all there is.
  await expect.poll(() => limit(bob)).toBeGreaterThan(900_000);
  await expect.poll(() => limit(cleo)).toBeGreaterThan(900_000);
  expect(await limit()).toBeLessThanOrEqual(TOTAL);
  expect((await ann.sends()).voice).toBe(2 * VOICE);
  for (let look = 0; look < 3; look += 1) {
    expect(await rate(ann)).toBeLessThan(TOTAL * TOLERANCE);
    expect((await ann.sends()).target).toBeLessThan(TOTAL * TOLERANCE);
  }

  // What Cleo's window does not show any more is Bob's.
  await cleo.page.setViewportSize({ width: 480, height: 400 });
  await expect.poll(() => limit(cleo)).toBeLessThan(250_000);
  await expect.poll(() => limit(bob)).toBeGreaterThan(1_100_000);
  expect(await limit()).toBeLessThanOrEqual(TOTAL);
  await expect.poll(async () => (await ann.sends(cleo)).width, 'a smaller picture is sent').toBeLessThan(640);
  await expect.poll(async () => (await ann.sends(bob)).width, 'all of it where it is seen').toBe(640);
  await Promise.all([cleo.sees(ann), bob.sees(ann)]);
});

test('a tab that is left gets the voice alone, and the picture at once when it is back', async ({ person }) => {
  test.slow();
  const [ann, bob, cleo] = await three(person);
  await cleo.turnsAway(true);
  await expect.poll(async () => (await ann.sends(cleo)).limit).toBe(VOICE);
  await expect.poll(async () => (await bob.sends(cleo)).limit).toBe(VOICE);
  const { frames } = await ann.sends(cleo);
  await Promise.all([cleo.hears(ann), cleo.hears(bob)]);
  expect((await ann.sends(cleo)).frames, 'not one frame').toBe(frames);
  await Promise.all([bob.sees(ann), ann.sees(cleo)]);
  // Pictures that are not sent are no reason to complain of.
  await expect(cleo.page.getByText(/connection is weak/)).toHaveCount(0);

  await cleo.turnsAway(false);
  await Promise.all([cleo.sees(ann), cleo.sees(bob)]);
});
