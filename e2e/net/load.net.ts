// Media's rates through the TURN server inside, and beside it through coturn, by coturn's own client.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { expect, test } from '@playwright/test';
import WebSocket from 'ws';

import { connectHere, disconnectHere, HERE } from './internet.ts';
import { INSIDE, SECRET, Server } from './servers.ts';

const CLIENT = process.env.TURN_CLIENT ?? 'turnutils_uclient';
/** How long each server is kept busy, in seconds. */
const SECONDS = 4;
const GUESTS = 4;
/** What so many of a guest's clients send: pictures at 1.9 Mb/s, and voices. More addresses than these take nobody may have. */
const MEDIA = [
  { clients: 4, bytes: 1_200, every: 5 },
  { clients: 2, bytes: 172, every: 20 },
] as const;
/** Of so many datagrams one may be lost: the machine does other things as well. */
const ONE_OF = 1_000;

/** What came of keeping a server busy. */
interface Load {
  readonly sent: number;
  readonly lost: number;
  /** Processor time for each datagram that arrived, in microseconds. */
  readonly cost: number;
  /** The same of a second, in percent of one core. */
  readonly busy: number;
}

test.beforeAll(connectHere);
test.afterAll(disconnectHere);

test('calls pass through without loss, and for about what they cost coturn', async () => {
  const relay = await Server.relay(HERE, 8080, [...INSIDE, '--turn-secret', SECRET, '--turn-rate', '1000000000']);
  const coturn = await Server.coturn(HERE, 3479);
  const guests = await Promise.all(Array.from({ length: GUESTS }, (_, number) => signIn(relay.address, `Guest ${number}`)));
  try {
    const names = guests.map(({ username }) => username);
    const [inside, other] = [await keepBusy(relay, 3478, names), await keepBusy(coturn, 3479, names)];
    for (const [title, { sent, lost, cost, busy }] of [['the server inside', inside], ['coturn', other]] as const) {
      console.log(`${title}: ${sent} datagrams, ${lost} lost, ${cost.toFixed(1)} µs each, ${busy.toFixed(0)} % of a core`);
    }
    console.log(`the server inside costs ${(inside.cost / other.cost).toFixed(2)} times what coturn costs`);
    expect(inside.sent).toBeGreaterThan(10_000);
    expect(inside.lost).toBeLessThanOrEqual(inside.sent / ONE_OF);
    expect(inside.cost).toBeLessThan(3 * other.cost);
  } finally {
    for (const { socket } of guests) socket.terminate();
    await Promise.all([relay, coturn].map((server) => server.stop()));
  }
});

/** A guest with a page, and what TURN credentials are to say of them. */
async function signIn(origin: string, name: string): Promise<{ socket: WebSocket; username: string }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/session`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  const { token } = (await answer.json()) as { token: string };
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', data: { protocol: 1, token } }));
  const [welcome] = (await once(socket, 'message')) as [Buffer];
  const { ice_servers } = JSON.parse(String(welcome)).data as { ice_servers: RTCIceServer[] };
  const username = ice_servers.find((server) => server.username)?.username ?? '';
  // Before the colon is until when they are good; the client says that itself.
  return { socket, username: username.slice(username.indexOf(':') + 1) };
}

async function keepBusy(server: Server, port: number, usernames: readonly string[]): Promise<Load> {
  const before = cpu(server.pid);
  const clients = usernames.flatMap((username) => MEDIA.map((media) => client(port, username, media)));
  const counted = await Promise.all(clients.map(counts));
  const used = cpu(server.pid) - before;
  const [sent, received] = [0, 1].map((at) => counted.reduce((sum, count) => sum + (count[at] ?? 0), 0)) as [number, number];
  return { sent, lost: sent - received, cost: (used * 1e6) / received, busy: (used * 100) / SECONDS };
}

function client(port: number, username: string, { clients, bytes, every }: (typeof MEDIA)[number]): ChildProcess {
  const options = { m: clients, l: bytes, z: every, n: (SECONDS * 1_000) / every, L: HERE.ip, p: port, u: username, W: SECRET };
  const args = Object.entries(options).flatMap(([option, value]) => [`-${option}`, String(value)]);
  return spawn(CLIENT, ['-y', '-c', ...args, HERE.ip], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** How many datagrams a client has sent, and how many have arrived. */
async function counts(client: ChildProcess): Promise<[number, number]> {
  let said = '';
  for (const stream of [client.stdout, client.stderr]) stream?.on('data', (text) => (said += String(text)));
  await once(client, 'close');
  const last = (name: string): number => Number([...said.matchAll(new RegExp(`${name}=(\\d+)`, 'g'))].at(-1)?.[1]);
  const [sent, received] = [last('tot_send_msgs'), last('tot_recv_msgs')];
  if (!(sent > 0)) throw new Error(`${CLIENT} said\n${said}`);
  return [sent, received];
}

/** What a process has used of the processor, in seconds (proc_pid_stat(5)). */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // User and system time, in hundredths.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
