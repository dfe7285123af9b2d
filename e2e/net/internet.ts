// An internet of network namespaces (ip-netns(8)): in the middle who serves, on each side a host with an address of its own
// and one behind a router.
//
// It is made inside of a network and a list of mounts that are the test's alone (`cargo xtask test net`), and is gone with
// them, however the test ends. The addresses are of the internet, because TURN relays to no others; they lead nowhere else.

import { type ChildProcess, type SpawnOptions, execFileSync, spawn } from 'node:child_process';

import { rules } from './router.ts';
import type { Kind } from './theory.ts';

/** Where servers are. */
const SERVERS = '9.0.0.1';
const MIDDLE = 'internet';
const REST = 'elsewhere';

/** Somewhere that servers can be. */
export interface Place {
  readonly ip: string;
  /** Starts one there. */
  serve(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}

/** The test's own network, in which nothing else listens; browsers have no candidates where there is no network but their own. */
export const HERE: Place = { ip: '9.8.0.1', serve: spawn };
const BEYOND = 'beyond';

/** Connects the test's own network to another, so that it is one. */
export function connectHere(): void {
  alone();
  run('ip', 'netns', 'add', BEYOND);
  run('ip', 'link', 'add', 'wan', 'type', 'veth', 'peer', 'name', 'wan', 'netns', BEYOND);
  run('ip', '-n', BEYOND, 'link', 'set', 'wan', 'up');
  run('ip', 'address', 'add', `${HERE.ip}/24`, 'dev', 'wan');
  run('ip', 'link', 'set', 'wan', 'up');
  run('ip', 'route', 'add', 'default', 'dev', 'wan');
}

/** And takes that away again. */
export function disconnectHere(): void {
  run('ip', 'link', 'delete', 'wan');
  run('ip', 'netns', 'delete', BEYOND);
}

/** One of the two sides. */
export type Side = 'left' | 'right';

/** The third number of a side's addresses. */
const NUMBER: Record<Side, number> = { left: 1, right: 2 };

export class Internet implements Place {
  readonly ip = SERVERS;
  private readonly names: string[] = [];

  /** Makes all of it. */
  static make(): Internet {
    alone();
    const internet = new Internet();
    internet.name(MIDDLE);
    run('ip', '-n', MIDDLE, 'address', 'add', `${SERVERS}/32`, 'dev', 'lo');
    forwards(MIDDLE);
    // What is for nobody there vanishes, as it does on the internet. That a server could not even send it would be an error
    // that coturn gives a relayed address up for.
    internet.name(REST);
    connect({ name: MIDDLE, port: 'rest', ip: '9.9.0.1' }, { name: REST, port: 'wan', ip: '9.9.0.2' });
    run('ip', '-n', MIDDLE, 'route', 'add', 'default', 'via', '9.9.0.2');
    for (const side of ['left', 'right'] as const) internet.addSide(side);
    return internet;
  }

  /** Takes all of it away, for another one to be made: links go with their ends. */
  remove(): void {
    for (const name of this.names) run('ip', 'netns', 'delete', name);
  }

  private name(name: string): void {
    run('ip', 'netns', 'add', name);
    this.names.push(name);
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
  }

  private addSide(side: Side): void {
    const number = NUMBER[side];
    const [open, router, home] = [`${side}-open`, `${side}-router`, `${side}-home`];
    for (const name of [open, router, home]) this.name(name);
    forwards(router);
    connect({ name: MIDDLE, port: open, ip: `9.1.${number}.1` }, { name: open, port: 'wan', ip: `9.1.${number}.2` });
    connect({ name: MIDDLE, port: router, ip: `9.2.${number}.1` }, { name: router, port: 'wan', ip: `9.2.${number}.2` });
    connect({ name: router, port: 'lan', ip: `192.168.${number}.1` }, { name: home, port: 'wan', ip: host(side) });
    for (const [from, via] of [[open, `9.1.${number}.1`], [router, `9.2.${number}.1`], [home, `192.168.${number}.1`]] as const) {
      run('ip', '-n', from, 'route', 'add', 'default', 'via', via);
    }
  }

  /** The namespace of the host that is connected like this. */
  host(side: Side, kind: Kind): string {
    return `${side}-${kind === 'open' ? 'open' : 'home'}`;
  }

  /** The router of that side is one like this from now on. */
  setRouter(side: Side, kind: Kind): void {
    if (kind === 'open') return;
    const input = rules(kind, { host: host(side) });
    execFileSync('ip', ['netns', 'exec', `${side}-router`, 'nft', '-f', '-'], { input });
  }

  serve(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    return spawn('ip', ['netns', 'exec', MIDDLE, program, ...args], options);
  }
}

/** One end of a link. */
interface End {
  readonly name: string;
  readonly port: string;
  readonly ip: string;
}

/** What follows would change the machine's own network. */
function alone(): void {
  if (process.env.ALO_NET !== 'alone') throw new Error('only in a network of its own: cargo xtask test net');
}

function host(side: Side): string {
  return `192.168.${NUMBER[side]}.2`;
}

function forwards(name: string): void {
  run('ip', 'netns', 'exec', name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
}

function connect(one: End, other: End): void {
  run('ip', '-n', one.name, 'link', 'add', one.port, 'type', 'veth', 'peer', 'name', other.port, 'netns', other.name);
  for (const { name, port, ip } of [one, other]) {
    run('ip', '-n', name, 'address', 'add', `${ip}/24`, 'dev', port);
    run('ip', '-n', name, 'link', 'set', port, 'up');
  }
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args);
}
