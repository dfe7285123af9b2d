// Until somebody accepts, nothing of theirs leaves the machine: no media, no address, no description.

import { expect, test } from '../fixtures/test.ts';

test('a ringing callee is prepared, and has told nobody anything', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  // Prepared: the connection is there and has found its own addresses. Nothing more happens until Bob decides, so
  // whatever would leak has leaked by now.
  await expect.poll(() => bob.traffic(), 'Bob is prepared').toMatchObject({ peers: 1, gathered: 1 });
  await expect.poll(() => ann.traffic(), 'Ann is ready too').toMatchObject({ peers: 1, gathered: 1 });
  await ann.isIn('ringing');

  for (const side of [ann, bob]) {
    expect(await side.traffic(), `${side.name}'s traffic`).toMatchObject({
      mediaSent: 0,
      mediaReceived: 0,
      packetsReceived: 0,
      checksSent: 0,
    });
  }
  expect(bob.signals.sentTypes.filter((type) => type.startsWith('call:'))).toEqual(['call:ringing']);
  expect(JSON.stringify(bob.signals.sent)).not.toMatch(/candidate:|ice-ufrag|fingerprint/);
  expect(ann.signals.receivedTypes).not.toContain('call:ice_candidate');
  await expect(ann.participant('Bob').locator('video')).toHaveCount(0);

  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
});

test('a declined call has carried nothing', async ({ person }) => {
  const ann = await person('Ann');
  const bob = await person('Bob');

  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await expect.poll(() => bob.traffic()).toMatchObject({ gathered: 1 });
  await bob.declines();
  await ann.isTold('They declined');

  expect(JSON.stringify(bob.signals.sent)).not.toMatch(/candidate:|ice-ufrag|fingerprint/);
  await Promise.all([ann.holdsNothing(), bob.holdsNothing()]);
});
