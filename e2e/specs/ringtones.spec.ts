// The ring that was chosen is the one that is heard, on the device that was chosen.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** A sound that the page plays itself. */
interface Played {
  /** The pitch that it begins with. */
  readonly hertz: number;
  /** It is played again and again. */
  readonly loop: boolean;
  /** The device; empty for the system's default. */
  readonly sink: string;
}

declare global {
  interface Window {
    played: () => Played[];
  }
}

/** The first notes of the rings. */
const [BELLS, DROPS, BAMBOO] = [784, 1175, 392];

/** In the page: notes what is played, by the samples that are handed to the browser. */
function listen(): void {
  const played: { node: AudioBufferSourceNode; hertz: number }[] = [];
  const pitch = (samples: Float32Array, rate: number): number => {
    const first = samples.subarray(0, rate / 10);
    const rises = first.reduce((count, sample, at) => (at > 0 && (first[at - 1] ?? 0) < 0 && sample >= 0 ? count + 1 : count), 0);
    return rises * 10;
  };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...of) {
    if (this.buffer) played.push({ node: this, hertz: pitch(this.buffer.getChannelData(0), this.buffer.sampleRate) });
    return start.apply(this, of);
  };
  window.played = () =>
    played.map(({ node, hertz }) => {
      const { sinkId } = node.context as AudioContext & { sinkId?: string };
      return { hertz, loop: node.loop, sink: typeof sinkId === 'string' ? sinkId : '' };
    });
}

/** The last thing that was played begins with that note. */
async function hears(person: Person, hertz: number, what: Partial<Played>): Promise<void> {
  const last = (): Promise<Played | undefined> => person.page.evaluate(() => window.played().at(-1));
  await expect.poll(async () => Math.abs(((await last())?.hertz ?? 0) - hertz) <= hertz / 10).toBe(true);
  await expect.poll(last).toMatchObject(what);
}

test('the ring that was chosen rings, also after a reload', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.context.addInitScript(listen);
  await ann.page.reload();
  await ann.isHome();
  await ann.presses('Settings');
  await expect(ann.page.getByRole('radio', { name: 'Bells' })).toBeChecked();
  await ann.presses('Play Drops');
  await hears(ann, DROPS, { loop: false });
  await ann.page.getByRole('radio', { name: 'Bamboo' }).check();
  await ann.presses('Close');
  await bob.voiceCalls('Ann');
  await hears(ann, BAMBOO, { loop: true, sink: '' });
  await bob.hangsUp();
  await bob.presses('Done');

  await ann.page.reload();
  await ann.isHome();
  await ann.presses('Settings');
  await expect(ann.page.getByRole('radio', { name: 'Bamboo' })).toBeChecked();
  await ann.presses('Close');
  await bob.voiceCalls('Ann');
  await hears(ann, BAMBOO, { loop: true });
  await bob.hangsUp();
});

test('it rings on the device that was chosen, and on the default when that is gone', async ({ person }) => {
  const ann = await person('Ann', { browser: 'many devices' });
  const bob = await person('Bob');
  await ann.context.addInitScript(listen);
  await ann.page.reload();
  await ann.isHome();
  await ann.presses('Settings');
  const where = ann.page.getByLabel('Ring on');
  await where.selectOption({ index: 1 });
  const device = await where.inputValue();
  expect(device).not.toBe('');
  await ann.presses('Close');
  await bob.voiceCalls('Ann');
  await hears(ann, BELLS, { loop: true, sink: device });
  await bob.hangsUp();
  await bob.presses('Done');
  await ann.presses('Done');

  await ann.page.evaluate(() => localStorage.setItem('alo-ring', 'drops a-device-that-is-gone'));
  await bob.voiceCalls('Ann');
  await hears(ann, DROPS, { loop: true, sink: '' });
  await bob.hangsUp();
});
