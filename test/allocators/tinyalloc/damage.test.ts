// Damage planted into the captured tinyalloc heap: each is found at its address, the walk ends, and random bytes never throw.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tinyalloc } from '../../../src/allocators/tinyalloc';
import { MemoryImage } from '../../../src/memory/image';
import type { HeapSnapshot } from '../../../src/snapshot/snapshot';
import { captureNamed } from '../../support/captures';
import { configOf } from '../../support/config';

const capture = captureNamed('0.17.0-x86_64-tinyalloc-64M');
const RAM = capture.bytes('mem/ram-main-3.bin').subarray(0, 0xa0000);
const BASE = 0x12000;
const PRIV = BASE + 128;
const HEAP = PRIV + 40;
const TABLE = HEAP + 40;
const OPTIONS = { release: capture.facts.release, arch: capture.facts.arch, config: configOf(capture) };

function decodeWith(change: (view: DataView) => void): HeapSnapshot {
  const bytes = Uint8Array.from(RAM);
  change(new DataView(bytes.buffer));
  return tinyalloc.decode(MemoryImage.of([{ base: 0n, bytes }]).reader(), BigInt(BASE), OPTIONS);
}

/** The five free blocks and the newest used one, as GDB printed them: descriptor addresses. */
const FREE = [0x121c0, 0x12238, 0x12298, 0x122c8, 0x122f8] as const;
const USED = 0x12340;
const FRESH = 0x12208;
const put = (v: DataView, at: number, value: number): number => (v.setBigUint64(at, BigInt(value), true), at);
const get = (v: DataView, at: number): number => Number(v.getBigUint64(at, true));

describe('tinyalloc: damage in a real heap', () => {
  it('there is none in the capture', () => {
    assert.deepEqual(
      decodeWith(() => undefined).findings.filter((f) => f.severity !== 'info'),
      [],
    );
  });

  const cases: [string, string, (v: DataView) => number][] = [
    ['a cycle in free', 'list-cycle', (v) => (put(v, FREE[2] + 8, FREE[0]), FREE[0])],
    ['a cycle in used', 'list-cycle', (v) => (put(v, USED + 8, USED), USED)],
    ['a wild link', 'wild-pointer', (v) => put(v, FREE[1] + 8, 0x1234_5678_9000)],
    ['a link between descriptors', 'wild-pointer', (v) => put(v, FREE[1] + 8, TABLE + 8)],
    ['a descriptor on two lists', 'on-two-lists', (v) => (put(v, FREE[4] + 8, USED), USED)],
    ['descriptors on no list', 'not-listed', (v) => (put(v, HEAP + 16, 0), 0x121d8)],
    ['free out of order', 'unsorted', (v) => (put(v, FREE[1], 0x20000), FREE[0] + 8)],
    [
      'free neighbours that touch',
      'free-neighbours',
      (v) => (put(v, FREE[0] + 16, get(v, FREE[1]) - get(v, FREE[0])), FREE[0] + 8),
    ],
    ['blocks that overlap', 'overlap', (v) => (put(v, FREE[0] + 16, 0x10000), FREE[1])],
    ['a gap', 'gap', (v) => (put(v, FREE[0] + 16, 8), get(v, FREE[0]) + 8)],
    ['a block below the table', 'outside', (v) => put(v, FREE[0], 0x100)],
    ['a wrapped size', 'wrapped-size', (v) => (v.setBigUint64(USED + 16, 2n ** 64n - 8n, true), USED) + 16],
    ['top past the limit', 'top-past-limit', (v) => (put(v, HEAP + 24, 0xb0000), 0xb0000)],
    ['top below a live block', 'top-below-block', (v) => (put(v, HEAP + 24, 0x7a000), 0x7aa10)],
    ['a Heap that is none', 'wild-pointer', (v) => (put(v, PRIV, 0x13000), PRIV)],
    ['a table without end', 'bad-count', (v) => put(v, PRIV + 32, 2 ** 40)],
    ['a table past the limit', 'table-past-end', (v) => (put(v, PRIV + 8, 0x14000), 0x14000)],
    ['an alignment that is no power of two', 'bad-option', (v) => put(v, PRIV + 24, 12)],
    ['a record that was overwritten', 'bad-record', (v) => (put(v, 0x7a938, 0), 0x7a938)],
    ['a fresh descriptor with an address', 'fresh-not-zero', (v) => (put(v, FRESH, 0x5000), FRESH)],
  ];
  for (const [what, code, change] of cases) {
    it(`${what}: ${code}, at its address`, () => {
      let address = 0;
      const { findings } = decodeWith((view) => (address = change(view)));
      assert.ok(
        findings.some((f) => f.code === code && f.address === BigInt(address)),
        `${code} at 0x${address.toString(16)}: ${JSON.stringify(findings.map((f) => `${f.code} ${f.address?.toString(16) ?? ''}`))}`,
      );
    });
  }

  it('random bytes over structs and table: decoding ends, and never throws', () => {
    const at = fc.integer({ min: BASE, max: 0x12400 });
    const planted = fc.array(fc.tuple(at, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(planted, (values) => {
        const { blocks, state } = decodeWith((v) => values.forEach(([where, value]) => v.setBigUint64(where, value, true)));
        assert.ok(blocks.length >= 0 && JSON.stringify(state).length > 0);
      }),
      { seed: 0xdadb, numRuns: 60 },
    );
  });

  it('a dump that ends inside the table: decoding ends and says what is absent', () => {
    const bytes = RAM.slice(0, 0x12300);
    const { findings } = tinyalloc.decode(MemoryImage.of([{ base: 0n, bytes }]).reader(), BigInt(BASE), OPTIONS);
    assert.ok(findings.some((f) => f.code === 'absent'));
  });
});
