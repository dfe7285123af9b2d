// Routers as nftables makes them.

import type { Kind } from './theory.ts';

/** A router between `lan`, where one host is, and `wan`. */
export interface Router {
  /** The host behind it. */
  readonly host: string;
}

/**
 * Its rules. Ports stay what they are where they can, which makes a mapping independent of the destination (RFC 4787 section
 * 4.1); a symmetric NAT draws one for each. Whom it lets in stands in sets that fill as the host sends (section 5).
 *
 * What comes unasked is dropped before it is noted as a flow. Otherwise it would hold the very port that the host sends from,
 * and the host would be given another one.
 */
export function rules(kind: Kind, { host }: Router): string {
  const letIn: Partial<Record<Kind, string>> = {
    'full cone': `udp dport @sent_from dnat to ${host}`,
    restricted: `ip saddr . udp dport @sent_to dnat to ${host}`,
  };
  const guest = letIn[kind];
  return `
flush ruleset
table ip router {
  set sent_from { type inet_service; flags dynamic,timeout; timeout 5m; size 65535; }
  set sent_to { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 5m; size 65535; }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ${kind === 'UDP blocked' ? 'meta l4proto udp drop' : ''}
    iifname "lan" update @sent_from { udp sport }
    iifname "lan" update @sent_to { ip daddr . udp sport }
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "wan" ct state new drop
  }
  chain in {
    type nat hook prerouting priority dstnat;
    ${guest ? `iifname "wan" ${guest}` : ''}
  }
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "wan" masquerade ${kind === 'symmetric' ? 'fully-random' : ''}
  }
}`;
}
