// Calls that are told of while no page is open: through a push service of the test's own, because Chromium's is elsewhere.
// What such a service brings is handed to the worker as the browser would hand it over.

import type { Worker } from '@playwright/test';

import { Browser, type Notice, PushService } from '../fixtures/push-service.ts';
import { Relay } from '../fixtures/relay.ts';
import { type Bring, expect, test as base } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly actions: readonly string[];
}

/** A relay that sends to the push service of the test, and somebody whose browser has a subscription there. */
class Reached {
  private constructor(
    readonly service: PushService,
    readonly relay: Relay,
    readonly browser: Browser,
  ) {}

  static async begin(): Promise<Reached> {
    const service = await PushService.start();
    return new Reached(service, await Relay.start(['--push-service', service.origin]), new Browser(service));
  }

  async end(): Promise<void> {
    await this.relay.stop();
    this.service.stop();
  }

  /** Somebody comes who wants to be told of calls. */
  async comes(person: Bring, name: string, locale = 'en-GB'): Promise<Person> {
    const one = await person(name, { worker: true, at: `${this.relay.origin}/`, locale });
    await one.context.grantPermissions(['notifications', 'microphone', 'camera'], { origin: this.relay.origin });
    await one.context.addInitScript(standIn, this.browser.subscription);
    await isInHand(one);
    await one.page.reload();
    await one.page.getByRole('textbox').fill(name);
    await one.page.getByRole('textbox').press('Enter');
    await isInHand(one);
    return one;
  }
}

/** The page is under the worker's hand. */
async function isInHand(person: Person): Promise<void> {
  await person.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** In the page: a `PushManager` with that subscription, in the place of the browser's own. */
function standIn(told: object): void {
  if (location.protocol === 'about:') return;
  let subscribed = localStorage.getItem('test-subscribed') !== null;
  const note = (on: boolean): void => {
    subscribed = on;
    if (on) localStorage.setItem('test-subscribed', 'yes');
    else localStorage.removeItem('test-subscribed');
  };
  const subscription = {
    ...told,
    toJSON: () => ({ ...told }),
    unsubscribe: async () => (note(false), true),
  };
  PushManager.prototype.subscribe = async (options) => {
    const key = options?.applicationServerKey;
    if (!options?.userVisibleOnly || typeof key !== 'string' || key.length !== 87) throw new Error('not so');
    note(true);
    return subscription as unknown as PushSubscription;
  };
  PushManager.prototype.getSubscription = async () => (subscribed ? (subscription as unknown as PushSubscription) : null);
}

const test = base.extend<{ reached: Reached }>({
  reached: async ({}, use) => {
    const reached = await Reached.begin();
    await use(reached);
    await reached.end();
  },
});

/** Turns notifications on, and waits until the relay knows where to send them. */
async function wantsToBeTold(person: Person, settings = 'Settings', tell = /^Tell me of calls/, close = 'Close'): Promise<void> {
  const known = person.page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/api/push'));
  await person.presses(settings);
  await person.page.getByRole('switch', { name: tell }).check();
  expect((await known).status()).toBe(204);
  await person.presses(close);
}

/** The person closes the page; their browser goes on, and so does the worker in it. */
async function closesPage(person: Person): Promise<Worker> {
  const [worker] = person.context.serviceWorkers();
  if (!worker) throw new Error('there is no worker');
  await person.page.goto('about:blank');
  return worker;
}

/** Has the worker told as the browser would, and waits until it has done what it wants to. */
async function isBrought(worker: Worker, notice: Notice): Promise<void> {
  await worker.evaluate(async (notice) => {
    let done: unknown;
    const event = Object.assign(new Event('push'), {
      data: { json: () => notice },
      waitUntil: (promise: unknown) => (done = promise),
    });
    self.dispatchEvent(event);
    await done;
  }, notice);
}

async function shown(worker: Worker): Promise<Shown[]> {
  return worker.evaluate(async () => {
    const { registration } = self as unknown as { registration: ServiceWorkerRegistration };
    const all = (await registration.getNotifications()) as (Notification & { actions: { title: string }[] })[];
    return all.map(({ title, body, actions }) => ({ title, body, actions: actions.map((action) => action.title) }));
  });
}

/** Answers the notification; the place that the worker wants to open, if it does. */
async function answers(worker: Worker, action: 'accept' | 'decline' | ''): Promise<string | undefined> {
  return worker.evaluate(async (action) => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; clients: Record<string, unknown> } & EventTarget;
    const [notification] = await scope.registration.getNotifications();
    let done: unknown;
    let place: string | undefined;
    // Only a person's own click lets a worker open a window.
    scope.clients['openWindow'] = async (where: string) => (place = where);
    const event = Object.assign(new Event('notificationclick'), {
      notification,
      action,
      waitUntil: (promise: unknown) => (done = promise),
    });
    scope.dispatchEvent(event);
    await done;
    return place;
  }, action);
}

