import { Path } from '../fixtures/path.ts';
import { expect, test } from '../fixtures/test.ts';
test('debug', async ({ person }) => {
  const [ann, bob] = [await person('Ann', { at: 'about:blank' }), await person('Bob', { at: 'about:blank' })];
  for (const one of [ann, bob]) {
    await one.page.addInitScript(() => {
      const O = window.RTCPeerConnection; const log: string[] = []; const pcs: RTCPeerConnection[] = [];
      Object.assign(window, { log, pcs });
      window.RTCPeerConnection = class extends O {
        constructor(c?: RTCConfiguration) { super(c); const n = pcs.push(this); const say = (w: string) => log.push(`${Math.round(performance.now())} #${n} ${w}`);
          say('made');
          this.addEventListener('connectionstatechange', () => say(this.connectionState));
          this.addEventListener('signalingstatechange', () => say('sig ' + this.signalingState));
        }
        override close() { log.push(`${Math.round(performance.now())} #${pcs.indexOf(this) + 1} close`); super.close(); }
      };
    });
  }
  const path = await Path.between(ann, bob);
  await Promise.all([ann.arrives(), bob.arrives()]);
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  await Promise.all([ann.sees(bob), bob.sees(ann)]);
  for (const one of [ann, bob]) await one.page.evaluate(() => (window as any).log.push(`${Math.round(performance.now())} dies`));
  path.dies();
  await Promise.all([ann.isIn('reconnecting'), bob.isIn('reconnecting')]);
  await Promise.all([ann.isIn('active'), bob.isIn('active')]);
  try {
    await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  } catch (error) {
    for (const one of [ann, bob]) console.log(one.name, await one.page.evaluate(async () => {
      const w = window as any; const out = [...w.log];
      for (const pc of w.pcs) { const s = [...(await pc.getStats()).values()].filter((x: any) => x.type === 'inbound-rtp'); out.push(pc.connectionState + ' ' + pc.signalingState + ' ' + s.map((x: any) => `${x.kind} ${x.packetsReceived}`).join() + ' ' + pc.getReceivers().map((r: any) => r.track.kind + r.track.readyState + r.track.muted + r.track.id.slice(0, 5)).join()); }
      return out.join('\n');
    }));
    throw error;
  }
  path.close();
});
