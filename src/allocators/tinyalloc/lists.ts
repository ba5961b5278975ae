// Reads tinyalloc's descriptor table out of any memory: the three lists by their links, each descriptor on exactly one of them.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { DESCRIPTOR_STATES, type DescriptorState, type TinyallocBlock } from '../../snapshot/details';
import type { FindingList } from '../../snapshot/findings';
import { Block, Heap } from './layout';

export type ListName = 'free' | 'used' | 'fresh';

/** The descriptor table as the struct tinyalloc describes it. */
export interface Table {
  readonly blocks: bigint;
  readonly count: number;
}

export interface WalkedList {
  readonly name: ListName;
  /** Address of the list's head. */
  readonly head: bigint;
  /** Members in list order; `addr` and `size` are 0 where they are absent. */
  readonly entries: readonly TinyallocBlock[];
  /** Did the walk end with NULL? */
  readonly complete: boolean;
}

/** @param heap address of the struct Heap */
export function walkLists(
  reader: Reader,
  heap: bigint,
  table: Table,
  findings: FindingList,
): { readonly lists: Readonly<Record<ListName, WalkedList>>; readonly states: Uint8Array } {
  const states = new Uint8Array(table.count);
  const walk = (name: ListName): WalkedList => walkList(reader, heap + BigInt(Heap[name]), name, table, states, findings);
  const lists = { free: walk('free'), used: walk('used'), fresh: walk('fresh') };
  const whole = lists.free.complete && lists.used.complete && lists.fresh.complete;
  tellUnlisted(states, table, whole, findings);
  return { lists, states };
}

function walkList(
  reader: Reader,
  head: bigint,
  name: ListName,
  table: Table,
  states: Uint8Array,
  findings: FindingList,
): WalkedList {
  const entries: TinyallocBlock[] = [];
  const mark = DESCRIPTOR_STATES.indexOf(name);
  const end = table.blocks + BigInt(Block.bytes * table.count);
  let link = head;
  for (;;) {
    const descriptor = reader.u64(link);
    if (descriptor === undefined) {
      findings.add('warning', 'absent-link', `${name}: the link at ${hex(link)} is not in the memory read`, link);
      return { name, head, entries, complete: false };
    }
    if (descriptor === 0n) return { name, head, entries, complete: true };
    if (descriptor < table.blocks || descriptor >= end || (descriptor - table.blocks) % BigInt(Block.bytes) !== 0n) {
      const message = `${name}: the link at ${hex(link)} leads to ${hex(descriptor)}, which is no descriptor of the table ${hex(table.blocks)} – ${hex(end)}`;
      findings.add('error', 'wild-pointer', message, link);
      return { name, head, entries, complete: false };
    }
    const index = Number((descriptor - table.blocks) / BigInt(Block.bytes));
    const before: DescriptorState = DESCRIPTOR_STATES[states[index]!]!;
    if (before !== 'none') {
      states[index] = DESCRIPTOR_STATES.indexOf('several');
      const cycle = before === name;
      const where = cycle ? 'is on this list already: a cycle' : `is on the ${before} list as well`;
      const message = `${name}: descriptor ${hex(descriptor)}, reached by the link at ${hex(link)}, ${where}`;
      findings.add('error', cycle ? 'list-cycle' : 'on-two-lists', message, descriptor);
      return { name, head, entries, complete: false };
    }
    states[index] = mark;
    const addr = reader.u64(descriptor + BigInt(Block.addr));
    const size = reader.u64(descriptor + BigInt(Block.size));
    entries.push({ descriptor, addr: addr ?? 0n, size: size ?? 0n });
    link = descriptor + BigInt(Block.next);
  }
}

/** Descriptors that no list reaches; where a walk ended early, that is what they follow from. */
function tellUnlisted(states: Uint8Array, table: Table, whole: boolean, findings: FindingList): void {
  const none = DESCRIPTOR_STATES.indexOf('none');
  const count = states.reduce((sum, state) => sum + (state === none ? 1 : 0), 0);
  if (count === 0) return;
  const first = table.blocks + BigInt(states.indexOf(none) * Block.bytes);
  const why = whole ? '' : ' that could be walked';
  const message = `${count} of ${table.count} descriptors, from ${hex(first)} on, are on no list${why}: free + used + fresh must be ${table.count}`;
  findings.add(whole ? 'error' : 'warning', 'not-listed', message, first);
}
