// Files: from browser to browser, bit for bit.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { photograph } from '../fixtures/album.ts';
import { Path } from '../fixtures/path.ts';
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

declare global {
  interface Window {
    showSaveFilePicker: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
    digest: (file: Blob) => Promise<string>;
    offered: File;
  }
}

/**
 * Runs in the page: whoever is asked where a file is to be put chooses the page's own file system, which nobody has to be
 * there for. Everything behind the question is real.
 */
function choosesPlaces(): void {
  window.showSaveFilePicker = async ({ suggestedName }) =>
    (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
}

/** Runs in the page: how a file that is too large to be looked at as a whole is told from every other. */
function digests(): void {
  window.digest = async (file) => {
    const parts: string[] = [];
    for (let at = 0; at < file.size; at += 32_000_000) {
      const part = await file.slice(at, at + 32_000_000).arrayBuffer();
      parts.push(Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', part)), String).join());
    }
    return `${file.size}: ${parts.join(' ')}`;
  };
}

/** The same of a file that was saved. */
function digestOf(file: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < file.length; at += 32_000_000) {
    parts.push([...createHash('sha256').update(file.subarray(at, at + 32_000_000)).digest()].join());
  }
  return `${file.length}: ${parts.join(' ')}`;
}

/** Somebody offers a file of so many blocks of 4 MiB, of which no two stretches are alike. More than 64 are too many for memory. */
async function offersALargeFile(person: Person, name: string, blocks: number): Promise<void> {
  await person.page.evaluate(([called, count]) => {
    const parts = Array.from({ length: count }, (_, number) => {
      const words = new Uint32Array(1_048_576);
      let state = number + 1;
      for (let i = 0; i < words.length; i += 1) words[i] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return words;
    });
    window.offered = new File(parts, called);
    const dropped = new DataTransfer();
    dropped.items.add(window.offered);
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
  }, [name, blocks] as const);
}

/** What lies where somebody has put a file: how it is told from others, and whatever lies beside it. */
function kept(person: Person, name: string): Promise<{ digest: string; beside: string[] }> {
  return person.page.evaluate(async (called) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(called)).getFile();
    const beside: string[] = [];
    // TypeScript's own types do not know yet that a folder can be listed.
    const names = (folder as unknown as { keys(): AsyncIterable<string> }).keys();
    for await (const one of names) if (one !== called) beside.push(one);
    return { digest: await window.digest(file), beside };
  }, name);
}

/** Some of it is there, and some is not. */
async function isUnderWay(person: Person, name: string): Promise<void> {
  const percent = async (): Promise<number> => Number(await file(person, name).locator('progress').getAttribute('value'));
  await expect.poll(percent).toBeGreaterThan(2);
}

test('a file too large for memory is written to the disk while it comes, and half of one is none', async ({ person }) => {
  test.slow();
  const [ann, bob] = [await person('Ann', { at: 'about:blank' }), await person('Bob', { at: 'about:blank' })];
  await Promise.all([ann, bob].map((one) => one.page.addInitScript(digests)));
  await bob.page.addInitScript(choosesPlaces);
  await Promise.all([ann.arrives(), bob.arrives()]);
  await ann.voiceCalls('Bob');
  await bob.accepts();
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await Promise.all([opensChat(ann), opensChat(bob)]);

  await offersALargeFile(ann, 'half.webm', 65);
  await expect(file(bob, 'half.webm')).toContainText('273 MB');
  await file(bob, 'half.webm').getByRole('button', { name: 'Receive' }).click();
  await isUnderWay(bob, 'half.webm');
  await file(bob, 'half.webm').getByRole('button', { name: 'Cancel' }).click();
  await expect(file(bob, 'half.webm')).toContainText('Cancelled');
  await expect(file(ann, 'half.webm')).toContainText('Cancelled');
  await expect.poll(() => kept(bob, 'half.webm'), 'no half of it').toEqual({ digest: '0: ', beside: [] });

  await offersALargeFile(ann, 'film.webm', 65);
  await file(bob, 'film.webm').getByRole('button', { name: 'Receive' }).click();
  await isUnderWay(bob, 'film.webm');
  expect((await kept(bob, 'film.webm')).digest, 'the file is there when all of it is').toBe('0: ');
  await expect(file(bob, 'film.webm')).toContainText('Saved', { timeout: 120_000 });
  await expect(file(ann, 'film.webm')).toContainText('Bob has it');
  const sent = await ann.page.evaluate(() => window.digest(window.offered));
  expect(await kept(bob, 'film.webm')).toEqual({ digest: sent, beside: ['half.webm'] });
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
});

test('a file goes on where it stopped when the way between the two was gone', async ({ person }) => {
  test.slow();
  const [ann, bob] = [await person('Ann', { at: 'about:blank' }), await person('Bob', { at: 'about:blank' })];
  const path = await Path.between(ann, bob);
  try {
    await ann.page.addInitScript(digests);
    await Promise.all([ann.arrives(), bob.arrives()]);
    await ann.voiceCalls('Bob');
    await bob.accepts();
    await Promise.all([ann.hears(bob), bob.hears(ann)]);
    await Promise.all([opensChat(ann), opensChat(bob)]);
    await offersALargeFile(ann, 'film.webm', 10);
    await file(bob, 'film.webm').getByRole('button', { name: 'Receive' }).click();
    await isUnderWay(bob, 'film.webm');
    [ann, bob].forEach((one) => path.loses(1, one));
    await Promise.all([ann.isIn('reconnecting'), bob.isIn('reconnecting')]);
    [ann, bob].forEach((one) => path.loses(0, one));
    await Promise.all([ann.isIn('active'), bob.isIn('active')]);
    const saved = await bob.page.waitForEvent('download', { timeout: 120_000 });
    expect(digestOf(await readFile(await saved.path()))).toBe(await ann.page.evaluate(() => window.digest(window.offered)));
    await expect(file(ann, 'film.webm')).toContainText('Bob has it');
  } finally {
    path.close();
  }
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
