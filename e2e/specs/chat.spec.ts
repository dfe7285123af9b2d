// Chat, signs and raised hands: from browser to browser.

import { photograph } from '../fixtures/album.ts';
import { type Bring, expect, test } from '../fixtures/test.ts';
import {
  closesChat,
  hasNew,
  naughtyStrings,
  opensChat,
  opensSigns,
  reacts,
  sheet,
  writes,
  written,
} from '../people/exchange.ts';
import type { Person } from '../people/person.ts';

/** Two people in a call. */
async function inACall(person: Bring): Promise<[Person, Person]> {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  return [ann, bob];
}

test('two people write to each other', async ({ person }) => {
  const [ann, bob] = await inACall(person);
  await opensChat(ann);
  await expect(sheet(ann).getByText('Nothing has been written yet')).toBeVisible();
  await photograph(ann.page, 'chat-empty');
  await writes(ann, 'Hello Bob');
  await writes(ann, 'Have a look at https://example.org/plan?a=1.');
  await hasNew(bob, 2);
  await expect(bob.page.getByRole('status').filter({ hasText: 'Ann writes: Have a look' })).toHaveCount(1);
  await photograph(bob.page, 'chat-new');

  await opensChat(bob);
  const link = sheet(bob).getByRole('link');
  await expect(link).toHaveAttribute('href', 'https://example.org/plan?a=1');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(link).toHaveAttribute('target', '_blank');
  await bob.context.route('https://example.org/**', (route) => route.fulfill({ body: 'the plan', contentType: 'text/plain' }));
  const [opened] = await Promise.all([bob.context.waitForEvent('page'), link.click()]);
  await expect(opened).toHaveURL('https://example.org/plan?a=1');
  expect(await opened.evaluate(() => window.opener)).toBeNull();
  await opened.close();
  await bob.isIn('active');

  await bob.field('Message').fill('one\ntwo');
  await bob.field('Message').press('Enter');
  await expect.poll(() => written(ann)).toEqual(['Hello Bob', 'Have a look at https://example.org/plan?a=1.', 'one\ntwo']);
  await photograph(ann.page, 'chat');
  await closesChat(bob);
  await bob.seesAndHears(ann);
  await ann.page.keyboard.press('Escape');
  await expect(sheet(ann)).toHaveCount(0);
  await expect(ann.button('Open chat')).toBeFocused();
  // The relay had no part in it.
  for (const one of [ann, bob]) {
    expect(JSON.stringify([one.signals.sent, one.signals.received])).not.toContain('Hello Bob');
  }
});

test('who comes late reads what was said, and lines stand in the same order everywhere', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  const comes = async (name: string): Promise<Person> => {
    const one = await person(name, { at: path });
    await one.givesName();
    await one.joinsRoom();
    return one;
  };
  const bob = await comes('Bob');
  await Promise.all([opensChat(ann), opensChat(bob)]);
  const said = ['first', 'second', 'third', 'fourth'];
  for (const [n, text] of said.entries()) {
    await writes(n % 2 === 0 ? ann : bob, text);
    for (const one of [ann, bob]) await expect.poll(() => written(one)).toEqual(said.slice(0, n + 1));
  }
  const cleo = await comes('Cleo');
  await hasNew(cleo, 4);
  await opensChat(cleo);
  await expect.poll(() => written(cleo)).toEqual(said);
  await writes(cleo, 'I have read it');
  for (const one of [ann, bob]) await expect.poll(() => written(one)).toEqual([...said, 'I have read it']);

  // A page that is loaded anew reads it all, its own words too, and tells them to who comes later.
  for (const one of [bob, cleo]) {
    await one.page.reload();
    await one.isIn('active');
    await opensChat(one);
    await expect.poll(() => written(one)).toEqual([...said, 'I have read it']);
  }
  // When one has left, nothing of it stays.
  await bob.hangsUp();
  await bob.isIn('ended');
  expect(await bob.page.evaluate(() => Object.values(sessionStorage).filter((kept) => String(kept).includes('fourth')))).toEqual([]);
});

test('what was written in a call that was on hold is there again afterwards', async ({ person }) => {
  const [ann, bob] = await inACall(person);
  await Promise.all([opensChat(ann), opensChat(bob)]);
  await writes(ann, 'to Bob');
  await writes(bob, 'to Ann');
  const cleo = await person('Cleo');
  await cleo.voiceCalls('Bob');
  await bob.isRungMeanwhileBy('Cleo');
  await bob.answersSecond('Hold and accept');
  await cleo.isIn('active');
  await opensChat(bob);
  await expect.poll(() => written(bob), 'Cleo reads nothing of it').toEqual([]);
  await writes(bob, 'to Cleo');
  await opensChat(cleo);
  await expect.poll(() => written(cleo)).toEqual(['to Cleo']);

  await bob.page.getByRole('region', { name: 'On hold: Ann' }).getByRole('button').click();
  await Promise.all([bob.hears(ann), ann.hears(bob)]);
  await opensChat(bob);
  await expect.poll(() => written(bob)).toEqual(['to Bob', 'to Ann']);
  await ann.hangsUp();
  await expect(bob.page.getByRole('heading', { name: 'Cleo is on hold' })).toBeVisible();
  await bob.presses('Resume');
  await bob.hears(cleo);
  await opensChat(bob);
  await expect.poll(() => written(bob)).toEqual(['to Cleo']);
});

