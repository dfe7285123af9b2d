// What a first visit loads before a first call, in bytes as they are sent: brotli, where the relay has it. And what is
// loaded later, when it is first wanted.

import { get } from 'node:http';

import { type BrowserContext, chromium, expect, type Request, test } from '@playwright/test';

import { CHROMIUM_CAMERA } from '../fixtures/camera.ts';
import { Relay } from '../fixtures/relay.ts';
import { CHROMIUM, chromiumFlags } from '../fixtures/settings.ts';
import { Person } from '../people/person.ts';
import { report, verdict } from './figures.ts';

/** 120 KB. */
const MOST = 120_000;

/** What the parts are that are loaded later. */
const PARTS: Record<string, string> = {
  aside: 'a call, and around it: settings, before a room, its end, help',
  along: 'what people in a call exchange: words, signs, hands, files',
  check: 'trying whether one can call',
  history: 'the history of calls',
  vi: 'Vietnamese',
  chunk: 'what several parts need',
};

/** One resource. */
interface Loaded {
  readonly path: string;
  readonly type: string;
  readonly encoding: string;
  /** Of the body, as it is sent. */
  readonly bytes: number;
}

test('what a first visit loads', async () => {
  const relay = await Relay.start([]);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...chromiumFlags(), '--use-fake-ui-for-media-stream'] });
  try {
    const context = await browser.newContext({ baseURL: relay.origin, locale: 'en-GB' });
    const requests = await visit(context);
    const loaded = await Promise.all(requests.map((request) => measure(request)));
    expect(loaded.map(({ type }) => type).join(), 'the page and its program').toMatch(/text\/html.*application\/wasm/);
    report(describe(loaded, await partsOf(relay.origin, loaded)));
  } finally {
    await browser.close();
    await relay.stop();
  }
});

/** Comes for the first time, gives a name, waits until nothing more is loaded; gives the requests, once each. */
async function visit(context: BrowserContext): Promise<Request[]> {
  const requests = new Map<string, Request>();
  // Of the context, not the page: a service worker's are among them.
  context.on('request', (request) => {
    if (/^https?:/.test(request.url())) requests.set(`${request.method()} ${request.url()}`, request);
  });
  const person = new Person('Ann', CHROMIUM_CAMERA, await context.newPage(), context);
  await person.arrives();
  await person.page.waitForLoadState('networkidle');
  return [...requests.values()];
}

/** What can be fetched again is, so that caches and service workers do not blur what is sent. */
async function measure(request: Request): Promise<Loaded> {
  const path = new URL(request.url()).pathname;
  if (request.method() === 'GET') return { path, ...(await fetchBrotli(request.url())) };
  const response = await request.response();
  const headers = (await response?.allHeaders()) ?? {};
  const { responseBodySize } = await request.sizes();
  return { path, type: typeOf(headers['content-type']), encoding: headers['content-encoding'] ?? '', bytes: responseBodySize };
}

/** The files that the module which starts the page names and that a first visit did not load. */
async function partsOf(origin: string, loaded: readonly Loaded[]): Promise<Loaded[]> {
  const boot = loaded.find(({ path }) => path.startsWith('/boot-'));
  expect(boot, 'the module that starts the page').toBeDefined();
  const text = await (await fetch(`${origin}${boot?.path}`)).text();
  const named = [...text.matchAll(/"\/?([\w-]+\.(?:wasm|css))"/g)].map(([, file]) => `/${file}`);
  const later = [...new Set(named)].filter((path) => !loaded.some((one) => one.path === path));
  expect(later, 'what is loaded later').not.toEqual([]);
  return Promise.all(later.map(async (path) => ({ path, ...(await fetchBrotli(`${origin}${path}`)) })));
}

function fetchBrotli(url: string): Promise<Omit<Loaded, 'path'>> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'Accept-Encoding': 'br' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
        resolve({ type: typeOf(response.headers['content-type']), encoding: response.headers['content-encoding'] ?? '', bytes });
      });
    }).on('error', reject);
  });
}

function typeOf(header: string | undefined): string {
  return header?.split(';')[0] ?? '';
}

function describe(loaded: readonly Loaded[], later: readonly Loaded[]): string[] {
  const total = loaded.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    'What a first visit loads before a first call',
    ...bySize(loaded).map((one) => line(one)),
    `  ${String(total).padStart(8)} B  in all`,
    '',
    'What is loaded when it is first wanted',
    ...bySize(later).map((one) => `${line(one)}  ${PARTS[one.path.split(/[-_/]/)[1] ?? ''] ?? ''}`),
    '',
    'Targets',
    verdict('Loaded before a first call', total / 1000, MOST / 1000, ' KB'),
  ];
}

function bySize(loaded: readonly Loaded[]): Loaded[] {
  return [...loaded].sort((a, b) => b.bytes - a.bytes);
}

function line({ path, type, encoding, bytes }: Loaded): string {
  return `  ${String(bytes).padStart(8)} B  ${(encoding || 'as it is').padEnd(9)} ${type.padEnd(26)} ${path}`;
}
