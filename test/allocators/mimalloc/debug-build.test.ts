// Heaps of builds with CONFIG_MIMALLOC_DEBUG ≥ 1: larger structures, encoded free links. Written here by hand, after the offsets that
// the specification gives, in an image of their own.

import assert from 'node:assert/strict';
import { mimalloc } from '../../../src/allocators/mimalloc';
import { inspect } from '../../../src/allocators/mimalloc/inspect';
import { decoded } from '../../../src/allocators/mimalloc/read-lists';
import { BLOCK_SIZES } from '../../../src/allocators/mimalloc/size-classes';
import { MemoryImage } from '../../../src/memory/image';
import type { Config } from '../../../src/regions/release';
import type { HeapSnapshot } from '../../../src/snapshot/snapshot';
import { details, errors } from './heaps';

const HEAP = 0x18_0000n;
const SEGMENT = 0x40_0000n;
const MAIN = 0x13_0000n;
const TLD = 0x13_1000n;
const COOKIE = 0x2734_4551_af33_2c38n;
const KEYS = [0x1f83_d9ab_fb41_bd6bn, 0x5be0_cd19_137e_2179n] as const;
/** Blocks of 32 B for requests of up to 24, as 8 bytes of padding follow each. */
const SIZE = 32n;
const PAGE_SIZE = 80n;
const DESCRIPTOR = SEGMENT + 120n + PAGE_SIZE;
const FIRST = SEGMENT + 0x1_0000n;

/** `mi_ptr_encode`, as the specification has it. */
function encoded(next: bigint): bigint {
  const value = (next === 0n ? DESCRIPTOR : next) ^ KEYS[1];
  const shift = KEYS[0] & 63n;
  return BigInt.asUintN(64, BigInt.asUintN(64, (value << shift) | (value >> (64n - shift))) + KEYS[0]);
}

class Image {
  private readonly bytes = new Uint8Array(0x90_0000);
  private readonly view = new DataView(this.bytes.buffer);

  u64(at: bigint, value: bigint): void {
    this.view.setBigUint64(Number(at), BigInt.asUintN(64, value), true);
  }

  u32(at: bigint, value: number): void {
    this.view.setUint32(Number(at), value, true);
  }

  u8(at: bigint, value: number): void {
    this.view.setUint8(Number(at), value);
  }

  done(): MemoryImage {
    return MemoryImage.of([{ base: 0n, bytes: this.bytes }]);
  }
}

/** 128 blocks linked: 3 … 127 free, 1 freed last, 0 and 2 in use. */
function debugHeap(change: (image: Image) => void = () => undefined): MemoryImage {
  const image = new Image();
  image.u64(HEAP + 0x1070n, 0x90_0000n); // heap_top, heap_base
  image.u64(HEAP + 0x1078n, 0x80_0000n);

  image.u64(SEGMENT, 1n);
  image.u64(SEGMENT + 56n, 1n); // used
  image.u64(SEGMENT + 64n, 64n); // capacity
  image.u64(SEGMENT + 72n, 0x40_0000n); // segment_size
  image.u64(SEGMENT + 80n, 0x1500n); // segment_info_size: up(120 + 64 · 80, 256)
  image.u64(SEGMENT + 88n, COOKIE ^ SEGMENT);
  image.u64(SEGMENT + 96n, 16n); // page_shift
  image.u64(SEGMENT + 104n, 0x1c_0020n); // thread_id
  for (let i = 0; i < 64; i++) image.u8(SEGMENT + 120n + BigInt(i) * PAGE_SIZE, i);

  image.u8(DESCRIPTOR + 1n, 0b1101); // in use, committed, zero_init
  image.u32(DESCRIPTOR + 2n, 128 | (2048 << 16)); // capacity, reserved
  image.u64(DESCRIPTOR + 8n, FIRST + 3n * SIZE); // free
  image.u64(DESCRIPTOR + 16n, KEYS[0]);
  image.u64(DESCRIPTOR + 24n, KEYS[1]);
  image.u32(DESCRIPTOR + 32n, 2); // used
  image.u32(DESCRIPTOR + 36n, 32); // xblock_size
  image.u64(DESCRIPTOR + 40n, FIRST + SIZE); // local_free
  image.u64(DESCRIPTOR + 56n, MAIN); // xheap
  for (let i = 3n; i < 128n; i++) image.u64(FIRST + i * SIZE, encoded(i === 127n ? 0n : FIRST + (i + 1n) * SIZE));
  image.u64(FIRST + SIZE, encoded(0n));

  for (let bin = 0; bin < 75; bin++) image.u64(MAIN + 1048n + BigInt(bin * 24 + 16), BigInt(BLOCK_SIZES[bin]!));
  image.u64(MAIN + 1048n + 4n * 24n, DESCRIPTOR); // pages[4]
  image.u64(MAIN + 1048n + 4n * 24n + 8n, DESCRIPTOR);
  for (const words of [3n, 4n]) image.u64(MAIN + 8n + 8n * words, DESCRIPTOR);
  image.u64(MAIN + 2864n, COOKIE);
  image.u64(MAIN + 3024n, 1n); // page_count
  image.u64(TLD + 32n, SEGMENT); // small_free
  image.u64(TLD + 40n, SEGMENT);
  image.u64(TLD + 88n, 1n); // count
  change(image);
  return image.done();
}

