// Damage planted into the heap of a real kernel: each is found at its address, the walk ends, and what is not damaged is still shown.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bbuddy } from '../../src/allocators/bbuddy';
import { MemoryImage } from '../../src/memory/image';
import type { HeapSnapshot } from '../../src/snapshot/snapshot';
import { captureNamed } from '../support/captures';
import { configOf } from '../support/config';

const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
const RAM = capture.bytes('mem/ram-main-3.bin');
const HEAP = 0x12000;
const PALLOC = HEAP + 112;
const OPTIONS = { release: capture.facts.release, arch: capture.facts.arch, config: configOf(capture) };

const headOf = (order: number): number => PALLOC + 8 + 8 * order;
const first = (view: DataView, order: number): number => Number(view.getBigUint64(headOf(order), true));

/** The captured heap after `change`, decoded. */
function decodeWith(change: (view: DataView) => void): HeapSnapshot {
  const bytes = Uint8Array.from(RAM);
  change(new DataView(bytes.buffer));
  return bbuddy.decode(MemoryImage.of([{ base: 0n, bytes }]).reader(), BigInt(HEAP), OPTIONS);
}

const intact = decodeWith(() => undefined);

describe('bbuddy: damage in a real heap', () => {
  it('there is none in the capture', () => assert.deepEqual(intact.findings, []));

  /** Order 1 has two chunks in this heap, order 0 five. */
  const cases: [string, string, (view: DataView) => number][] = [
    ['a cycle', 'list-cycle', (v) => (v.setBigUint64(first(v, 1), BigInt(first(v, 1)), true), first(v, 1))],
    ['a wild link', 'wild-pointer', (v) => (v.setBigUint64(first(v, 1), 0x123456789000n, true), first(v, 1))],
    ['a link into metadata', 'wild-pointer', (v) => (v.setBigUint64(first(v, 1), BigInt(HEAP), true), first(v, 1))],
    ['a NULL link', 'null-link', (v) => (v.setBigUint64(first(v, 1), 0n, true), first(v, 1))],
    [
      'a misaligned chunk',
      'misaligned-chunk',
      (v) => (v.setBigUint64(headOf(1), BigInt(first(v, 1) + 0x1000), true), first(v, 1)),
    ],
    ['a chunk on two lists', 'on-two-lists', (v) => (v.setBigUint64(headOf(2), BigInt(first(v, 1)), true), first(v, 1))],
    ['a wrong level', 'bad-level', (v) => (v.setUint32(first(v, 1) + 16, 7, true), first(v, 1) + 16)],
    ['a wrong back link', 'bad-backlink', (v) => (v.setBigUint64(first(v, 1) + 8, 0x14000n, true), first(v, 1) + 8)],
    ['a wrong tail', 'bad-tail', (v) => (v.setUint32(first(v, 1) + 0x2000 - 4, 3, true), first(v, 1) + 0x2000 - 4)],
    ['a wrong counter', 'count-mismatch', (v) => (v.setBigUint64(PALLOC, 1n, true), PALLOC)],
    ['a free chunk marked allocated', 'free-but-allocated', (v) => (mark(v, first(v, 1)), first(v, 1))],
    [
      'a region record that points nowhere',
      'wild-pointer',
      (v) => (v.setBigUint64(PALLOC + 1672, 0x13008n, true), PALLOC + 1672),
    ],
    ['a cycle of region records', 'list-cycle', (v) => (v.setBigUint64(0x180000, 0x180000n, true), 0x180000)],
  ];
  for (const [what, code, change] of cases) {
    it(`${what}: ${code}, at its address`, () => {
      let address = 0;
      const snapshot = decodeWith((view) => (address = change(view)));
      const found = snapshot.findings.filter((f) => f.code === code);
      assert.ok(found.length > 0, JSON.stringify(snapshot.findings.map((f) => f.code)));
      assert.ok(found.some((f) => f.severity !== 'info'));
      const places = found.map((f) => f.address);
      assert.ok(
        places.includes(BigInt(address)) || found.some((f) => f.message.includes(`0x${address.toString(16)}`)),
        `${String(places)} ${String(address)}`,
      );
    });
  }

  it('a damaged list leaves the others whole', () => {
    const snapshot = decodeWith((v) => v.setBigUint64(first(v, 1), 0x123456789000n, true));
    for (const list of snapshot.lists) {
      if (list.sizeClass === 1) assert.equal(list.complete, false);
      else assert.deepEqual(list.entries, intact.lists[list.sizeClass]!.entries, list.name);
    }
  });

  it('any bytes at all: the decoding ends, and never throws', () => {
    const changes = fc.array(
      fc.record({
        at: fc.oneof(fc.integer({ min: HEAP, max: HEAP + 0x3000 }), fc.integer({ min: 0x180000, max: 0x184000 })),
        value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(changes, (list) => {
        const snapshot = decodeWith((view) => list.forEach(({ at, value }) => view.setBigUint64(at, value, true)));
        assert.ok(snapshot.blocks.length > 0);
        void JSON.stringify(snapshot.state);
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  it('half a dump shows half a heap, and says which half', () => {
    const bytes = RAM.slice(0, 0x180000);
    const snapshot = bbuddy.decode(MemoryImage.of([{ base: 0n, bytes }]).reader(), BigInt(HEAP), OPTIONS);
    assert.ok(snapshot.absent.length > 0);
    assert.ok(snapshot.findings.some((f) => f.code.startsWith('absent')));
    assert.ok(
      snapshot.findings.every((f) => f.severity !== 'error'),
      JSON.stringify(snapshot.findings.filter((f) => f.severity === 'error').map((f) => f.message)),
    );
    const low = intact.blocks.holding(0x40000n)!;
    assert.equal(snapshot.blocks.holding(0x40000n)!.size, low.size);
  });
});

/** Sets the bitmap bit of a page of the second region. */
function mark(view: DataView, page: number): void {
  const memr = page >= 0x180000 ? 0x180000 : 0x13000;
  const bit = (page - Number(view.getBigUint64(memr + 8, true))) / 4096;
  const at = memr + 40 + (bit >> 3);
  view.setUint8(at, view.getUint8(at) | (1 << (bit & 7)));
}
