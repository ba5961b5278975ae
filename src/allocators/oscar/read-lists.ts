// Reads the port's doubly linked lists in any memory. Damage ends a walk and becomes a finding at its address.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { ListHead } from './layout';

/** More than any heap has records. */
const LONGEST = 2 ** 22;

export interface WalkedList {
  /** Addresses of the links, in list order. */
  readonly links: readonly bigint[];
  readonly complete: boolean;
}

/**
 * @param head address of the list's head
 * @param name for findings: `lookup[17]`
 * @param seen links that were walked before, on this list or another; grows
 */
export function walkList(reader: Reader, head: bigint, name: string, seen: Set<bigint>, findings: FindingList): WalkedList {
  const links: bigint[] = [];
  const broken = (code: string, message: string, address: bigint): WalkedList => {
    findings.add('error', code, `${name}: ${message}`, address);
    return { links, complete: false };
  };
  let from = head;
  for (;;) {
    const link = reader.u64(from + BigInt(ListHead.next));
    if (link === undefined) return broken('absent-link', `the link at ${hex(from)} is not in the memory read`, from);
    if (link === 0n) return broken('null-link', `the link at ${hex(from)} is NULL; a list ends at its head ${hex(head)}`, from);
    if (seen.has(link))
      return broken('list-cycle', `${hex(link)}, reached by the link at ${hex(from)}, is on a list already`, link);
    const back = reader.u64(link + BigInt(ListHead.prev));
    if (back === undefined)
      return broken('wild-pointer', `the link at ${hex(from)} leads to ${hex(link)}, which is not in the memory read`, from);
    if (back !== from) {
      if (link !== head && !isEntry(reader, link))
        return broken('wild-pointer', `the link at ${hex(from)} leads to ${hex(link)}, which is no list entry`, from);
      const message = `${name}: prev of ${hex(link)} is ${hex(back)}, the link to it is at ${hex(from)}`;
      findings.add('error', 'bad-backlink', message, link + BigInt(ListHead.prev));
    }
    if (link === head) return { links, complete: true };
    if (links.length === LONGEST) return broken('list-too-long', `more than ${LONGEST} entries`, from);
    seen.add(link);
    links.push(link);
    from = link;
  }
}

/** Does what follows point back? A real entry with one damaged link still passes. */
function isEntry(reader: Reader, link: bigint): boolean {
  const next = reader.u64(link);
  return next !== undefined && next !== 0n && reader.u64(next + BigInt(ListHead.prev)) === link;
}