const SYMBOLS = new Map([
  ['_mi_heap_main', MAIN],
  ['tld_main', TLD],
]);

function decode(image: MemoryImage, symbols: ReadonlyMap<string, bigint> | undefined, config: Config = {}): HeapSnapshot {
  return mimalloc.decode(image.reader(), HEAP, { release: '0.10.0', arch: 'x86_64', config, ...(symbols && { symbols }) });
}

describe('mimalloc: MI_DEBUG ≥ 1', () => {
  const ways: readonly (readonly [by: string, symbols: typeof SYMBOLS | undefined, config: Config])[] = [
    ['memory', SYMBOLS, {}],
    ['memory', SYMBOLS, { CONFIG_MIMALLOC_DEBUG: '0' }], // memory knows better
    ['configuration', undefined, { CONFIG_MIMALLOC_DEBUG: '1' }],
  ];
  for (const [by, symbols, config] of ways) {
    it(`the layout is told by ${by} (${JSON.stringify(config)}): lists are decoded, nothing is wrong`, () => {
      const snapshot = decode(debugHeap(), symbols, config);
      const d = details(snapshot);
      assert.equal(d.buildBy, by);
      assert.ok(d.debugBuild);
      assert.deepEqual(errors(snapshot), []);
      const page = d.segments[0]!.pages[1]!;
      assert.deepEqual(
        page.free,
        Array.from({ length: 125 }, (_, i) => i + 3),
      );
      assert.deepEqual(page.localFree, [1]);
      assert.equal(snapshot.blocks.holding(FIRST + 2n * SIZE + 5n)?.state, 'used');
      assert.equal(d.directEntries, 130);
    });
  }

  it('queues and counters come from the larger structures', () => {
    const snapshot = decode(debugHeap(), SYMBOLS);
    assert.deepEqual(details(snapshot).queues, [{ bin: 4, blockSize: 32, pages: [DESCRIPTOR], full: false }]);
    assert.deepEqual(details(snapshot).direct, [{ first: 3, last: 4, page: DESCRIPTOR }]);
    const view = inspect(debugHeap().reader(), snapshot, FIRST + 4n * SIZE);
    assert.deepEqual(
      view.map((v) => [v.type, v.length]),
      [
        ['mi_block_t', 8],
        ['mi_page_t', 80],
        ['mi_segment_t', 120],
      ],
    );
    assert.match(view[0]!.fields[0]!.note!, /^2 of 125 on free, then 0x4100a0$/);
  });

  it('a link that was overwritten is told: decoded with the keys it leads anywhere', () => {
    const snapshot = decode(
      debugHeap((image) => image.u64(FIRST + 9n * SIZE, 0n)),
      SYMBOLS,
    );
    const codes = errors(snapshot).map((f) => f.code);
    assert.ok(
      codes.some((c) => c === 'list-leaves-page' || c === 'list-misaligned'),
      codes.join(),
    );
    assert.equal(errors(snapshot)[0]!.address, FIRST + 9n * SIZE);
  });

  it('encode and decode are inverse for any key', () => {
    for (const next of [FIRST, FIRST + 77n * SIZE, 0n]) assert.equal(decoded(encoded(next), KEYS, DESCRIPTOR), next);
    assert.equal(decoded(5n ^ 9n, [0n, 9n], 1n), 5n); // a rotation by 0
  });
});
