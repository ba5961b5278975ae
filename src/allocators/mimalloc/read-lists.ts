// Walks the free lists of a page. Every link is held against the page before it is followed, so a damaged list ends where the
// damage is, and says what it is.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { PageLists, PageRecord, WalkedList } from './records';
import { binOf, BLOCK_SIZES, HUGE_BLOCK_SIZE, kindOf, PAGE_KINDS } from './size-classes';

const EMPTY: WalkedList = { blocks: [], complete: true };

/** The free lists of a page in use, with everything that is wrong with the page. */
export function readLists(reader: Reader, page: PageRecord, findings: FindingList): PageLists {
  if (!checkPage(page, findings)) return { free: EMPTY, localFree: EMPTY };
  const seen = new Uint8Array(page.capacity);
  const free = walk(reader, page, 'free', page.free, seen, findings);
  const localFree = walk(reader, page, 'local_free', page.localFree, seen, findings);
  checkCounts(page, free, localFree, findings);
  return { free, localFree };
}

/** Is the page's geometry good enough to tell its blocks? */
function checkPage(page: PageRecord, findings: FindingList): boolean {
  const bad = (what: string): void => findings.add('error', 'bad-page', `page ${hex(page.address)}: ${what}`, page.address);
  const { blockSize, segment } = page;
  const known = page.xblockSize === HUGE_BLOCK_SIZE || segment.kind === 3 || BLOCK_SIZES[binOf(blockSize)] === blockSize;
  if (blockSize === 0 || blockSize % 8 !== 0 || !known) {
    bad(`block size ${page.xblockSize} is none of a size class`);
    return false;
  }
  if (kindOf(blockSize) !== segment.kind) {
    bad(
      `blocks of ${blockSize} B belong to ${PAGE_KINDS[kindOf(blockSize)]!} pages, this segment has ${PAGE_KINDS[segment.kind]!} ones`,
    );
  }
  const fit = Math.floor(Number(page.end - page.start) / blockSize) & 0xffff;
  if (page.reserved !== fit) bad(`reserved is ${page.reserved}, ${fit} blocks of ${blockSize} B fit`);
  if (page.capacity > page.reserved) {
    bad(`capacity ${page.capacity} is more than reserved ${page.reserved}`);
    if (page.capacity > fit) return false;
  }
  return true;
}

function walk(
  reader: Reader,
  page: PageRecord,
  name: 'free' | 'local_free',
  head: bigint,
  seen: Uint8Array,
  findings: FindingList,
): WalkedList {
  const blocks: number[] = [];
  const list = `${name} of page ${hex(page.address)}`;
  const damage = (code: string, what: string, at: bigint): WalkedList => {
    findings.add('error', code, `${list}: ${what}`, at);
    return { blocks, complete: false };
  };
  let from = page.address;
  let at = head;
  while (at !== 0n) {
    const offset = at - page.start;
    const link = from === page.address ? `its head is ${hex(at)}` : `block ${hex(from)} links to ${hex(at)}`;
    if (offset < 0n || at >= page.end) {
      return damage('list-leaves-page', `${link}, outside of the page's blocks ${hex(page.start)} – ${hex(page.end)}`, from);
    }
    const size = BigInt(page.blockSize);
    const index = Number(offset / size);
    if (offset % size !== 0n)
      return damage('list-misaligned', `${link}, which is no start of a block of ${page.blockSize} B`, from);
    if (index >= page.capacity) {
      return damage('list-beyond-capacity', `${link}, block ${index} of a page that has linked only ${page.capacity}`, from);
    }
    if (seen[index] === 1) {
      const cycle = blocks.includes(index);
      return cycle
        ? damage('list-cycle', `${link}, which is on the list already: a cycle, as a double free makes it`, from)
        : damage('list-shared', `${link}, which is on the other list too: a double free`, from);
    }
    seen[index] = 1;
    blocks.push(index);
    const stored = reader.u64(at);
    if (stored === undefined) return { blocks, complete: false };
    from = at;
    at = page.keys === undefined ? stored : decoded(stored, page.keys, page.address);
  }
  return { blocks, complete: true };
}

/** `mi_ptr_decode`: stored = rotl(next ^ keys[1], keys[0]) + keys[0]; the page's descriptor stands for NULL. */
export function decoded(stored: bigint, keys: readonly [bigint, bigint], nullValue: bigint): bigint {
  const [rotation, mask] = keys;
  const shift = rotation & 63n;
  const rotated = BigInt.asUintN(64, stored - rotation);
  const next = (BigInt.asUintN(64, rotated << (64n - shift)) | (rotated >> shift)) ^ mask;
  return next === nullValue ? 0n : next;
}

function checkCounts(page: PageRecord, free: WalkedList, localFree: WalkedList, findings: FindingList): void {
  if (!free.complete || !localFree.complete) return;
  const listed = free.blocks.length + localFree.blocks.length;
  if (listed + page.used === page.capacity) return;
  const what =
    page.used > page.capacity
      ? `used is ${page.used | 0}, which only more frees than blocks can make (a double free)`
      : `used is ${page.used}, but of ${page.capacity} blocks ${listed} are on its free lists`;
  findings.add('error', 'used-count', `page ${hex(page.address)}: ${what}`, page.address);
}
