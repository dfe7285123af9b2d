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

// An answer given on a notification of a call, which the page shows under the call's id.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(answer(event.notification.tag, event.action));
});

/** Brings the page to the front, unless the call is declined, and tells it. The page decides what it comes to. */
async function answer(call, action) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) page.postMessage({ answer: action, call });
  if (action === 'decline') return;
  const page = pages.find((one) => one.focused) ?? pages[0];
  await (page ? page.focus() : self.clients.openWindow('/'));
}
