// Each captured heap, decoded from every dump that is kept: the free lists must be those that GDB walked in the same stage, entry by
// entry, and the counters those that the kernel itself printed.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { allocatorFor } from '../../src/allocators/registry';
import { entryFor, readIndex, readIndexedImage } from '../../src/readers/raw-image';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import { captures, type Capture, type CapturedDump } from '../support/captures';
import { configOf } from '../support/config';

const TRANSCRIPTS: Readonly<Record<string, string>> = {
  'post-heap': 'gdb/20-post-heap.txt',
  'main-1': 'gdb/31-main-stage1.txt',
  'main-2': 'gdb/32-main-stage2.txt',
  'main-3': 'gdb/33-main-stage3.txt',
  'main-4': 'gdb/34-main-stage4.txt',
  'main-5': 'gdb/35-main-stage5.txt',
};

/** What main() printed at each stage. */
const MARKS: Readonly<Record<string, string>> = {
  'main-1': 'start',
  'main-2': 'allocated',
  'main-3': 'freed-some',
  'main-4': 'reused',
  'main-5': 'freed-all',
};

function decode(capture: Capture, dump: CapturedDump): HeapSnapshot {
  const { release, arch, allocator, heap } = capture.facts;
  const entry = entryFor(readIndex(capture.text('mem/index.json')), dump.file)!;
  const { image, problems } = readIndexedImage(capture.bytes(dump.file.replace(/\.gz$/, '')), entry);
  assert.deepEqual(problems, []);
  return allocatorFor(allocator)!.decode(image.reader(), BigInt(heap), { release, arch, config: configOf(capture) });
}

/** Free lists as plain GDB commands walked them: `order 3  chunk 0x14000`. */
function listsInTranscript(text: string): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [, order, chunk] of text.matchAll(/^order +(\d+) {2}chunk (0x[0-9a-f]+)/gm)) (lists[order!] ??= []).push(chunk!);
  return lists;
}

/** Physical dumps of paging variants hold the heap's frames in another order than its addresses: those need a page walk. */
const isPhysicalOfPaged = (capture: Capture, dump: CapturedDump): boolean =>
  /paging|vmem/.test(capture.name) && dump.addressSpace === 'physical';

let compared = 0;
for (const capture of captures) {
  const { allocator, release, marks } = capture.facts;
  if (allocator !== 'bbuddy' && allocator !== 'region') continue;
  describe(`captured heap ${capture.name}`, () => {
    for (const dump of capture.dumps()) {
      const transcript = TRANSCRIPTS[dump.stage];
      const whole = /^mem\/(ram|virt)-/.test(dump.file);
      if (transcript === undefined || !whole || isPhysicalOfPaged(capture, dump)) continue;
      it(`${basename(dump.file)}: what GDB and the kernel printed`, () => {
        const snapshot = decode(capture, dump);
        const errors = snapshot.findings.filter((f) => f.severity === 'error');
        assert.deepEqual(errors, []);
        const mark = marks.find((m) => m.mark === MARKS[dump.stage]);
        if (allocator === 'bbuddy') {
          const want = listsInTranscript(capture.text(transcript));
          assert.ok(Object.keys(want).length > 5);
          assert.deepEqual(snapshot.state.free, want);
          compared += Object.values(want).flat().length;
          if (mark !== undefined) {
            assert.equal(Number(snapshot.state.nr_free_pages) * 4096, mark.availmem);
            assert.equal(snapshot.metrics.free, mark.availmem);
            // U11 and U13 give 8 bytes more than maxalloc says; all others agree.
            assert.equal(snapshot.metrics.largestRequest, mark.maxalloc, release);
          }
        } else if (mark !== undefined) {
          assert.equal(snapshot.metrics.free, mark.availmem);
        }
      });
    }

    it('main-2: live blocks are those that main() was given', () => {
      const dump = capture
        .dumps()
        .find((d) => d.stage === 'main-2' && /^mem\/(ram|virt)-/.test(d.file) && !isPhysicalOfPaged(capture, d));
      if (dump === undefined || allocator !== 'bbuddy') return;
      const snapshot = decode(capture, dump);
      for (const { pointer, size } of liveAt(capture, 'allocated')) {
        const block = snapshot.blocks.holding(pointer);
        assert.equal(block?.state, 'used', pointer.toString(16));
        assert.ok(pointer + BigInt(size) <= block.base + BigInt(block.size), pointer.toString(16));
        if (block.asked >= 0 && block.payload === pointer) assert.equal(block.asked, size);
      }
    });
  });
}

/** Blocks that main() held at a mark, by its own record of calls. */
function liveAt(capture: Capture, mark: string): { pointer: bigint; size: number }[] {
  const live = new Map<number, { pointer: bigint; size: number }>();
  const calls = JSON.parse(capture.text('heap-calls.json')) as Record<string, string | number | undefined>[];
  for (const call of calls) {
    if (call.mark === mark) break;
    const slot = Number(call.slot);
    if (call.op === 'free' || call.op === 'pfree') live.delete(slot);
    else if (typeof call.result === 'string') {
      const bytes =
        call.op === 'calloc'
          ? Number(call.nmemb) * Number(call.size)
          : call.op === 'palloc'
            ? Number(call.pages) * 4096
            : Number(call.size);
      live.set(slot, { pointer: BigInt(call.result), size: bytes });
    }
  }
  return [...live.values()];
}

describe('captured heaps', () => {
  it('hundreds of list entries were compared', () => {
    assert.ok(compared > 500, String(compared));
  });
});
