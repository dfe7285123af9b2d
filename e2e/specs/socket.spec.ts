// The relay's door: who may open a socket, and which tokens are let in.

import { RawSocket } from '../fixtures/raw-socket.ts';
import type { Relay } from '../fixtures/relay.ts';
import { expect, test } from '../fixtures/test.ts';
import { ACCEPTS_TOKENS, claims, expiredClaims, sign } from '../fixtures/tokens.ts';

/** Opens a socket that must not be refused. */
async function opened(relay: Relay, origin?: string): Promise<RawSocket> {
  const socket = await RawSocket.open(relay.socket, origin);
  if (!(socket instanceof RawSocket)) throw new Error(`refused with ${socket.status}`);
  return socket;
}

/** Says hello with a token. */
async function helloWith(relay: Relay, token: string): Promise<RawSocket> {
  const socket = await opened(relay);
  socket.say({ type: 'hello', data: { protocol: 1, token } });
  return socket;
}

test.describe('origins', () => {
  test.use({ relayOptions: ['--origin', 'https://chat.example'] });

  for (const origin of ['https://evil.example', 'http://chat.example', 'https://chat.example.evil.example', 'null']) {
    test(`a page of ${origin} is refused`, async ({ relay }) => {
      expect(await RawSocket.open(relay.socket, origin)).toEqual({ status: 403 });
    });
  }

  test('its own page, a welcome one and a program without origin are not', async ({ relay }) => {
    for (const origin of [relay.origin, 'https://chat.example', undefined]) {
      (await opened(relay, origin)).close();
    }
  });

  test('a foreign page in a browser cannot connect', async ({ relay, browsers }) => {
    const context = await (await browsers.asking()).newContext();
    await context.route('https://evil.example/', (route) => route.fulfill({ contentType: 'text/html', body: 'Hello' }));
    const page = await context.newPage();
    await page.goto('https://evil.example/');
    const outcome = await page.evaluate(
      (address) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => resolve('open');
          socket.onclose = (event) => resolve(`closed ${event.code}`);
        }),
      relay.socket,
    );
    expect(outcome).toBe('closed 1006');
    await context.close();
  });
});

test.describe('tokens', () => {
  test.use({ relayOptions: ACCEPTS_TOKENS });

  test('a good one is welcome', async ({ relay }) => {
    const socket = await helloWith(relay, sign(claims('Ann')));
    expect(await socket.next()).toMatchObject({
      type: 'welcome',
      data: { user: { id: 'user-ann', name: 'Ann' }, resumed: false },
    });
    socket.close();
  });

  const [header = '', payload = ''] = sign(claims('Ann')).split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const refused: readonly [string, string, string][] = [
    ['of another secret', sign(claims('Ann'), 'another secret that is long enough to be one'), 'bad_token'],
    ['for another audience', sign({ ...claims('Ann'), aud: 'someone-else' }), 'bad_token'],
    ['without a signature', `${none}.${payload}.`, 'bad_token'],
    ['with a cut signature', `${header}.${payload}.`, 'bad_token'],
    ['that is no token', 'hello', 'bad_token'],
    ['that is over', sign(expiredClaims('Ann')), 'expired_token'],
  ];
  for (const [what, token, code] of refused) {
    test(`one ${what} is refused with ${code}`, async ({ relay }) => {
      const socket = await helloWith(relay, token);
      const answer = await socket.next();
      expect(answer).toMatchObject({ type: 'call:error', data: { code } });
      expect(String(answer?.data?.message).length, 'words for a person').toBeGreaterThan(10);
      expect(await socket.closeCode()).toBe(1008);
    });
  }

  test('whoever says anything before hello is refused', async ({ relay }) => {
    const socket = await opened(relay);
    socket.say({ type: 'call:hangup', id: 1, data: { call_id: 'c_5fb2c1ad90e84c77' } });
    expect(await socket.next()).toMatchObject({ type: 'call:error', data: { code: 'not_welcome' } });
    socket.close();
  });
});
