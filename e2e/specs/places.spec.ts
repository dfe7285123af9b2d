// Several people: where everybody's place is, who is shown large, and how loud they are.

import type { Locator } from '@playwright/test';

import { photograph } from '../fixtures/album.ts';
import type { Bring } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';
import { expect, test } from '../fixtures/test.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a tile is, once nothing moves any more. */
async function boxOf(tile: Locator): Promise<Box> {
  let box = await tile.boundingBox();
  await expect
    .poll(async () => {
      const before = box;
      box = await tile.boundingBox();
      return JSON.stringify(before) === JSON.stringify(box);
    })
    .toBe(true);
  if (!box) throw new Error('the tile is not there');
  return box;
}

const area = ({ width, height }: Box): number => width * height;

/** People who meet in one room. */
async function meet(person: Bring, ...names: string[]): Promise<Person[]> {
  const [first, ...others] = names;
  const host = await person(first ?? '');
  await host.presses('Create room');
  await host.joinsRoom();
  const at = new URL(host.page.url()).pathname;
  const people = [host];
  for (const name of others) people.push(await enter(person, name, at));
  return people;
}

async function enter(person: Bring, name: string, at: string, camera?: number): Promise<Person> {
  const one = await person(name, camera === undefined ? { at } : { at, camera });
  await one.givesName();
  await one.joinsRoom();
  return one;
}

test('four people see and hear each other, and who stays stays put', async ({ person }) => {
  test.slow();
  const people = await meet(person, 'Ann', 'Bob', 'Cleo', 'Dan');
  const [ann, bob, cleo, dan] = people as [Person, Person, Person, Person];
  for (const one of people) {
    for (const other of people.filter((other) => other !== one)) await one.seesAndHears(other);
  }
  const tiles = async (...those: Person[]): Promise<Box[]> => Promise.all(those.map((one) => boxOf(ann.participant(one.name))));
  const before = await tiles(cleo, dan);
  const gap = await boxOf(ann.participant('Bob'));

  const at = new URL(ann.page.url()).pathname;
  await bob.hangsUp();
  await expect(ann.participant('Bob')).toHaveCount(0);
  expect(await tiles(cleo, dan)).toEqual(before);
  await Promise.all([ann.sees(cleo), ann.sees(dan)]);

  const eve = await enter(person, 'Eve', at, 1);
  await ann.sees(eve);
  expect(await boxOf(ann.participant('Eve')), 'who comes takes the place that is free').toEqual(gap);
  expect(await tiles(cleo, dan)).toEqual(before);
});

test('somebody is shown large, by hand and by key, and is sent more of', async ({ person }) => {
  const people = await meet(person, 'Ann', 'Bob', 'Cleo');
  const [ann, bob, cleo] = people as [Person, Person, Person];
  await Promise.all([ann.sees(bob), ann.sees(cleo)]);
  const tile = (other: Person): Locator => ann.participant(other.name);
  const limit = async (from: Person): Promise<number> => (await from.sends(ann)).limit;

  await tile(bob).dblclick();
  await expect.poll(async () => area(await boxOf(tile(bob))) / area(await boxOf(tile(cleo)))).toBeGreaterThan(4);
  await expect.poll(async () => (await limit(bob)) / (await limit(cleo)), 'more of the large one').toBeGreaterThan(2);
  await Promise.all([ann.sees(bob), ann.sees(cleo)]);

  // The other way round, with the keyboard alone.
  await ann.button('More about Cleo').focus();
  await ann.page.keyboard.press('Enter');
  await ann.button('Show large').focus();
  await ann.page.keyboard.press('Enter');
  await expect.poll(async () => area(await boxOf(tile(cleo))) / area(await boxOf(tile(bob)))).toBeGreaterThan(4);
  await expect.poll(async () => (await limit(cleo)) / (await limit(bob))).toBeGreaterThan(2);

  await tile(cleo).dblclick();
  const ratio = async (): Promise<number> => area(await boxOf(tile(cleo))) / area(await boxOf(tile(bob)));
  await expect.poll(ratio, 'all alike again').toBeLessThan(2.1);
});

