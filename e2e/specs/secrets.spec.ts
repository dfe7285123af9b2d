// What the check of the relays' logs finds, and what it lets pass.

import { expect, test } from '@playwright/test';

import { givenAway } from '../fixtures/secrets.ts';

test('secrets and places are found in a log, and nothing else is', () => {
  for (const line of [
    'DEBUG renewed token=eyJhbGciOiJ9xx.eyJzdWIiOiJ.c2lnbmF0dXJl1',
    'DEBUG resumed session=s_0123456789abcdef0123456789abcdef',
    'TRACE GET /r/abcd-efgh-jkmn',
    'TRACE sdp="v=0"',
    'TRACE a=ice-ufrag:Wq3l',
    'TRACE candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host',
    'TRACE 2f0c1a77-aaaa-4444-bbbb-123456789abc.local',
    'DEBUG username=1790000000:guest:ann:d_0123',
    'DEBUG peer=192.168.1.20:50123',
    'DEBUG subscribed {"auth":"x"}',
  ]) {
    expect(givenAway(line), line).toBeDefined();
  }
  for (const line of [
    'listening on http://localhost:3000',
    'INFO TURN: media is passed on here address=192.168.1.2 port=3478',
    '2026-11-23T14:00:00.123456Z DEBUG a guest signed in user=guest:abcdABCD-_12',
    'DEBUG a call is over call=c_01234567890123456789abcdef reason=Completed talked=Some(1.2s)',
    'DEBUG closing a connection code=1001 the server is going away',
  ]) {
    expect(givenAway(line), line).toBeUndefined();
  }
});
