// Files: from browser to browser, bit for bit.

import { readFile } from 'node:fs/promises';

import { photograph } from '../fixtures/album.ts';
import { type Bring, expect, test } from '../fixtures/test.ts';
import { bytes, file, naughtyStrings, opensChat, receives, sends, sheet, writes, written } from '../people/exchange.ts';
import type { Person } from '../people/person.ts';

/** Two people in a call, who look at what is said. */
async function atTheSheet(person: Bring): Promise<[Person, Person]> {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([opensChat(ann), opensChat(bob)]);
  return [ann, bob];
}

/** How many bytes of frames a page has exchanged with its relay. */
function signalled(one: Person): number {
  return JSON.stringify([one.signals.sent, one.signals.received]).length;
}

test('a file of 5 MB arrives bit for bit, and the relay has no part in it', async ({ person }) => {
  const [ann, bob] = await atTheSheet(person);
  await Promise.all([ann.sees(bob), bob.sees(ann)]);
  const before = signalled(ann) + signalled(bob);
  const sent = bytes(5_000_000);
  await sends(ann, 'plan.pdf', sent);
  await expect(file(ann, 'plan.pdf')).toContainText('Waiting for Bob');
  await expect(file(bob, 'plan.pdf')).toContainText('5 MB');
  await photograph(bob.page, 'file-offered');
  const saved = await receives(bob, 'plan.pdf');
  expect(saved.suggestedFilename()).toBe('plan.pdf');
  expect((await readFile(await saved.path())).equals(sent)).toBe(true);
  await expect(file(bob, 'plan.pdf')).toContainText('Saved');
  await expect(file(ann, 'plan.pdf')).toContainText('Bob has it');
  await photograph(ann.page, 'file-sent');
  // Reports of quality and the like go on; a hundredth of the file would be more than all of them.
  expect(signalled(ann) + signalled(bob) - before).toBeLessThan(50_000);
  await ann.seesAndHears(bob);
});

test('three people: each decides for themself, and who comes late is offered it too', async ({ person }) => {
  const ann = await person('Ann');
  await ann.presses('Create room');
  await ann.joinsRoom();
  const path = new URL(ann.page.url()).pathname;
  await opensChat(ann);
  const sent = bytes(300_000);
  await sends(ann, 'notes.txt', sent);
  await expect(file(ann, 'notes.txt')).toContainText('Whoever comes into the call is offered it');
  const others: Person[] = [];
  for (const name of ['Bob', 'Cleo']) {
    const one = await person(name, { at: path });
    await one.givesName();
    await one.joinsRoom();
    await opensChat(one);
    others.push(one);
  }
  const [bob, cleo] = others as [Person, Person];
  await file(bob, 'notes.txt').getByRole('button', { name: 'No, thanks' }).click();
  await expect(file(ann, 'notes.txt')).toContainText('Bob does not want it');
  const saved = await receives(cleo, 'notes.txt');
  expect((await readFile(await saved.path())).equals(sent)).toBe(true);
  await expect(file(ann, 'notes.txt')).toContainText('Cleo has it');
});

test('either side can end it on the way', async ({ person }) => {
  const [ann, bob] = await atTheSheet(person);
  // Two files, larger than what is under way at once.
  for (const name of ['one.iso', 'two.iso']) await sends(ann, name, bytes(30_000_000));
  await file(bob, 'one.iso').getByRole('button', { name: 'Receive' }).click();
  await file(bob, 'one.iso').getByRole('button', { name: 'Cancel' }).click();
  await expect(file(bob, 'one.iso')).toContainText('Cancelled');
  await expect(file(ann, 'one.iso')).toContainText('Cancelled');

  await file(bob, 'two.iso').getByRole('button', { name: 'Receive' }).click();
  await expect(file(ann, 'two.iso')).toContainText('On its way to Bob');
  await file(ann, 'two.iso').getByRole('button', { name: 'Take back' }).click();
  await expect(file(bob, 'two.iso')).toContainText('Cancelled');
  await ann.seesAndHears(bob);
});

test('words and files need no relay', async ({ person, relay }) => {
  const [ann, bob] = await atTheSheet(person);
  // The browser's own lines about every attempt to reach it.
  for (const one of [ann, bob]) one.complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
  await relay.stop();
  await expect(ann.page.getByText('Connection to the server is lost; the call goes on')).toBeVisible();
  const sent = bytes(1_000_000);
  await sends(ann, 'plan.pdf', sent);
  const saved = await receives(bob, 'plan.pdf');
  expect((await readFile(await saved.path())).equals(sent)).toBe(true);
  await writes(bob, 'Thank you');
  await expect.poll(() => written(ann)).toEqual(['Thank you']);
});

test('a receiver whose page is loaded anew is offered it again, on a new connection', async ({ person }) => {
  const [ann, bob] = await atTheSheet(person);
  const sent = bytes(30_000_000);
  await sends(ann, 'film.webm', sent);
  await file(bob, 'film.webm').getByRole('button', { name: 'Receive' }).click();
  await expect(file(ann, 'film.webm')).toContainText('On its way to Bob');
  await bob.page.reload();
  await bob.isIn('active');
  await opensChat(bob);
  const saved = await receives(bob, 'film.webm');
  expect((await readFile(await saved.path())).equals(sent)).toBe(true);
  await expect(file(ann, 'film.webm')).toContainText('Bob has it');
});

test('a file is dropped onto the page, and pasted', async ({ person }) => {
  const [ann, bob] = await atTheSheet(person);
  await ann.page.evaluate(() => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(['dropped'], 'dropped.txt'));
    const over = new DragEvent('dragover', { dataTransfer: dropped, bubbles: true, cancelable: true });
    document.body.dispatchEvent(over);
    if (!over.defaultPrevented) throw new Error('the browser would leave the page');
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
  });
  await expect(file(bob, 'dropped.txt')).toBeVisible();
  await ann.field('Message').evaluate((field) => {
    const pasted = new DataTransfer();
    pasted.items.add(new File(['pasted'], 'pasted.png'));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true, cancelable: true }));
  });
  const saved = await receives(bob, 'pasted.png');
  expect(await readFile(await saved.path(), 'utf8')).toBe('pasted');
});

test('names that break things elsewhere are cleaned', async ({ person }) => {
  const [ann, bob] = await atTheSheet(person);
  const naughty = ['../../etc/passwd', 'photo\u202Egpj.exe', '<img src=x onerror=alert(1)>.txt', ...naughtyStrings().slice(0, 10)];
  for (const name of naughty) await sends(ann, name || 'empty', bytes(1));
  const files = sheet(bob).locator('.file');
  await expect(files).toHaveCount(naughty.length);
  await expect(file(bob, 'passwd')).toBeVisible();
  await expect(file(bob, 'photogpj.exe')).toBeVisible();
  const saved = await receives(bob, '_img src=x onerror=alert(1)_.txt');
  expect(saved.suggestedFilename()).toBe('_img src=x onerror=alert(1)_.txt');
  await expect(sheet(bob).locator('img, script')).toHaveCount(0);
  expect(await bob.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});
