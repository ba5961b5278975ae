// Damage planted into the captured TLSF heap: each is found at its address, the walk ends, and random bytes never throw.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tlsf } from '../../../src/allocators/tlsf';
import { MemoryImage } from '../../../src/memory/image';
import type { HeapSnapshot } from '../../../src/snapshot/snapshot';
import { captureNamed } from '../../support/captures';
import { configOf } from '../../support/config';

const capture = captureNamed('0.17.0-x86_64-tlsf-64M');
/** RAM of the real kernel up to the end of its heap region, after some frees. */
const RAM = capture.bytes('mem/ram-main-3.bin').subarray(0, 0xa0000);
const HEAP = 0x12000;
const POOL = HEAP + 128;
const AREA_INFO = 0x13910;
const OPTIONS = { release: capture.facts.release, arch: capture.facts.arch, config: configOf(capture) };

function decodeWith(change: (view: DataView) => void): HeapSnapshot {
  const bytes = Uint8Array.from(RAM);
  change(new DataView(bytes.buffer));
  return tlsf.decode(MemoryImage.of([{ base: 0n, bytes }]).reader(), BigInt(HEAP), OPTIONS);
}

const intact = decodeWith(() => undefined);
const lists = intact.lists.map((l) => ({
  head: Number(l.head),
  entries: l.entries.map(Number),
  fl: l.sizeClass >> 5,
  sl: l.sizeClass & 31,
}));
const [A, B] = [lists[0]!, lists[1]!];
const a = A.entries[0]!;
const b = B.entries[0]!;
const sizeOf = (v: DataView, block: number): number => v.getUint32(block + 8, true) & ~7;
const nextOf = (v: DataView, block: number): number => block + 16 + sizeOf(v, block);
const point = (v: DataView, at: number, to: number): number => (v.setBigUint64(at, BigInt(to), true), at);
const word = (v: DataView, at: number, value: number): number => (v.setUint32(at, value, true), at);

describe('TLSF: damage in a real heap', () => {
  it('there is none in the capture, which has several free lists', () => {
    assert.deepEqual(intact.findings, []);
    assert.ok(lists.length >= 3);
  });

  const cases: [string, string, (v: DataView) => number][] = [
    ['a cycle in a free list', 'list-cycle', (v) => (point(v, a + 24, a), a)],
    ['a wild link', 'wild-pointer', (v) => point(v, a + 24, 0x1234_5678_9000)],
    ['a wild list head', 'wild-pointer', (v) => point(v, A.head, 0x8)],
    ['a block on two lists', 'on-two-lists', (v) => (point(v, B.head, a), a)],
    ['a wrong back link', 'bad-backlink', (v) => point(v, a + 16, b)],
    ['a listed block that is used', 'listed-not-free', (v) => (word(v, a + 8, v.getUint32(a + 8, true) & ~1), a)],
    [
      'a block in the list of another class',
      'wrong-class',
      (v) => ((point(v, B.head, 0), point(v, b + 24, 0), point(v, a + 24, b)), b + 8),
    ],
    ['a free block on no list', 'free-not-listed', (v) => (point(v, A.head, 0), a)],
    ['a size that leaves the pool', 'size-past-area', (v) => word(v, a + 8, 0x7000_0001)],
    ['a size that is no multiple of 16', 'bad-size', (v) => word(v, a + 8, v.getUint32(a + 8, true) + 8)],
    ['a bit that is clear although its list has blocks', 'bit-clear', (v) => word(v, POOL + 20 + 4 * A.fl, 0)],
    ['a bit that is set although its list is empty', 'bit-set', (v) => word(v, POOL + 20 + 4 * A.fl, 0xffff_ffff)],
    ['a row bit that is clear', 'row-bit-clear', (v) => word(v, POOL + 16, v.getUint32(POOL + 16, true) & ~(1 << A.fl))],
    ['a row bit that is set', 'row-bit-set', (v) => word(v, POOL + 16, v.getUint32(POOL + 16, true) | (1 << 22))],
    ['a flipped PREV_FREE', 'prev-free-flag', (v) => word(v, nextOf(v, a) + 8, v.getUint32(nextOf(v, a) + 8, true) ^ 2)],
    ['a wrong prev_hdr', 'bad-prev-hdr', (v) => point(v, nextOf(v, a), b)],
    [
      'two free neighbours',
      'free-neighbours',
      (v) => (word(v, nextOf(v, a) + 8, v.getUint32(nextOf(v, a) + 8, true) | 1), nextOf(v, a)),
    ],
    ['a sentinel with a size', 'bad-sentinel', (v) => word(v, 0x9fff0 + 8, 0x42)],
    ['a missing signature', 'no-signature', (v) => word(v, POOL, 0)],
    ['an area that is none', 'wild-pointer', (v) => point(v, POOL + 8, 0x14001)],
    ['a cycle of areas', 'list-cycle', (v) => (point(v, AREA_INFO + 8, AREA_INFO), AREA_INFO)],
    ['a record that was overwritten', 'bad-record', (v) => (point(v, 0x13930, 0), 0x13930)],
    ['no headers at all', 'no-headers', (v) => (new Uint8Array(v.buffer).fill(0, 0x13920, 0x9fff0), 0x13920 + 15 * 16)],
  ];
  for (const [what, code, change] of cases) {
    it(`${what}: ${code}, at its address`, () => {
      let address = 0;
      const { findings } = decodeWith((view) => (address = change(view)));
      const found = findings.filter((f) => f.code === code);
      assert.ok(
        found.some((f) => f.address === BigInt(address)),
        `${code} at 0x${address.toString(16)}: ${JSON.stringify(findings.map((f) => `${f.code} ${f.address?.toString(16) ?? ''}`))}`,
      );
    });
  }

  it('random bytes over the heap: decoding ends, and never throws', () => {
    const at = fc.integer({ min: HEAP, max: 0x14000 });
    const planted = fc.array(fc.tuple(at, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(planted, (values) => {
        const { blocks, state } = decodeWith((v) => values.forEach(([where, value]) => v.setBigUint64(where, value, true)));
        assert.ok(blocks.length >= 0 && JSON.stringify(state).length > 0);
      }),
      { seed: 0xdada, numRuns: 60 },
    );
  });

  it('a dump that ends inside the heap: what is there is shown, what is not is said to be absent', () => {
    const bytes = RAM.slice(0, 0x30000);
    const { blocks, findings } = tlsf.decode(MemoryImage.of([{ base: 0n, bytes }]).reader(), BigInt(HEAP), OPTIONS);
    assert.ok(blocks.length > 5);
    assert.ok(findings.some((f) => f.code === 'absent'));
    assert.deepEqual(
      findings.filter((f) => f.severity === 'error' && !['free-not-listed'].includes(f.code)),
      [],
    );
  });
});
