// Holds what Oscar's records and tables say against the canonical heap that they lie in.

import { hex } from '../../memory/address';
import type { BlockTable } from '../../snapshot/blocks';
import type { FindingList } from '../../snapshot/findings';
import type { ShadowObject } from '../../snapshot/shadow';
import type { Decoded } from './decoder';
import type { OscarSettings } from './settings';

const PAGE = 4096n;

/** Objects and tables lie in memory that the canonical allocator has given out. */
export function checkInHeap(decoded: Decoded, blocks: BlockTable, settings: OscarSettings, findings: FindingList): void {
  const toEnd = settings.preset === 'paper' || !settings.kellogs;
  for (const object of decoded.objects) {
    const { canonical } = object;
    if (!isGivenOut(blocks, canonical))
      findings.add(...misplaced(blocks, canonical, `the live object ${hex(object.pointer)}`, object.record));
    if (toEnd) checkEnd(object, blocks, findings);
  }
  if (decoded.space.preset === 'paper') return; // its tables are the kernel's
  for (const { level, address, base } of decoded.space.tables)
    if (level !== 4 && !isGivenOut(blocks, address))
      findings.add(...misplaced(blocks, address, `the L${level} table for ${hex(base)}`, address));
}

/** Asked of every object, so without making a block of it. */
function isGivenOut(blocks: BlockTable, address: bigint): boolean {
  const i = blocks.lastAtOrBelow(address);
  if (i < 0 || address >= blocks.end(i)) return false;
  const state = blocks.state(i);
  return state === 'used' || state === 'unread';
}

function misplaced(blocks: BlockTable, address: bigint, what: string, record: bigint): Parameters<FindingList['add']> {
  const state = blocks.holding(address)?.state;
  const why =
    state === undefined ? 'outside the canonical heap' : state === 'free' ? 'free there' : "the canonical allocator's own";
  const code = state === 'free' ? 'in-free-memory' : 'wild-pointer';
  return ['error', code, `${what} lies at ${hex(address)}, which is ${why}`, record];
}

/**
 * An object must end in its block. In 0.3 posix_memalign reserves 8 bytes in front of the object, however large the alignment: what it
 * gives may be too small by up to `align − 8` bytes, and the port's fill then writes into the next block. Pages from palloc, as all
 * objects with KELLOGS are, have no header that tells where their block ends.
 */
function checkEnd(object: ShadowObject, blocks: BlockTable, findings: FindingList): void {
  const { canonical } = object;
  const i = blocks.lastAtOrBelow(canonical);
  if (i < 0 || blocks.state(i) !== 'used' || canonical % PAGE === 0n) return;
  const end = blocks.end(i);
  const over = canonical + BigInt(object.size) - end;
  if (over <= 0n || canonical >= end) return;
  const message = `the live object ${hex(object.pointer)} of ${object.size} B reaches ${over} B past its canonical block, which ends at ${hex(end)}`;
  findings.add('error', 'past-block', message, end);
}
