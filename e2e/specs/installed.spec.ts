// The page as a program of its own: it opens without the relay, never shows an old page where there is a new one, and tells
// of calls while nobody looks at it.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page, Worker } from '@playwright/test';

import { expect, test } from '../fixtures/test.ts';
import { Relay } from '../fixtures/relay.ts';
import { DIST } from '../fixtures/settings.ts';
import type { Person } from '../people/person.ts';

declare global {
  interface Window {
    /** Every notification that the page wanted is shown. */
    notified?: Promise<unknown>;
  }
}

/** The page is under the worker's hand, and what it begins with is kept. */
async function isKept(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    if (!navigator.serviceWorker.controller) return false;
    const names = await caches.keys();
    return names.length > 0 && (await caches.match('/', { ignoreVary: true })) !== undefined;
  });
}

/** Turns the page's own notifications on. */
async function wantsNotifications(person: Person): Promise<void> {
  await person.context.grantPermissions(['notifications', 'microphone', 'camera']);
  // The page subscribes to pushes too, which Chromium refuses where it leaves no traces; push.spec.ts is about those.
  person.complaints.expect(/does not support the Push API in incognito mode/);
  // A Chromium without a screen sometimes loses one that it says it has shown. It is shown again then.
  await person.page.evaluate(() => {
    const show = ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = function (this: ServiceWorkerRegistration, ...of) {
      const isShown = async (): Promise<boolean> => (await this.getNotifications({ tag: of[1]?.tag ?? '' })).length > 0;
      const showing = (async () => {
        for (const _ of [1, 2, 3]) {
          await show.apply(this, of);
          if (await isShown()) return;
        }
      })();
      window.notified = Promise.all([window.notified, showing]);
      return showing;
    };
  });
  await person.presses('Settings');
  await person.page.getByRole('switch', { name: /^Tell me of calls/ }).check();
  await person.presses('Close');
}

/** The person looks at something else. Headless pages are always seen, so the page is told so. */
async function looksAway(person: Person): Promise<void> {
  await person.page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
}

/** The notifications that are shown. */
async function shown(person: Person): Promise<{ title: string; body: string }[]> {
  return person.page.evaluate(async () => {
    if (!window.notified) return [];
    await window.notified;
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }));
  });
}

async function workerOf(person: Person): Promise<Worker> {
  const worker = person.context.serviceWorkers()[0];
  return worker ?? person.context.waitForEvent('serviceworker');
}

/** Answers a notification as the browser would tell the worker of it. */
async function answers(person: Person, action: 'accept' | 'decline'): Promise<void> {
  await (await workerOf(person)).evaluate(async (action) => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration } & EventTarget;
    const [notification] = await scope.registration.getNotifications();
    const event = new Event('notificationclick') as Event & Record<string, unknown>;
    Object.assign(event, { notification, action, waitUntil: () => undefined });
    scope.dispatchEvent(event);
  }, action);
}

test('the page opens without the relay, and says what is missing', async ({ person, relay }) => {
  const ann = await person('Ann', { worker: true });
  await isKept(ann.page);
  ann.complaints.expect(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|Failed to fetch/);
  await relay.stop();
  await ann.page.reload();
  await expect(ann.page.getByRole('heading', { name: 'Hello, Ann' })).toBeVisible();
  await expect(ann.page.getByText('The connection to the server is lost. It is being sought.')).toBeVisible();
});

test('a new build of the page is shown at the next load, and an open page says that there is one', async ({ person }) => {
  const folder = await mkdtemp(join(tmpdir(), 'alo-dist-'));
  await cp(DIST, folder, { recursive: true });
  const relay = await Relay.start(['--page', folder]);
  try {
    const ann = await person('Ann', { worker: true, at: relay.origin });
    await ann.givesName();
    await isKept(ann.page);
    const [index, worker] = [join(folder, 'index.html'), join(folder, 'sw.js')];
    await writeFile(index, (await readFile(index, 'utf8')).replace('<title>', '<meta name="build" content="second"><title>'));
    await writeFile(worker, (await readFile(worker, 'utf8')).replace(/"alo-[0-9a-f]{16}"/, '"alo-0000000000000002"'));

    // A page that is open finds out when somebody comes back to it.
    await ann.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(ann.page.getByText('There is a new version of Alo.')).toBeVisible();
    await ann.page.getByRole('button', { name: 'Reload' }).click();
    await expect(ann.page.locator('meta[name=build]')).toHaveAttribute('content', 'second');
    await expect(ann.page.getByText('There is a new version of Alo.')).toBeHidden();
    await ann.leaves();
  } finally {
    await relay.stop();
    await rm(folder, { recursive: true });
  }
});

test('somebody who looks at something else is told of a call and accepts it there', async ({ person }) => {
  const ann = await person('Ann', { worker: true });
  const bob = await person('Bob');
  await isKept(ann.page);
  await wantsNotifications(ann);
  await looksAway(ann);
  await bob.voiceCalls('Ann');
  await expect.poll(() => shown(ann)).toEqual([{ title: 'Bob is calling', body: 'Voice call' }]);
  await answers(ann, 'accept');
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  await expect.poll(() => shown(ann), 'it is taken back').toEqual([]);
  await bob.hangsUp();
});

test('a notification is taken back when it rings no more, and declining there declines', async ({ person }) => {
  const ann = await person('Ann', { worker: true });
  const bob = await person('Bob');
  await isKept(ann.page);
  await wantsNotifications(ann);
  await looksAway(ann);
  await bob.voiceCalls('Ann');
  await expect.poll(() => shown(ann)).toHaveLength(1);
  await bob.hangsUp();
  await expect.poll(() => shown(ann)).toEqual([]);
  await bob.presses('Done');
  await bob.voiceCalls('Ann');
  await expect.poll(() => shown(ann)).toHaveLength(1);
  await answers(ann, 'decline');
  await bob.isTold('They declined');
});

test('whoever looks at the page, or wants no notifications, gets none', async ({ person }) => {
  const ann = await person('Ann', { worker: true });
  const bob = await person('Bob');
  await isKept(ann.page);
  await wantsNotifications(ann);
  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  expect(await shown(ann)).toEqual([]);
  await bob.hangsUp();
  await bob.presses('Done');
  await ann.presses('Done');
  await ann.presses('Settings');
  await ann.page.getByRole('switch', { name: /^Tell me of calls/ }).uncheck();
  await ann.presses('Close');
  await looksAway(ann);
  await bob.voiceCalls('Ann');
  await ann.isRungBy('Bob');
  expect(await shown(ann)).toEqual([]);
  await bob.hangsUp();
});

test('the browser offers to install the page, and the button asks it to', async ({ person }) => {
  const ann = await person('Ann');
  await expect(ann.button('Install Alo')).toBeHidden();
  await ann.page.evaluate(() => {
    const offer = new Event('beforeinstallprompt', { cancelable: true });
    Object.assign(offer, { prompt: () => ((document.body.dataset['asked'] = 'yes'), Promise.resolve()) });
    window.dispatchEvent(offer);
    if (!offer.defaultPrevented) throw new Error('the browser would show a bar of its own');
  });
  await ann.button('Install Alo').click();
  await expect(ann.page.locator('body[data-asked=yes]')).toBeAttached();
  await expect(ann.button('Install Alo')).toBeHidden();
});