test('signs and hands are seen on the picture of whoever shows them', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  const others: Person[] = [];
  for (const name of ['Bob', 'Cleo']) {
    const one = await person(name, { at: path });
    await one.givesName();
    await one.joinsRoom();
    others.push(one);
  }
  const [bob, cleo] = others as [Person, Person];
  await Promise.all([ann.sees(bob), ann.sees(cleo), bob.sees(cleo), cleo.sees(bob)]);

  // Their microphones never fall silent, and who speaks has their hand lowered.
  await Promise.all([bob.mutes(), cleo.mutes()]);
  await opensSigns(bob);
  await photograph(bob.page, 'signs');
  await bob.presses('Raise hand');
  await expect(ann.participant('Bob').getByText('Hand raised')).toBeVisible();
  await opensSigns(cleo);
  await cleo.presses('Raise hand');
  for (const one of [ann, bob, cleo]) {
    const [first, second] = [one === bob ? 'You' : 'Bob', one === cleo ? 'You' : 'Cleo'];
    await expect(one.participant(first).getByText('1st in line')).toBeVisible();
    await expect(one.participant(second).getByText('2nd in line')).toBeVisible();
  }
  await expect(ann.page.getByRole('status').filter({ hasText: 'Cleo raised a hand' })).toHaveCount(1);
  await reacts(cleo, 'Heart');
  await expect(ann.participant('Cleo').getByRole('img', { name: 'Heart' })).toBeVisible();
  await expect(cleo.participant('You').getByRole('img', { name: 'Heart' })).toBeVisible();
  await photograph(ann.page, 'hands');
  await expect(ann.participant('Cleo').getByRole('img', { name: 'Heart' })).toHaveCount(0);
  await opensSigns(bob);
  await bob.presses('Lower hand');
  await expect(ann.participant('Cleo').getByText('Hand raised')).toBeVisible();
  await expect(ann.participant('Bob').getByText('Hand raised')).toHaveCount(0);
});

test('who speaks has their hand lowered, unless it is to stay up', async ({ person }) => {
  const [ann, bob] = await inACall(person);
  await bob.hears(ann);
  // The microphones of this suite never fall silent by themselves.
  await ann.mutes();
  await opensSigns(ann);
  await ann.presses('Raise hand');
  await expect(bob.participant('Ann').getByText('Hand raised')).toBeVisible();
  await opensSigns(ann);
  await ann.page.getByRole('switch', { name: 'Keep it up while I speak' }).check();
  await ann.page.keyboard.press('Escape');
  await ann.unmutes();
  await bob.hears(ann);
  await expect(bob.participant('Ann').getByText('Hand raised')).toBeVisible();
  await opensSigns(ann);
  await ann.page.getByRole('switch', { name: 'Keep it up while I speak' }).uncheck();
  await expect(bob.participant('Ann').getByText('Hand raised')).toHaveCount(0, { timeout: 15_000 });
  await expect(ann.page.getByRole('status').filter({ hasText: 'you have spoken' })).toHaveCount(1);
});

test('strings that break things elsewhere are only text here', async ({ person }) => {
  test.slow();
  const [ann, bob] = await inACall(person);
  await Promise.all([opensChat(ann), opensChat(bob)]);
  const asked: string[] = [];
  for (const one of [ann, bob]) {
    one.page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void dialog.dismiss();
    });
  }
  // A text field knows one kind of line end, and what is blank is not said.
  const blank = /^[\p{White_Space}]+|[\p{White_Space}]+$/gu;
  const said = naughtyStrings().map((text) => text.replace(/\r\n?/g, '\n').replace(blank, '')).filter((text) => text !== '');
  const width = await bob.page.evaluate(() => document.documentElement.scrollWidth);
  // What an author says at once arrives at once; more than a burst is passed over.
  const field = ann.field('Message');
  for (const text of said) {
    await field.fill(text);
    await field.press('Enter');
  }
  await expect.poll(async () => (await written(bob)).length, { timeout: 60_000 }).toBe(Math.min(said.length, 500));
  expect(await written(bob)).toEqual(said.slice(-500));
  expect(await written(ann)).toEqual(said.slice(-500));
  expect(asked, 'no script ran').toEqual([]);
  await photograph(bob.page, 'chat-naughty');
  expect(await bob.page.evaluate(() => document.documentElement.scrollWidth), 'the layout is whole').toBe(width);
  expect(await sheet(bob).locator('.written > :not(span, a)').count(), 'nothing became markup').toBe(0);
  for (const address of await sheet(bob).getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')))) {
    expect(address).toMatch(/^https?:\/\//i);
  }
  await bob.seesAndHears(ann);
});

test('names that break things elsewhere are only names in a call', async ({ person }) => {
  const naughty = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\u202Etest\u202E', 'ﷺ'.repeat(20)];
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  await opensChat(ann);
  for (const name of naughty.slice(0, 3)) {
    const other = await person(name, { at: path });
    await other.givesName();
    await other.joinsRoom();
    await opensChat(other);
    await writes(other, `this is ${name}`);
    await expect.poll(() => written(ann)).toContain(`this is ${name}`);
    await other.hangsUp();
  }
  expect(await ann.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await expect(sheet(ann).locator('img, script')).toHaveCount(0);
});
