// Somebody at a browser, on a host of their own: Chromium's own ICE, told of servers by a relay as any page is.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Browser, chromium, type Page } from '@playwright/test';

import { CHROMIUM, chromiumFlags } from '../fixtures/settings.ts';

/** By what way media goes, once it has settled. */
export interface Route {
  /** Directly, or by way of a TURN server. */
  readonly way: 'direct' | 'relay';
  /** The candidates' types of the chosen pair, own and other (webrtc-stats section 8.14). */
  readonly types: string;
}

/** What stands in the page. */
interface InPage {
  servers: RTCIceServer[];
  socket: WebSocket;
  peer: RTCPeerConnection;
  connectedAt: Promise<number>;
  /** Kept once the other's description is known; candidates come before it as well. */
  described: Promise<void>;
  nowDescribed: () => void;
}

declare global {
  interface Window {
    alo: InPage;
    aloCandidate: (candidate: RTCIceCandidateInit) => void;
  }
}

export class Agent {
  /** Where this one's candidates go. */
  other: Agent | undefined;

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly folder: string,
  ) {}

  /** Starts a browser in a namespace. */
  static async in(namespace: string): Promise<Agent> {
    const folder = await mkdtemp(join(tmpdir(), 'alo-net-'));
    const program = join(folder, 'chromium');
    await writeFile(program, `#!/bin/sh\nexec ip netns exec ${namespace} '${CHROMIUM}' "$@"\n`, { mode: 0o700 });
    // A page that may use a microphone has its own addresses told as they are; this one has none to ask for.
    const args = [...chromiumFlags(), '--disable-features=WebRtcHideLocalIpsWithMdns'];
    const browser = await chromium.launch({ executablePath: program, args });
    // The relay lets its pages do what they do, and nothing else.
    const agent = new Agent(browser, await browser.newPage({ bypassCSP: true }), folder);
    await agent.page.exposeFunction('aloCandidate', (candidate: RTCIceCandidateInit) => agent.other?.hears(candidate));
    return agent;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Signs in at a relay and keeps its servers; whoever is not there any more has no use of them. */
  async signIn(origin: string): Promise<void> {
    await this.page.goto(`${origin}/healthz`);
    await this.page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch('/api/session', { method: 'POST', headers, body: JSON.stringify({ name: 'Ann' }) });
      const { token } = (await answer.json()) as { token: string };
      const socket = new WebSocket(`ws://${location.host}/ws`);
      socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'hello', data: { protocol: 1, token } })));
      const welcome = await new Promise<{ ice_servers: RTCIceServer[] }>((resolve, reject) => {
        socket.addEventListener('close', () => reject(new Error('the relay closed')));
        socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data)).data));
      });
      // Whoever says nothing is taken for gone.
      setInterval(() => socket.send(JSON.stringify({ type: 'ping', data: {} })), 5_000);
      window.alo = { servers: welcome.ice_servers, socket } as InPage;
    });
  }

  /** A new connection; with `stunAlone` it is told of no server that relays. */
  async begins(stunAlone: boolean): Promise<void> {
    await this.page.evaluate((stunAlone) => {
      const { alo } = window;
      alo.peer?.close();
      const urls = alo.servers.flatMap((server) => server.urls).filter((url) => url.startsWith('turn:') && url.endsWith('udp'));
      const stun = [{ urls: urls.map((url) => url.replace('turn:', 'stun:').replace('?transport=udp', '')) }];
      const peer = new RTCPeerConnection({ iceServers: stunAlone ? stun : alo.servers });
      peer.addEventListener('icecandidate', ({ candidate }) => candidate && window.aloCandidate(candidate.toJSON()));
      alo.connectedAt = new Promise((resolve) => {
        peer.addEventListener('connectionstatechange', () => peer.connectionState === 'connected' && resolve(Date.now()));
      });
      alo.described = new Promise((resolve) => (alo.nowDescribed = resolve));
      alo.peer = peer;
    }, stunAlone);
  }

  /** Its offer, and when it began with it. */
  offers(): Promise<{ description: RTCSessionDescriptionInit; began: number }> {
    return this.page.evaluate(async () => {
      const { peer } = window.alo;
      peer.createDataChannel('call');
      const began = Date.now();
      await peer.setLocalDescription();
      return { description: (peer.localDescription as RTCSessionDescription).toJSON(), began };
    });
  }

  answers(description: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    return this.page.evaluate(async (description) => {
      const { peer, nowDescribed } = window.alo;
      await peer.setRemoteDescription(description);
      nowDescribed();
      await peer.setLocalDescription();
      return (peer.localDescription as RTCSessionDescription).toJSON();
    }, description);
  }

  async hearsAnswer(description: RTCSessionDescriptionInit): Promise<void> {
    await this.page.evaluate(async (description) => {
      await window.alo.peer.setRemoteDescription(description);
      window.alo.nowDescribed();
    }, description);
  }

  /** When it was connected; `undefined` if it was not in time. */
  connectedAt(within: number): Promise<number | undefined> {
    return this.page.evaluate((within) => {
      const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), within));
      return Promise.race([window.alo.connectedAt, late]);
    }, within);
  }

  /** The way that it takes in the end: the one wanted, or whichever it is after a while. */
  route(wanted: Route['way']): Promise<Route | undefined> {
    return this.page.evaluate(async (wanted) => {
      const now = async (): Promise<Route | undefined> => {
        const stats = await window.alo.peer.getStats();
        const all = [...stats.values()];
        const transport = all.find((stat) => stat.type === 'transport');
        const pair = transport && stats.get(transport.selectedCandidatePairId);
        if (!pair) return undefined;
        const types = [pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id)?.candidateType as string);
        return { way: types.includes('relay') ? 'relay' : 'direct', types: types.join('-') };
      };
      for (let tries = 0; tries < 40; tries += 1) {
        const route = await now();
        if (route?.way === wanted) return route;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return now();
    }, wanted);
  }

  private async hears(candidate: RTCIceCandidateInit): Promise<void> {
    await this.page.evaluate(async (candidate) => {
      const { peer, described } = window.alo;
      await described;
      // A candidate for a connection that was closed meanwhile is nobody's.
      await peer.addIceCandidate(candidate).catch(() => undefined);
    }, candidate);
  }
}
