// Pages of the version before and of the next one: who waits with an update, or comes first with it, still has their call.

import { expect, test } from '../fixtures/test.ts';
import type { Person } from '../people/person.ts';

/** What a page of that version, or its relay, would say: with fields that the other side does not know. */
function of(version: number, frame: string): string {
  const { data = {}, ...rest } = JSON.parse(frame) as { data?: Record<string, unknown> };
  const protocol = 'protocol' in data ? { protocol: version } : {};
  return JSON.stringify({ ...rest, later: [1, { deep: null }], data: { ...data, ...protocol, later: 'unknown' } });
}

/** The socket of somebody's page speaks that version from now on, and messages pass that only that version knows. */
async function speaks(person: Person, version: number): Promise<void> {
  await person.page.routeWebSocket(/\/ws$/, (page) => {
    const relay = page.connectToServer();
    page.onMessage((frame) => {
      relay.send(of(version, String(frame)));
      // Nobody waits for what comes of it.
      relay.send('{"type":"later:wish","data":{"what":"ever"}}');
    });
    relay.onMessage((frame) => {
      page.send(of(version, String(frame)));
      page.send('{"type":"later:news","data":{"what":"ever"}}');
    });
  });
}

test('the version before and the next complete a call; an older one is told to load itself anew', async ({ person }) => {
  const [ann, bob] = [await person('Ann', { at: 'about:blank' }), await person('Bob', { at: 'about:blank' })];
  await speaks(ann, 0);
  await speaks(bob, 2);
  await Promise.all([ann.arrives(), bob.arrives()]);
  await ann.videoCalls('Bob');
  await bob.isRungBy('Ann');
  await bob.acceptsWithVideo();
  await Promise.all([ann.seesAndHears(bob), bob.seesAndHears(ann)]);
  await bob.mutes();
  await expect(ann.participant('Bob')).toContainText('Microphone off');
  await bob.hangsUp();
  await ann.isTold('Call ended');

  // A tab that stayed open while the relay was updated twice.
  await ann.page.unrouteAll();
  await speaks(ann, 3);
  await ann.page.reload();
  const outdated = ann.page.getByRole('status').filter({ hasText: 'Alo has been updated' });
  await expect(outdated).toBeVisible();
  const loaded = ann.page.waitForEvent('load');
  await outdated.getByRole('button', { name: 'Reload' }).click();
  await loaded;
  await expect(outdated, 'nothing else than before came').toBeVisible();
});
