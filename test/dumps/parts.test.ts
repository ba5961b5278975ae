// The pieces that a dump is opened with: ELF files of every form, page tables, files without their zero pages, half a heap.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openDump } from '../../src/dumps/open';
import { MemoryImage } from '../../src/memory/image';
import { PageWalk } from '../../src/memory/page-walk';
import { SparseBytes } from '../../src/memory/sparse-bytes';
import { readElfCore } from '../../src/readers/elf-core';
import { readElfSymbols } from '../../src/readers/elf-symbols';
import { sessionFacts } from '../../src/readers/gdb-text';
import { readMemoryTree } from '../../src/readers/info-mtree';
import { entryFor, readIndex, readIndexedImage } from '../../src/readers/raw-image';
import { captureNamed } from '../support/captures';
import { elfCore, elfImage } from '../support/elf';
import { inMemory } from '../support/images';

const SEED = 20261125;
const x64 = captureNamed('0.17.0-x86_64-bbuddy-64M');

describe('dumps: ELF files', () => {
  const memory = inMemory(
    readIndexedImage(
      x64.bytes('mem/ram-main-2.sparse.bin'),
      entryFor(readIndex(x64.text('mem/index.json')), 'ram-main-2.sparse.bin')!,
    ).image.segments,
  );
  for (const wide of [true, false]) {
    for (const little of [true, false]) {
      it(`a core of ${wide ? '64' : '32'} bits with ${little ? 'little' : 'big'}-endian headers, many segments: the heap is found`, () => {
        const segments = memory.map(({ base, bytes }) => ({ paddr: base, vaddr: base, bytes }));
        const opened = openDump([{ name: 'vmcore', bytes: elfCore(segments, { wide, little }) }]);
        assert.equal(opened.heap?.address, 0x12000n);
        assert.ok(opened.map.descriptors.length === 15);
      });
    }
  }

  it('a core with more segments than its header can count', () => {
    const segments = Array.from({ length: 0x10005 }, (_, i) => ({
      paddr: BigInt(i * 16),
      vaddr: 0n,
      bytes: Uint8Array.of(i & 255),
    }));
    const { segments: read, problems } = readElfCore(elfCore(segments));
    assert.equal(read.length, 0x10005);
    assert.deepEqual(problems, []);
  });

  for (const wide of [true, false]) {
    it(`the symbol table of an image of ${wide ? '64' : '32'} bits`, () => {
      const symbols = new Map([
        ['_uk_alloc_head', 0x177500n],
        ['bi_bootinfo', 0x177148n],
      ]);
      const read = readElfSymbols(elfImage(symbols, { wide, little: true }));
      assert.deepEqual([...read.symbols], [...symbols]);
      assert.deepEqual(read.problems, []);
    });
  }

  it('a .dbg file beside a dump: its symbols lead to the heap, and it is taken for no memory', () => {
    const debug = elfImage(new Map([['_uk_alloc_head', 0x177500n]]));
    const opened = openDump([
      { name: 'kernel.dbg', bytes: debug },
      { name: 'ram.bin', bytes: x64.bytes('mem/ram-main-3.bin') },
    ]);
    assert.equal(opened.heap?.by, 'symbol');
    assert.equal(opened.heap.address, 0x12000n);
  });
});

describe('dumps: page tables', () => {
  const table = (entries: Readonly<Record<number, bigint>>): Uint8Array => {
    const view = new DataView(new ArrayBuffer(4096));
    for (const [i, entry] of Object.entries(entries)) view.setBigUint64(8 * Number(i), entry, true);
    return new Uint8Array(view.buffer);
  };
  const image = MemoryImage.of([
    { base: 0x1000n, bytes: table({ 0: 0x2003n, 256: 0x2001n, 3: 0x9_0000_0003n, 4: 0x2083n }) },
    { base: 0x2000n, bytes: table({ 0: 0x3003n, 1: 0x4000_0083n, 2: 0x4000_1083n + 0x2000n }) },
    { base: 0x3000n, bytes: table({ 0: 0x4003n, 1: 0x20_0083n }) },
    { base: 0x4000n, bytes: table({ 0: 0x5003n, 1: 0x6001n }) },
    { base: 0x5000n, bytes: new Uint8Array(4096).fill(7) },
  ]);
  const walk = new PageWalk(image.reader(), 0x1000n);

  for (const [address, physical, size] of [
    [0x123n, 0x5123n, 0x1000n],
    [0x20_1234n, 0x20_1234n, 0x20_0000n],
    [0x4012_3456n, 0x4012_3456n, 0x4000_0000n],
    [0xffff_8000_0000_0123n, 0x5123n, 0x1000n],
  ] as const) {
    it(`0x${address.toString(16)} is 0x${physical.toString(16)}, in a page of ${String(size)} bytes`, () => {
      const found = walk.translate(address);
      assert.deepEqual([found?.physical, found?.size], [physical, size]);
    });
  }

  it('what is not mapped, not canonical, misaligned or absent has no translation, and the odd ones are told', () => {
    for (const a of [0x40_0000n, 0x8000_0000_0000n, 0x8000_0000n, 3n << 39n, 4n << 39n])
      assert.equal(walk.translate(a), undefined);
    const text = walk.oddities.join('\n');
    assert.match(text, /no multiple/);
    assert.match(text, /page size bit set, which is reserved/);
    assert.match(text, /not in the memory read/);
  });

  it('reads across pages, and nothing where a page is absent', () => {
    assert.deepEqual([...walk.reader().bytes(0x10n, 4)!], [7, 7, 7, 7]);
    assert.equal(walk.reader().bytes(0xffen, 4), undefined);
  });
});

