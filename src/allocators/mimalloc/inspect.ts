// The structures that describe one place in a mimalloc heap: segment header, page descriptor, a block's link, the region's bits.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { MimallocPage, MimallocSegment } from '../../snapshot/mimalloc';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt, structField, type FieldSpec } from '../../snapshot/structs';
import { DEBUG_BUILD, RELEASE_BUILD, Segment, type PageLayout } from './layout';

export function inspect(reader: Reader, snapshot: HeapSnapshot, address: bigint): readonly StructView[] {
  const { details } = snapshot;
  const within = snapshot.structs.filter((s) => address >= s.address && address < s.address + BigInt(s.length));
  if (details?.kind !== 'mimalloc') return within;
  const segment = details.segments.find((s) => address >= s.address && address < s.address + BigInt(s.size));
  if (segment === undefined) return within;
  const layout = details.debugBuild ? DEBUG_BUILD.page : RELEASE_BUILD.page;
  const page = pageAt(segment, address, layout);
  const block = page?.inUse === true ? blockView(reader, page, address) : undefined;
  const shown =
    block !== undefined && page !== undefined
      ? [block, pageView(reader, page, layout)]
      : page === undefined
        ? []
        : [pageView(reader, page, layout)];
  return [...shown, segmentView(reader, segment), ...within];
}

/** The page that an address lies in, or whose descriptor it lies in. */
function pageAt(segment: MimallocSegment, address: bigint, layout: PageLayout): MimallocPage | undefined {
  const size = BigInt(layout.size);
  return (
    segment.pages.find((p) => address >= p.descriptor && address < p.descriptor + size) ??
    segment.pages.find((p) => address >= p.start && address < p.end)
  );
}

/** The block's first word: on a free list, the link to the next; otherwise payload, of which nothing tells what it is. */
function blockView(reader: Reader, page: MimallocPage, address: bigint): StructView | undefined {
  if (address < page.start || page.blockSize <= 0) return undefined;
  const index = Number((address - page.start) / BigInt(page.blockSize));
  if (index >= page.capacity) return undefined;
  const base = page.start + BigInt(index) * BigInt(page.blockSize);
  const [list, name] = page.free.includes(index) ? [page.free, 'free'] : [page.localFree, 'local_free'];
  const place = list.indexOf(index);
  if (place < 0) return undefined;
  const next = list[place + 1];
  const target = next === undefined ? 'the last one' : `then ${hex(page.start + BigInt(next) * BigInt(page.blockSize))}`;
  const note = `${place + 1} of ${list.length} on ${name}, ${target}`;
  return { type: 'mi_block_t', address: base, length: 8, fields: [structField(reader, 'next', base, 'pointer', 8, note)] };
}

function pageView(reader: Reader, page: MimallocPage, layout: PageLayout): StructView {
  const fields: FieldSpec[] = [
    ['segment_idx', layout.segment_idx, 'count', 1],
    ['segment_in_use, is_reset, is_committed, is_zero_init', layout.bits, 'flags', 1],
    ['capacity', layout.capacity, 'count', 2],
    ['reserved', layout.reserved, 'count', 2],
    ['flags', layout.flags, 'flags', 1],
    ['is_zero, retire_expire', layout.zero, 'flags', 1],
    ['free', layout.free, 'pointer'],
  ];
  if (layout.keys !== undefined) fields.push(['keys[0]', layout.keys, 'number'], ['keys[1]', layout.keys + 8, 'number']);
  fields.push(
    ['used', layout.used, 'count', 4],
    ['xblock_size', layout.xblock_size, 'size', 4],
    ['local_free', layout.local_free, 'pointer'],
    ['xthread_free', layout.xthread_free, 'number'],
    ['xheap', layout.xheap, 'pointer'],
    ['next', layout.next, 'pointer'],
    ['prev', layout.prev, 'pointer'],
  );
  return structAt(reader, 'mi_page_t', page.descriptor, layout.size, fields);
}

function segmentView(reader: Reader, segment: MimallocSegment): StructView {
  return structAt(reader, 'mi_segment_t', segment.address, Segment.pages, [
    ['memid', Segment.memid, 'number'],
    ['mem_is_fixed', Segment.mem_is_fixed, 'count', 1],
    ['mem_is_committed', Segment.mem_is_committed, 'count', 1],
    ['next', Segment.next, 'pointer'],
    ['prev', Segment.prev, 'pointer'],
    ['abandoned_next', Segment.abandoned_next, 'pointer'],
    ['abandoned', Segment.abandoned, 'count'],
    ['abandoned_visits', Segment.abandoned_visits, 'count'],
    ['used', Segment.used, 'count'],
    ['capacity', Segment.capacity, 'count'],
    ['segment_size', Segment.segment_size, 'size'],
    ['segment_info_size', Segment.segment_info_size, 'size'],
    ['cookie', Segment.cookie, 'number'],
    ['page_shift', Segment.page_shift, 'count'],
    ['thread_id', Segment.thread_id, 'pointer'],
    ['page_kind', Segment.page_kind, 'count', 4],
  ]);
}
