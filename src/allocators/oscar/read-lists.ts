// Reads the port's doubly linked lists in any memory. Damage ends a walk and becomes a finding at its address. A heap has thousands of
// such lists: they are walked by numbers, and what is damaged is read once more, exactly.

import { hex, toBigInt } from '../../memory/address';
import { u64At, type Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { ListHead } from './layout';

/** More than any heap has records. */
const LONGEST = 2 ** 22;

export interface WalkedList {
  /** Addresses of the links in list order, read as signed. */
  readonly links: readonly number[];
  readonly complete: boolean;
}

/**
 * @param head address of the list's head, read as signed
 * @param nameOf for findings: `lookup[17]`
 * @param seen links that were walked before, on this list or another; grows
 */
export function walkList(
  reader: Reader,
  head: number,
  nameOf: () => string,
  seen: Set<number>,
  findings: FindingList,
): WalkedList {
  const links: number[] = [];
  const broken = (code: string, message: string, address: bigint): WalkedList => {
    findings.add('error', code, `${nameOf()}: ${message}`, address);
    return { links, complete: false };
  };
  let from = head;
  for (;;) {
    const link = reader.ptr(from + ListHead.next);
    if (link === undefined) return broken('absent-link', `the link at ${hex(from)} is not in the memory read`, toBigInt(from));
    if (link === 0)
      return broken('null-link', `the link at ${hex(from)} is NULL; a list ends at its head ${hex(head)}`, toBigInt(from));
    const exact = (): bigint => u64At(reader, from + ListHead.next)!;
    if (seen.has(link))
      return broken('list-cycle', `${hex(exact())}, reached by the link at ${hex(from)}, is on a list already`, exact());
    const back = reader.ptr(link + ListHead.prev);
    if (back !== from) {
      const leads = `the link at ${hex(from)} leads to ${hex(exact())}`;
      if (back === undefined) return broken('wild-pointer', `${leads}, which is not in the memory read`, toBigInt(from));
      if (link !== head && !isEntry(reader, exact()))
        return broken('wild-pointer', `${leads}, which is no list entry`, toBigInt(from));
      const prev = exact() + BigInt(ListHead.prev);
      const message = `prev of ${hex(exact())} is ${hex(reader.u64(prev)!)}, the link to it is at ${hex(from)}`;
      findings.add('error', 'bad-backlink', `${nameOf()}: ${message}`, prev);
    }
    if (link === head) return { links, complete: true };
    if (links.length === LONGEST) return broken('list-too-long', `more than ${LONGEST} entries`, toBigInt(from));
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