test('a call is told of while no page is open, and accepting it opens one that is in it', async ({ reached, person }) => {
  const bob = await reached.comes(person, 'Bob');
  const ann = await person('Ann', { at: `${reached.relay.origin}/` });
  await ann.givesName();
  await wantsToBeTold(bob);
  // Anybody can send somebody this address: nothing was accepted, so nothing is.
  await bob.page.goto(`${reached.relay.origin}/#accept`);
  await bob.page.reload();
  await expect(bob.page.getByRole('heading', { name: 'Hello, Bob' })).toBeVisible();
  await ann.voiceCalls('Bob');
  const [visible] = [await reached.service.next(reached.browser)];
  await isBrought(bob.context.serviceWorkers()[0] as Worker, visible);
  await bob.isRungBy('Ann');
  expect(await shown(bob.context.serviceWorkers()[0] as Worker), 'whoever looks at the page sees it there').toEqual([]);
  await bob.declines();
  await ann.isTold('They declined');
  expect((await reached.service.next(reached.browser)).came_to).toBe('declined');

  const worker = await closesPage(bob);
  await ann.presses('Call again');
  await isBrought(worker, await reached.service.next(reached.browser));
  expect(await shown(worker)).toEqual([{ title: 'Ann is calling', body: 'Voice call', actions: ['Accept', 'Decline'] }]);
  const place = await answers(worker, 'accept');
  expect(place).toBe('/#accept');
  await bob.page.goto(`${reached.relay.origin}${place}`);
  await Promise.all([ann.hears(bob), bob.hears(ann)]);
  expect(new URL(bob.page.url()).hash, 'a reload does not accept again').toBe('');
  expect((await reached.service.next(reached.browser)).came_to).toBe('answered');
  await ann.hangsUp();
});

test('declining on the notification needs no page', async ({ reached, person }) => {
  const bob = await reached.comes(person, 'Bob');
  const ann = await person('Ann', { at: `${reached.relay.origin}/` });
  await ann.givesName();
  await wantsToBeTold(bob);
  await expect(ann.button('Voice call Bob')).toBeVisible();
  const worker = await closesPage(bob);
  await ann.voiceCalls('Bob');
  await isBrought(worker, await reached.service.next(reached.browser));
  expect(await answers(worker, 'decline')).toBeUndefined();
  await ann.isTold('They declined');
  expect((await reached.service.next(reached.browser)).came_to).toBe('declined');
  await bob.page.close();
});

test('a call that was missed is said to be, in the language of the page', async ({ reached, person }) => {
  const bob = await reached.comes(person, 'Bình', 'vi-VN');
  const ann = await person('Ann', { at: `${reached.relay.origin}/` });
  await ann.givesName();
  await wantsToBeTold(bob, 'Cài đặt', /^Báo cho tôi/, 'Đóng');
  await expect(ann.button('Video call Bình')).toBeVisible();
  const worker = await closesPage(bob);
  await ann.videoCalls('Bình');
  await isBrought(worker, await reached.service.next(reached.browser));
  expect(await shown(worker)).toEqual([
    { title: 'Ann đang gọi', body: 'Cuộc gọi video', actions: ['Trả lời', 'Từ chối'] },
  ]);
  await ann.hangsUp();
  await isBrought(worker, await reached.service.next(reached.browser));
  expect(await shown(worker), 'in its place').toEqual([{ title: 'Cuộc gọi nhỡ từ Ann', body: 'Cuộc gọi video', actions: [] }]);
  expect(await answers(worker, '')).toBe('/calls');
  const said = (language: string): Promise<unknown> => worker.evaluate(`Object.keys(WORDS.${language})`);
  expect(await said('vi')).toEqual(await said('en'));
  await bob.page.close();
});

test('whoever wants to be told no more is not', async ({ reached, person }) => {
  const bob = await reached.comes(person, 'Bob');
  await wantsToBeTold(bob);
  const known = bob.page.waitForResponse((answer) => answer.request().method() === 'DELETE');
  await bob.presses('Settings');
  await bob.page.getByRole('switch', { name: /^Tell me of calls/ }).uncheck();
  expect((await known).status()).toBe(204);
  await expect.poll(() => bob.page.evaluate(() => localStorage.getItem('test-subscribed'))).toBeNull();
  await bob.presses('Close');
});

test('whoever signs out is forgotten by the relay at once', async ({ reached, person }) => {
  const bob = await reached.comes(person, 'Bob');
  const ann = await person('Ann', { at: `${reached.relay.origin}/` });
  await ann.givesName();
  await wantsToBeTold(bob);
  const forgotten = bob.page.waitForResponse((answer) => answer.request().method() === 'DELETE');
  await bob.presses('Settings');
  await bob.presses('Change');
  expect((await forgotten).status()).toBe(204);
  await expect.poll(() => bob.page.evaluate(() => localStorage.getItem('test-subscribed'))).toBeNull();
  await expect(ann.button('Voice call Bob'), 'nobody can be told of a call any more').toBeHidden();
});

test('a browser that gets another subscription is told of calls at that', async ({ reached, person }) => {
  const bob = await reached.comes(person, 'Bob');
  const ann = await person('Ann', { at: `${reached.relay.origin}/` });
  await ann.givesName();
  await wantsToBeTold(bob);
  await expect(ann.button('Voice call Bob')).toBeVisible();
  const worker = await closesPage(bob);
  const moved = new Browser(reached.service);
  await worker.evaluate(
    async ([former, now]) => {
      let done: unknown;
      const event = Object.assign(new Event('pushsubscriptionchange'), {
        oldSubscription: { ...former, options: {}, toJSON: () => former },
        newSubscription: { toJSON: () => now },
        waitUntil: (promise: unknown) => (done = promise),
      });
      self.dispatchEvent(event);
      await done;
    },
    [reached.browser.subscription, moved.subscription],
  );
  await ann.voiceCalls('Bob');
  await isBrought(worker, await reached.service.next(moved));
  expect((await shown(worker)).map((one) => one.title)).toEqual(['Ann is calling']);
  await ann.hangsUp();
  expect((await reached.service.next(moved)).came_to).toBe('missed');
  await bob.page.close();
});