describe('dumps: files without their zero pages', () => {
  it('give the same bytes as the file, however it comes', () => {
    const page = fc.constantFrom(0, 0, 0, 1, 2);
    fc.assert(
      fc.property(
        fc.array(page, { maxLength: 40 }),
        fc.integer({ min: 0, max: 4095 }),
        fc.integer({ min: 1, max: 9000 }),
        (pages, rest, step) => {
          const whole = new Uint8Array(pages.length * 4096 + rest);
          for (const [i, value] of pages.entries()) whole.fill(value, i * 4096, i * 4096 + 100 + value);
          const sparse = new SparseBytes(2 ** 30);
          for (let at = 0; at < whole.length; at += step) sparse.add(whole.subarray(at, at + step));
          sparse.end();
          assert.equal(sparse.length, whole.length);
          assert.deepEqual(sparse.read(0, whole.length), whole);
          assert.deepEqual(sparse.subarray(50, 9000).read(10, 5000), whole.subarray(50, 9000).subarray(10, 5000));
          const covered = new Uint8Array(whole.length);
          for (const [from, to] of sparse.runs(0, whole.length)) covered.fill(1, from, to);
          assert.ok(whole.every((b, i) => b === 0 || covered[i] === 1));
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('end where too much is not zero', () => {
    const sparse = new SparseBytes(8192);
    sparse.add(new Uint8Array(20_000).fill(1));
    sparse.end();
    assert.ok(sparse.cut);
    assert.equal(sparse.length, 8192);
  });
});

describe('dumps: half a heap', () => {
  const capture = captureNamed('0.17.0-x86_64-bbuddy-4G');
  for (const [file, transcript] of [
    ['heap0-main-2.bin', '32-main-stage2'],
    ['heap0-main-4.bin', '34-main-stage4'],
    ['heap0-main-5.bin', '35-main-stage5'],
  ] as const) {
    it(`${file}: the first region's part of each list, from the lists' ends, and which half is missing`, () => {
      const opened = openDump([
        { name: file, bytes: capture.bytes(`mem/${file}`) },
        { name: 'index.json', bytes: capture.bytes('mem/index.json') },
      ]);
      const want: Record<string, string[]> = {};
      for (const [, order, chunk] of capture.text(`gdb/${transcript}.txt`).matchAll(/^order +(\d+) {2}chunk (0x[0-9a-f]+)/gm)) {
        if (BigInt(chunk!) < 0xa0000n) (want[order!] ??= []).push(chunk!);
      }
      assert.deepEqual(opened.snapshot?.state.free, want);
      assert.deepEqual(opened.part?.records, [0x180000n]);
      assert.ok(opened.problems.some((p) => p.code === 'part-of-heap' && p.message.includes('0x180000')));
      assert.ok(opened.snapshot.findings.every((f) => f.severity !== 'error'));
    });
  }
});

describe('dumps: what a session says by the way', () => {
  it('symbols, the heap, CR3 and the layouts that options change', () => {
    const facts = sessionFacts(x64.text('gdb/20-post-heap.txt') + x64.text('gdb/10-pre-heap.txt'));
    assert.equal(facts.heaps[0], 0x12000n);
    assert.equal(facts.symbols.get('bbuddy_palloc'), 0x1214e7n);
    assert.ok(facts.pageTableRoot !== undefined);
    for (const [name, stats, malloc] of [
      ['0.17.0-x86_64-bbuddy-64M', 'n', 'n'],
      ['0.17.0-x86_64-bbuddy-stats-128M', 'y', 'n'],
      ['0.17.0-x86_64-tlsf-64M', 'n', 'y'],
    ] as const) {
      const { config } = sessionFacts(captureNamed(name).text('gdb/00-static.txt'));
      assert.deepEqual(
        [config.CONFIG_LIBUKALLOC_IFSTATS, config.CONFIG_LIBUKALLOC_IFMALLOC, config.CONFIG_UKPLAT_MEMRNAME],
        [stats, malloc, 'y'],
      );
    }
  });

  it('info mtree: which addresses are RAM', () => {
    const ram = readMemoryTree(x64.text('gdb/10-pre-heap.txt'));
    const main = ram.find((r) => r.name === 'pc.ram' && r.offset === 0n);
    assert.equal(main?.base, 0n);
    assert.ok(ram.some((r) => r.end === 0x400_0000n));
  });
});
