import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toBigInt, toNumber } from '../../src/memory/address';
import { readerOver, simReader, type Reader } from '../../src/memory/reader';
import { Crossing } from '../../src/memory/crossing';
import { SimMemory } from '../../src/memory/sim-memory';
import { WildAccess } from '../../src/memory/word-store';

const USER = 0x100000;
const KERNEL = toNumber(0xffff_8000_0010_0000n);
const LENGTH = 0x3000;

/** One access: offsets are from 16 bytes before the window to 16 bytes after it, so that borders and far frames are met. */
type Access =
  | { readonly kind: 'u8' | 'u32' | 'ptr' | 'u64'; readonly at: number; readonly value: bigint }
  | { readonly kind: 'fill'; readonly at: number; readonly length: number; readonly value: bigint }
  | { readonly kind: 'copy'; readonly at: number; readonly from: number; readonly length: number };

const offset = fc.integer({ min: -5000, max: LENGTH + 5000 });
const value = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const length = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 200, max: 9000 }));
const access: fc.Arbitrary<Access> = fc.oneof(
  fc.record({ kind: fc.constantFrom('u8' as const, 'u32' as const, 'ptr' as const, 'u64' as const), at: offset, value }),
  fc.record({ kind: fc.constant('fill' as const), at: offset, length, value }),
  fc.record({ kind: fc.constant('copy' as const), at: offset, from: offset, length }),
);

/** Pointers are exact within ±2^53 only, and no more is asked of them. */
const pointer = (v: bigint): bigint => BigInt.asIntN(54, v) >> 1n;

function perform(m: SimMemory, base: number, a: Access): void {
  const at = base + a.at;
  switch (a.kind) {
    case 'u8':
      m.setU8(at, Number(a.value & 0xffn));
      break;
    case 'u32':
      m.setU32(at, Number(a.value & 0xffff_ffffn));
      break;
    case 'ptr':
      m.setPtr(at, Number(pointer(a.value)));
      break;
    case 'u64':
      m.setU64(at, a.value);
      break;
    case 'fill':
      m.fill(at, at + a.length, Number(a.value & 0xffn));
      break;
    case 'copy':
      // As memcpy, the ranges must not overlap.
      if (Math.abs(a.at - a.from) >= a.length) m.copy(at, base + a.from, a.length);
  }
}

/** The same on a plain array of bytes, index 0 at 16 KiB below the window. */
function model(bytes: Uint8Array, a: Access): void {
  const at = a.at + 16384;
  const put = (v: bigint, count: number): void => {
    for (let i = 0; i < count; i++) bytes[at + i] = Number((v >> BigInt(8 * i)) & 0xffn);
  };
  if (a.kind === 'u8') put(a.value, 1);
  else if (a.kind === 'u32') put(a.value, 4);
  else if (a.kind === 'ptr') put(BigInt.asUintN(64, pointer(a.value)), 8);
  else if (a.kind === 'u64') put(a.value, 8);
  else if (a.kind === 'fill') bytes.fill(Number(a.value & 0xffn), at, at + a.length);
  else {
    const { from, length: count } = a as Extract<Access, { readonly kind: 'copy' }>;
    if (Math.abs(a.at - from) >= count) bytes.copyWithin(at, from + 16384, from + 16384 + count);
  }
}

const all = (m: SimMemory, base: number): Uint8Array => m.bytes(base - 16384, LENGTH + 32768);

