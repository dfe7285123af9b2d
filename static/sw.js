// The service worker: the page opens without the relay, and calls are told of while nobody looks at the page.
//
// It never shows an old page where a new one can be had. The page itself (a navigation) comes from the relay whenever the
// relay answers; its files have a hash in their names, so whichever page asks for one gets exactly that one. What is kept
// belongs to one build of the page, and the files of the build before stay for pages that are still open.

/** The files the page begins with, told by whoever builds it; empty where nobody does, and then nothing is kept. */
const SHELL = [];
/** Another build, another name. */
const KEPT = 'alo-shell';
/** Every name that this worker ever gives begins with this. */
const OURS = 'alo-';
/** So long a navigation waits for the relay, in milliseconds, until the page that is kept is shown. */
const PATIENCE = 3000;
/** Builds kept: this one, and the one before. */
const BUILDS = 2;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || SHELL.length === 0) return;
  if (request.mode === 'navigate') event.respondWith(navigate(event));
  else if (isHashed(url.pathname)) event.respondWith(file(request));
});

async function install() {
  // The files were just loaded by the page and come from the browser's own cache.
  await (await caches.open(KEPT)).addAll(SHELL);
  // A page that is open goes on with the files it knows, which stay; so there is nothing to wait for.
  await self.skipWaiting();
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(OURS));
  // In the order they were made in, oldest first.
  await Promise.all(names.slice(0, -BUILDS).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The relay's page; the one that is kept when no relay answers, or one that cannot (a gateway before it speaks then). */
async function navigate(event) {
  const kept = await (await caches.open(KEPT)).match('/', { ignoreVary: true });
  if (!kept || !isPlace(new URL(event.request.url).pathname)) return fetch(event.request);
  const asked = fetch(event.request).then((answer) => (answer.status < 500 ? answer : kept));
  const patience = new Promise((done) => setTimeout(done, PATIENCE, kept));
  return Promise.race([asked.catch(() => kept), patience]);
}

/** A file that never changes under its name; what is loaded the first time is kept with the rest of its build. */
async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(KEPT);
    await cache.put(request, answer.clone());
  }
  return answer;
}

/** A place inside of the page, not a file, and nothing of the relay's own. */
function isPlace(path) {
  return !path.includes('.') && !path.startsWith('/api/') && !/^\/(healthz|readyz|metrics)$/.test(path);
}

/** As the relay tells them: a dash, 16 hexadecimal digits, and something after them. */
function isHashed(path) {
  return /-[0-9a-f]{16}[._]/.test(path);
}

// A call while no page is open: the relay has the browser's push service bring it (relay/src/push/notice.rs).
self.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(tell(event.data.json()));
});

/** What is said of a call, in the language that the page spoke when it subscribed. */
const WORDS = {
  en: {
    rings: '# is calling',
    voice: 'Voice call',
    video: 'Video call',
    group_voice: 'Group call',
    group_video: 'Group video call',
    accept: 'Accept',
    decline: 'Decline',
    missed: 'Missed call from #',
    answered: 'Answered',
    declined: 'Declined',
  },
  vi: {
    rings: '# đang gọi',
    voice: 'Cuộc gọi thoại',
    video: 'Cuộc gọi video',
    group_voice: 'Cuộc gọi nhóm',
    group_video: 'Cuộc gọi video nhóm',
    accept: 'Trả lời',
    decline: 'Từ chối',
    missed: 'Cuộc gọi nhỡ từ #',
    answered: 'Đã trả lời',
    declined: 'Đã từ chối',
  },
};
/** How a phone trembles while it rings, in milliseconds on and off. */
const TREMBLES = [400, 200, 400, 600, 400, 200, 400];
/** So long it is said that a call was answered or declined, in milliseconds. */
const GLANCE = 4000;
/** Safari takes the subscription away from whoever does not show every push, also to somebody who looks at the page. */
const SHOWS_ALL = /AppleWebKit/.test(navigator.userAgent) && !/Chrom/.test(navigator.userAgent);

/** Shows a call that rings, or in its place what came of it. Whoever looks at the page sees it there. */
async function tell(told) {
  const words = WORDS[told.language] ?? WORDS.en;
  const { call_id: tag, came_to: cameTo } = told;
  const seen = (await pages()).some((page) => page.visibilityState === 'visible');
  if (cameTo) {
    await takeBack(tag);
    if (seen && !SHOWS_ALL) return;
    const title = words[cameTo].replace('#', () => told.from.name);
    const missed = cameTo === 'missed';
    await show(title, { tag, silent: true, body: missed ? words[told.kind] : '', data: { place: missed ? '/calls' : '/' } });
    if (missed) return;
    await new Promise((done) => setTimeout(done, GLANCE));
    await takeBack(tag);
  } else if (!seen || SHOWS_ALL) {
    const { user, decline } = told;
    await show(words.rings.replace('#', () => told.from.name), {
      tag,
      body: words[told.kind],
      requireInteraction: true,
      ...(told.silent ? { silent: true } : { vibrate: TREMBLES }),
      data: { place: '/', decline: { call_id: tag, user, token: decline } },
      actions: ['accept', 'decline'].map((action) => ({ action, title: words[action] })),
    });
  }
}

function show(title, options) {
  return self.registration.showNotification(title, { icon: '/icon-192.png', ...options });
}

async function takeBack(tag) {
  for (const shown of await self.registration.getNotifications({ tag })) shown.close();
}

function pages() {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true });
}

// The push service has given this browser another subscription, or taken the one there was: where the relay is told of it
// now, calls still are. A page that is opened later says so in any case.
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));

async function renew({ oldSubscription: former, newSubscription }) {
  // Without the former one nobody knows whose this is.
  if (!former) return;
  const { applicationServerKey } = former.options;
  const now = newSubscription ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  await post('/api/push/renew', { former, now });
}

// An answer given on a notification of a call, which the page shows under the call's id.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(answer(event.notification, event.action));
});

/** The call that was accepted while no page was open, until the page asks that is opened for it. */
let accepted;

/**
 * Brings the page to the front, unless the call is declined, and tells it: the page decides what it comes to. Where none
 * is open, one is opened that asks what was accepted, and the relay is told of what was declined. Its address names no
 * call: anybody could send somebody a link that does, and ring.
 */
async function answer({ tag: call, data }, action) {
  const open = await pages();
  for (const page of open) page.postMessage({ answer: action, call });
  if (action === 'decline') {
    if (open.length === 0 && data?.decline) await decline(data.decline);
    return;
  }
  const page = open.find((one) => one.focused) ?? open[0];
  if (page) return page.focus();
  if (action === 'accept') accepted = call;
  await self.clients.openWindow(action === 'accept' ? '/#accept' : (data?.place ?? '/'));
}

self.addEventListener('message', (event) => {
  if (event.data !== 'accepted' || !accepted) return;
  event.source.postMessage({ answer: 'accept', call: accepted });
  accepted = undefined;
});

/** What came with the notification says whose it is, so that nobody has to be signed in here. */
function decline(what) {
  return post('/api/push/decline', what);
}

function post(path, what) {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(what) });
}
