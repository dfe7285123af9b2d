// What somebody has recorded: the files in the folder they chose, or those that their browser saved.

import { readFile } from 'node:fs/promises';

import type { Download } from '@playwright/test';

import type { Person } from './person.ts';

/** A file, as its sound says. */
export interface Tape {
  readonly name: string;
  readonly seconds: number;
  /** How loud each of the tones in it is, in the order in which they were asked for. */
  readonly tones: readonly number[];
  /** An element of the page plays it. */
  readonly plays: boolean;
}

/** Has the browser give out a folder of its own, where nobody can answer its question: the page's private file system. */
export async function hasAFolder(person: Person): Promise<void> {
  await person.page.evaluate(() => {
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
}

/** The browser has no such question, as Firefox and Safari. */
export async function hasNoFolder(person: Person): Promise<void> {
  await person.page.evaluate(() => Object.assign(window, { showDirectoryPicker: undefined }));
}

/** Nothing more can be written into the folder, until what is returned is called. */
export async function fillsTheDisk(person: Person): Promise<() => Promise<void>> {
  const browser = await person.context.newCDPSession(person.page);
  const { origin } = new URL(person.page.url());
  await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  return async () => {
    await browser.send('Storage.overrideQuotaForOrigin', { origin });
  };
}

/** The files in the folder, by name. */
export async function tapes(person: Person, tones: readonly number[]): Promise<Tape[]> {
  const files = await person.page.evaluate(async () => {
    const folder = (await navigator.storage.getDirectory()) as unknown as AsyncIterable<[string, FileSystemFileHandle]>;
    const found: { name: string; bytes: number[] }[] = [];
    for await (const [name, handle] of folder) {
      found.push({ name, bytes: [...new Uint8Array(await (await handle.getFile()).arrayBuffer())] });
    }
    return found;
  });
  const heard = await Promise.all(files.map((file) => listen(person, file.name, file.bytes, tones)));
  return heard.sort((one, other) => one.name.localeCompare(other.name));
}

/** A file that the browser saved. */
export async function saved(person: Person, download: Download, tones: readonly number[]): Promise<Tape> {
  return listen(person, download.suggestedFilename(), [...(await readFile(await download.path()))], tones);
}

/** Decodes a file where it can be: in a browser. */
async function listen(person: Person, name: string, bytes: number[], tones: readonly number[]): Promise<Tape> {
  const heard = await person.page.evaluate(
    async ({ bytes, tones }) => {
      const data = new Uint8Array(bytes);
      const element = document.createElement('video');
      element.src = URL.createObjectURL(new Blob([data], { type: 'video/webm' }));
      const plays = await new Promise<boolean>((done) => {
        element.addEventListener('canplay', () => done(true));
        element.addEventListener('error', () => done(false));
      });
      const context = new OfflineAudioContext(1, 1, 48_000);
      const sound = await context.decodeAudioData(data.buffer);
      const samples = sound.getChannelData(0);
      // The Goertzel algorithm: how much of one frequency there is, as the amplitude of a sine. In pieces of a 20th of a
      // second, because what arrives is stretched and shortened on the way, and the sine with it.
      const size = sound.sampleRate / 20;
      const amplitude = (tone: number, from: number): number => {
        const turn = 2 * Math.cos((2 * Math.PI * tone) / sound.sampleRate);
        let [last, before] = [0, 0];
        for (const sample of samples.subarray(from, from + size)) [last, before] = [sample + turn * last - before, last];
        return (2 * Math.sqrt(Math.max(0, last * last + before * before - turn * last * before))) / size;
      };
      const mean = (tone: number): number => {
        const pieces = Array.from({ length: Math.floor(samples.length / size) }, (_, at) => amplitude(tone, at * size));
        return pieces.reduce((sum, piece) => sum + piece, 0) / pieces.length;
      };
      return { seconds: sound.duration, tones: tones.map(mean), plays };
    },
    { bytes, tones },
  );
  return { name, ...heard };
}
