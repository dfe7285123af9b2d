// The servers in the middle: relays, one with its own TURN server and one that names coturn; and coturn.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { PAGE, relayBinary, TURN_SERVER } from '../fixtures/settings.ts';
import type { Place } from './internet.ts';

/** What relays and coturn know alike. */
export const SECRET = 'a secret that both know';

/** Somebody who serves, until it is stopped. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** How it is reached: a relay's origin, or a TURN server's host and port. */
    readonly address: string,
  ) {}

  /** A relay with these options, on a port. */
  static relay(place: Place, port: number, options: readonly string[]): Promise<Server> {
    const fixed = ['--port', String(port), '--bind', place.ip, ...(PAGE ? ['--page', PAGE] : [])];
    const args = (folder: string): string[] => [...fixed, '--data', folder, ...options];
    return Server.start(place, relayBinary(), args, /^listening on /, `http://${place.ip}:${port}`);
  }

  /** coturn on a port. */
  static coturn(place: Place, port: number): Promise<Server> {
    const args = (folder: string): string[] => [
      ...['-n', '--use-auth-secret', '--no-tls', '--no-dtls', '--no-cli', '--simple-log', '--log-file=stdout'],
      ...[`--static-auth-secret=${SECRET}`, '--realm=alo.example', `--listening-ip=${place.ip}`, `--relay-ip=${place.ip}`],
      ...[`--listening-port=${port}`, `--userdb=${join(folder, 'users')}`, `--pidfile=${join(folder, 'pid')}`],
    ];
    return Server.start(place, TURN_SERVER, args, /DB connection success/, `${place.ip}:${port}`);
  }

  private static async start(
    place: Place,
    program: string,
    args: (folder: string) => string[],
    ready: RegExp,
    address: string,
  ): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'alo-net-'));
    const child = place.serve(program, args(folder), { stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new Server(child, folder, address);
    try {
      await server.says(ready);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Its process. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it at once, as a machine does that loses its power. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }

  private says(ready: RegExp): Promise<void> {
    const log: string[] = [];
    return new Promise((resolve, reject) => {
      const read = (line: string): void => {
        log.push(line);
        if (ready.test(line)) resolve();
      };
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', read);
      }
      this.child.once('error', reject);
      this.child.once('exit', (code) => reject(new Error(`a server ended with ${code}\n${log.join('\n')}`)));
    });
  }
}

/** The options of a relay that names TURN servers at these hosts and ports, over datagrams and connections. */
export function naming(addresses: readonly string[]): string[] {
  const urls = addresses.flatMap((address) => [`turn:${address}`, `turn:${address}?transport=tcp`]);
  return ['--turn-url', urls.join(','), '--turn-secret', SECRET];
}

/** The options of a relay with a TURN server inside. */
export const INSIDE = ['--turn', '--turn-port', '3478', '--turn-tls-port', '0'];
