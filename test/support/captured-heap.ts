// Decodes the heap of a capture out of one of its dumps.

import assert from 'node:assert/strict';
import { allocatorFor } from '../../src/allocators/registry';
import { entryFor, readIndex, readIndexedImage } from '../../src/readers/raw-image';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import type { Capture, CapturedDump } from './captures';
import { configOf } from './config';

/** GDB transcript of each stage at which memory was dumped. */
export const TRANSCRIPTS: Readonly<Record<string, string>> = {
  'post-heap': 'gdb/20-post-heap.txt',
  'main-1': 'gdb/31-main-stage1.txt',
  'main-2': 'gdb/32-main-stage2.txt',
  'main-3': 'gdb/33-main-stage3.txt',
  'main-4': 'gdb/34-main-stage4.txt',
  'main-5': 'gdb/35-main-stage5.txt',
};

export function decodeDump(capture: Capture, dump: CapturedDump): HeapSnapshot {
  const { release, arch, allocator, heap } = capture.facts;
  const entry = entryFor(readIndex(capture.text('mem/index.json')), dump.file);
  assert.ok(entry, dump.file);
  const { image, problems } = readIndexedImage(capture.bytes(dump.file.replace(/\.gz$/, '')), entry);
  assert.deepEqual(problems, []);
  return allocatorFor(allocator)!.decode(image.reader(), BigInt(heap), { release, arch, config: configOf(capture) });
}
