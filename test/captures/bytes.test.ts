// The strongest test of a simulated boot: memory right after heap_init, byte for byte, against a dump of the real kernel.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { allocatorFor } from '../../src/allocators/registry';
import { hex } from '../../src/memory/address';
import { readGdbText } from '../../src/readers/gdb-text';
import { entryFor, readIndex, readIndexedImage } from '../../src/readers/raw-image';
import { Simulation } from '../../src/timeline/simulation';
import { captures } from '../support/captures';
import { configOf } from '../support/config';

/** The 13 function pointers of a `struct uk_alloc`, 0.6 and later: the simulator has no code that they could point to. */
const FUNCTION_POINTERS = 13 * 8;
const CHUNK = 65536n;
/** Bytes that the firmware left below 640 KiB or at the end of low RAM, where nothing has been written since. */
const LEFT_BY_FIRMWARE = 16;

for (const capture of captures) {
  const { release, arch, allocator, heap, variant } = capture.facts;
  if (allocatorFor(allocator)?.profile(release) === undefined) continue;
  const dump = capture.dumps().find((d) => d.stage === 'post-heap' && basename(d.file).startsWith('ram-'));
  // With paging the heap's frames hold what was in them before; 4 GiB are compared where there is time for it.
  if (dump === undefined || variant === 'paging' || variant === 'vmem' || capture.name.endsWith('4G')) continue;

  it(`captured bytes: ${capture.name}, after heap_init memory is that of the real kernel`, () => {
    const map = readGdbText(capture.text('gdb/10-pre-heap.txt'));
    const simulation = Simulation.create({
      map,
      release,
      arch,
      allocator,
      config: configOf(capture),
      workload: [],
      after: false,
    });
    simulation.seek({ operation: simulation.bootEnd, step: 0 });
    const entry = entryFor(readIndex(capture.text('mem/index.json')), basename(dump.file))!;
    const real = readIndexedImage(capture.bytes(dump.file.replace(/\.gz$/, '')), entry).image.reader();
    const simulated = simulation.reader();
    // mimalloc's region allocator behind it is a second `struct uk_alloc`, one page further on.
    const structs = allocator === 'mimalloc' ? [BigInt(heap), BigInt(heap) + 4096n] : [BigInt(heap)];
    const masked = (base: bigint, bytes: Uint8Array): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      for (const at of structs)
        if (at >= base && at < base + CHUNK) copy.fill(0, Number(at - base), Number(at - base) + FUNCTION_POINTERS);
      return copy;
    };
    let compared = 0n;
    let left = 0;
    for (const area of simulation.snapshot()!.areas) {
      for (let base = area.base; base < area.end; base += CHUNK) {
        const length = Number(area.end - base < CHUNK ? area.end - base : CHUNK);
        const [a, b] = [simulated.bytes(base, length)!, real.bytes(base, length)!];
        if (Buffer.compare(a, b) !== 0) {
          const [ours, theirs] = [masked(base, a), masked(base, b)];
          for (let i = 0; i < length; i++) {
            if (ours[i] === theirs[i]) continue;
            assert.equal(ours[i], 0, `the byte at ${hex(base + BigInt(i))} differs`);
            left++;
          }
        }
        compared += BigInt(length);
      }
    }
    assert.ok(compared > 500_000n);
    assert.ok(left <= LEFT_BY_FIRMWARE, `${left} bytes are zero here and not in the dump`);
  });
}