describe('memory: accesses', () => {
  for (const [half, base] of [
    ['user half', USER],
    ['kernel half', KERNEL],
  ] as const) {
    it(`${half}: every access does what it does to plain bytes`, () => {
      fc.assert(
        fc.property(fc.array(access, { maxLength: 40 }), (accesses) => {
          const m = new SimMemory(base, LENGTH);
          const bytes = new Uint8Array(LENGTH + 32768);
          for (const a of accesses) {
            perform(m, base, a);
            model(bytes, a);
          }
          assert.deepEqual(all(m, base), bytes);
        }),
        { seed: 1, numRuns: 150 },
      );
    });

    it(`${half}: reads give back what was written, signed`, () => {
      const m = new SimMemory(base, LENGTH);
      for (const at of [base, base + 1, base + 4, base + LENGTH - 4, base + LENGTH, base - 4096, base + 10_000_001]) {
        for (const v of [0, 1, -1, 2 ** 47 - 1, -(2 ** 47), 2 ** 32, -(2 ** 32), 2 ** 53, -(2 ** 53)]) {
          m.setPtr(at, v);
          assert.equal(m.ptr(at), v, `${String(v)} at ${String(at)}`);
          assert.equal(m.u64(at), BigInt.asUintN(64, BigInt(v)));
        }
      }
    });
  }

  it('an access to no address is wild', () => {
    const m = new SimMemory(USER, LENGTH);
    assert.throws(() => m.setPtr(2 ** 60, 1), WildAccess);
    assert.throws(() => m.ptr(2 ** 60), WildAccess);
    assert.throws(() => m.setU32(8, 1), WildAccess);
    assert.throws(() => m.ptr(16), WildAccess);
    assert.throws(() => m.at(8), WildAccess);
    assert.throws(() => m.ptr(NaN), /canonical|BigInt/);
  });

  it('far memory grows beyond its first tail without losing anything', () => {
    const m = new SimMemory(USER, 4096);
    const pages = 5000; // the first tail holds 4096 frames
    m.setPtr(USER + 8, 77);
    for (let i = 0; i < pages; i++) m.setPtr(2 ** 40 + i * 4096, i + 1);
    for (let i = 0; i < pages; i++) assert.equal(m.ptr(2 ** 40 + i * 4096), i + 1);
    assert.equal(m.ptr(USER + 8), 77);
    assert.equal(m.ptr(2 ** 41), 0);
  });

  it('a reader sees the same bytes, unsigned', () => {
    const m = new SimMemory(KERNEL, LENGTH);
    m.setPtr(KERNEL + 8, KERNEL + 16);
    const reader = simReader(m);
    assert.equal(reader.u64(toBigInt(KERNEL + 8)), 0xffff_8000_0010_0010n);
    assert.equal(reader.u32(toBigInt(KERNEL + 12)), 0xffff8000);
    assert.equal(reader.u16(toBigInt(KERNEL + 14)), 0xffff);
    assert.equal(reader.u64(0x1234n), 0n);
    assert.deepEqual(reader.absent, []);
  });

  it('a reader answers by number what it answers by bigint, across its pieces too, and misses the same', () => {
    const m = new SimMemory(KERNEL, LENGTH);
    for (let i = 0; i < LENGTH; i++) m.setU8(KERNEL + i, (i * 37) & 0xff);
    const end = toBigInt(KERNEL + LENGTH);
    const over = (): Reader => readerOver((a, n) => (a < end ? m.bytes(toNumber(a), Math.min(n, Number(end - a))) : undefined));
    const readers = [[over(), over()] as const, [simReader(m), simReader(m)] as const];
    for (const [one, other] of readers) {
      for (let a = KERNEL; a < KERNEL + LENGTH + 16; a += a % 4096 > 4080 || a > KERNEL + LENGTH - 16 ? 1 : 61) {
        const signed = other.u64(toBigInt(a));
        assert.equal(one.word(a), other.u32(toBigInt(a)));
        assert.equal(one.ptr(a), signed === undefined ? undefined : Number(BigInt.asIntN(64, signed)));
      }
      assert.equal(one.absent.length, other.absent.length);
    }
  });
});

describe('memory: journal', () => {
  it('seeks to the state after any number of accesses, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(access, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(30), { maxLength: 12 }),
        (accesses, stops) => {
          const m = new SimMemory(USER, LENGTH);
          m.journal.on = true;
          const states = [all(m, USER)];
          const positions = [0];
          for (const a of accesses) {
            perform(m, USER, a);
            states.push(all(m, USER));
            positions.push(m.journal.length);
          }
          for (const stop of stops) {
            const i = stop % states.length;
            m.seek(positions[i]!);
            assert.deepEqual(all(m, USER), states[i]);
          }
        },
      ),
      { seed: 2, numRuns: 120 },
    );
  });

  it('what stretches did crosses them both ways, one by one and joined', () => {
    fc.assert(
      fc.property(fc.array(fc.array(access, { maxLength: 20 }), { minLength: 1, maxLength: 4 }), (stretches) => {
        const m = new SimMemory(USER, LENGTH);
        m.journal.on = true;
        const states = [all(m, USER)];
        const crossings = stretches.map((accesses) => {
          for (const a of accesses) perform(m, USER, a);
          states.push(all(m, USER));
          const crossing = Crossing.of(m.journal, m.store);
          assert.deepEqual(all(m, USER), states.at(-1));
          m.journal.clear();
          return crossing;
        });
        const joined = Crossing.join(crossings);
        for (let i = 0; i < 2; i++) {
          for (let n = crossings.length; n > 0; n--) {
            assert.deepEqual(all(m, USER), states[n]);
            crossings[n - 1]!.apply(m.store);
          }
          assert.deepEqual(all(m, USER), states[0]);
          joined.apply(m.store);
        }
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('what a stretch did tells each word that differs, once, and each that it wrote', () => {
    const m = new SimMemory(USER, LENGTH);
    m.journal.on = true;
    for (let i = 0; i < 1000; i++) m.setU32(USER + 4 * (i % 10), i % 10 === 9 && i > 990 ? 0 : i);
    assert.equal(m.journal.length, 1000);
    const crossing = Crossing.of(m.journal, m.store);
    assert.equal(crossing.length, 9);
    assert.ok(crossing.wrote(m.wordsOf(USER + 36, USER + 40)), 'written, although it is what it was');
    assert.ok(!crossing.wrote(m.wordsOf(USER + 40, USER + 48)));
    assert.equal(Crossing.join([crossing, crossing]).length, 0);
  });

  it('a large fill costs one entry', () => {
    const m = new SimMemory(USER, 2 ** 20);
    m.journal.on = true;
    m.fill(USER, USER + 2 ** 20, 0xff);
    m.fill(USER, USER + 2 ** 19, 0);
    assert.equal(m.journal.length, 2);
    m.seek(1);
    assert.equal(m.u32(USER), 0xffffffff);
    m.seek(0);
    assert.equal(m.u32(USER + 2 ** 19), 0);
  });

  it('says which bytes an interval touched', () => {
    const m = new SimMemory(USER, LENGTH);
    m.journal.on = true;
    m.setPtr(USER + 0x20, 1);
    m.setU32(2 ** 40 + 4, 1);
    const touched: number[] = [];
    m.journal.touched(0, m.journal.length, (word) => touched.push(m.addressOf(word)));
    assert.deepEqual(touched, [USER + 0x20, USER + 0x24, 2 ** 40 + 4]);
  });
});
