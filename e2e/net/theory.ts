// What is behind a router, and between which two of them datagrams pass without help (RFC 4787, RFC 8445).

/** How somebody is connected. The names of the NATs are the customary ones (RFC 3489 section 5). */
export const KINDS = ['open', 'full cone', 'restricted', 'port restricted', 'symmetric', 'UDP blocked'] as const;
export type Kind = (typeof KINDS)[number];

/** Two people's networks, who dials first. */
export type Pair = readonly [Kind, Kind];

export const PAIRS: readonly Pair[] = KINDS.flatMap((from) => KINDS.map((to): Pair => [from, to]));

/**
 * Whether the two reach each other directly. A symmetric NAT shows each of the others another port. Who lets in whatever comes
 * from an address that was sent to does not mind; who goes by the port as well waits for another one.
 */
export function isDirect([from, to]: Pair): boolean {
  const goesByPort = (kind: Kind): boolean => kind === 'port restricted' || kind === 'symmetric';
  if (from === 'UDP blocked' || to === 'UDP blocked') return false;
  return !(from === 'symmetric' && goesByPort(to)) && !(to === 'symmetric' && goesByPort(from));
}