test('whoever speaks is shown large where the person wants it so, and is sent more of', async ({ person }) => {
  test.slow();
  const people = await meet(person, 'Ann', 'Bob', 'Cleo');
  const [ann, bob, cleo] = people as [Person, Person, Person];
  await Promise.all([ann.sees(bob), ann.sees(cleo)]);
  const tile = (other: Person): Locator => ann.participant(other.name);
  const ratio = async (one: Person, other: Person): Promise<number> => area(await boxOf(tile(one))) / area(await boxOf(tile(other)));
  const limit = async (from: Person): Promise<number> => (await from.sends(ann)).limit;
  const bar = bob.page.getByRole('region', { name: 'Call controls' });
  await bob.mutes();
  await expect(tile(cleo), 'who speaks is marked').toHaveClass(/\bspeaks\b/);
  await expect(tile(bob)).not.toHaveClass(/\bspeaks\b/);

  await ann.presses('Show who speaks large');
  await expect.poll(() => ratio(cleo, bob), 'Cleo speaks').toBeGreaterThan(4);
  await expect.poll(async () => (await limit(cleo)) / (await limit(bob))).toBeGreaterThan(2);
  await photograph(ann.page, 'three-who-speaks');
  const own = await boxOf(ann.participant('You'));

  await cleo.mutes();
  await bar.getByRole('button', { name: 'Unmute microphone' }).click();
  await expect.poll(() => ratio(bob, cleo), 'now Bob does').toBeGreaterThan(4);
  expect(await boxOf(ann.participant('You')), 'who is not concerned stays put').toEqual(own);
  await bob.mutes();
  await expect(tile(bob)).not.toHaveClass(/\bspeaks\b/);
  expect(await ratio(bob, cleo), 'in silence the light stays').toBeGreaterThan(4);

  await tile(cleo).dblclick();
  await bar.getByRole('button', { name: 'Unmute microphone' }).click();
  await expect(tile(bob)).toHaveClass(/\bspeaks\b/);
  await expect.poll(() => ratio(cleo, bob), 'a pin is stronger').toBeGreaterThan(4);

  await ann.presses('Show everybody alike');
  await expect.poll(() => ratio(cleo, bob), 'all alike again').toBeLessThan(2.1);
  await expect.poll(() => ratio(bob, cleo)).toBeLessThan(2.1);
});

test('one hides oneself, and shows oneself again', async ({ person }) => {
  const people = await meet(person, 'Ann', 'Bob', 'Cleo');
  const [ann, bob, cleo] = people as [Person, Person, Person];
  await Promise.all([ann.sees(bob), ann.sees(cleo)]);
  await expect(ann.participant('You')).toBeVisible();
  await ann.participant('You').hover();
  await ann.presses('More about You');
  await ann.button('Hide my picture').click();
  await expect(ann.participant('You')).toHaveCount(0);
  await Promise.all([bob.sees(ann), cleo.sees(ann)]);
  await ann.presses('Show my picture');
  await expect(ann.participant('You')).toBeVisible();
});

test('a soft voice is made louder, and stays so in the next call', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  const played = (): Promise<number> => ann.page.evaluate(() => window.witness.amplification());
  const talk = async (): Promise<void> => {
    await ann.voiceCalls('Bob');
    await bob.isRungBy('Ann');
    await bob.accepts();
    await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  };
  const turn = async (percent: number): Promise<void> => {
    await ann.participant('Bob').hover();
    await ann.presses('More about Bob');
    await ann.page.getByRole('slider', { name: 'Volume of Bob' }).fill(String(percent));
    await ann.button('Close').click();
    await expect.poll(async () => Math.abs((await played()) - percent / 100), `at ${percent} %`).toBeLessThan(0.15);
  };
  await talk();
  await ann.hears(bob);
  expect(await played()).toBeCloseTo(1, 1);
  for (const percent of [200, 150, 50, 0, 200]) await turn(percent);

  await ann.hangsUp();
  await ann.presses('Done');
  await bob.presses('Done');
  await talk();
  await expect.poll(played, 'as it was made before').toBeGreaterThan(1.6);
});
