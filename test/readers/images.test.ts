import assert from 'node:assert/strict';
import { MemoryImage } from '../../src/memory/image';
import { findBootinfo, readDescriptors } from '../../src/readers/descriptor-array';
import { readElfCore } from '../../src/readers/elf-core';
import { readIntelHex } from '../../src/readers/intel-hex';
import { entryFor, readIndex, readIndexedImage, readRawImage } from '../../src/readers/raw-image';
import { readSRecords } from '../../src/readers/s-record';
import { readVerilogHex } from '../../src/readers/verilog-hex';
import { captureNamed, captures } from '../support/captures';
import { inMemory } from '../support/images';

/** What an image holds, a line a segment. */
function contents(image: MemoryImage): string[] {
  return inMemory(image.segments).map((s) => `${s.base.toString(16)}: ${Buffer.from(s.bytes).toString('hex')}`);
}

function codes(dump: { problems: readonly { code: string }[] }): string[] {
  return dump.problems.map((p) => p.code);
}

function same(image: MemoryImage, base: bigint, bytes: Uint8Array): void {
  const read = image.reader().bytes(base, bytes.length);
  assert.ok(read !== undefined && Buffer.compare(read, bytes) === 0, `bytes at ${base.toString(16)}`);
}

const typed = captures.filter((c) => c.has('mem/mrds-pre-heap.bin'));

describe('image readers: captured dumps', () => {
  for (const capture of typed) {
    const raw = capture.bytes('mem/mrds-pre-heap.bin');
    const base = BigInt(capture.dumps().find((d) => d.file === 'mem/mrds-pre-heap.bin')!.base!);
    const formats = [
      ['ihex', readIntelHex],
      ['srec', readSRecords],
      ['vmem', readVerilogHex],
    ] as const;
    for (const [extension, read] of formats) {
      it(`${capture.name}: the .${extension} of the array is the raw dump`, () => {
        const dump = read(capture.text(`mem/mrds-pre-heap.${extension}`));
        assert.deepEqual(dump.problems, []);
        assert.equal(dump.image.segments.length, 1);
        assert.equal(dump.image.segments[0]!.base, base);
        assert.equal(Buffer.compare(inMemory(dump.image.segments)[0]!.bytes, raw), 0);
      });
    }

    it(`${capture.name}: descriptors of the bootinfo and of the array`, () => {
      const index = readIndex(capture.text('mem/index.json'));
      assert.deepEqual(index.problems, []);
      const entry = entryFor(index, 'bootinfo-pre-heap.bin')!;
      const image = readIndexedImage(capture.bytes(entry.file), entry);
      assert.deepEqual(image.problems, []);
      const { release } = capture.facts;
      const expected = capture.facts.descriptors!.map((d) => [d.pbase, d.vbase, d.len, d.type, d.flags].map((v) => BigInt(v)));
      for (const [dump, at] of [
        [image, entry.segments[0]!.base],
        [readRawImage(raw, base), base],
      ] as const) {
        for (const options of [{}, { release }, { release, size: capture.facts.descriptorSize! }]) {
          const map = readDescriptors(dump.image, at, options);
          assert.deepEqual(
            map.descriptors.map((d) =>
              [d.fields.pbase, d.fields.vbase, d.fields.len, d.fields.type, d.fields.flags].map((f) => f!.value),
            ),
            expected,
          );
          assert.deepEqual(codes(map), 'size' in options ? [] : ['layout-guessed']);
          const named = capture.facts.variant !== 'optimized-noname';
          assert.equal(
            map.descriptors.some((d) => d.name !== undefined),
            named,
          );
        }
      }
    });
  }

  for (const capture of captures) {
    for (const dump of capture.dumps().filter((d) => d.segments !== undefined)) {
      it(`${capture.name}: ${dump.file} lies where its index says`, () => {
        const index = readIndex(capture.text('mem/index.json'));
        const entry = entryFor(index, dump.file)!;
        const bytes = capture.bytes(dump.file.replace(/\.gz$/, ''));
        const { image, problems } = readIndexedImage(bytes, entry);
        assert.deepEqual(problems, []);
        for (const s of dump.segments!) same(image, BigInt(s.base), bytes.subarray(s.offset, s.offset + s.length));
        assert.equal(
          inMemory(image.segments).every((s) => s.bytes.buffer === bytes.buffer),
          true,
          'nothing is copied',
        );
      });
    }
  }

  it('a sparse dump is the flat one: main-3 of 64 MiB, sampled at every page', () => {
    const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
    const flat = readRawImage(capture.bytes('mem/ram-main-3.bin'), 0n).image.reader();
    const { image, problems } = readElfCore(capture.bytes('mem/core-main-3.elf'));
    assert.deepEqual(problems, []);
    const core = image.reader();
    for (let page = 0n; page < 0x4000000n; page += 0x1000n) {
      if (page >= 0xa0000n && page < 0x100000n) continue; // firmware ranges differ between the two
      assert.deepEqual(core.bytes(page, 64), flat.bytes(page, 64), page.toString(16));
    }
  });

  it('a core with paging has its segments at virtual addresses too', () => {
    const capture = captureNamed('0.17.0-x86_64-bbuddy-paging-64M');
    const bytes = capture.bytes('mem/core-paging-main-3.elf');
    const virtual = readElfCore(bytes, 'virtual');
    assert.equal(virtual.arch, 'x86_64');
    assert.equal(virtual.hasVirtual, true);
    assert.equal(virtual.segments.length, 26);
    assert.ok(virtual.image.segments.some((s) => s.base === 0xffffff8000000000n));
    // The heap: QEMU writes its address with 16 ones in front.
    same(virtual.image, 0x400000000n, capture.bytes('mem/virt-main-3.bin').subarray(0, 0x3c00000));
    assert.ok(
      inMemory(virtual.image.segments).every((s) => s.bytes.buffer === bytes.buffer),
      'nothing is copied',
    );
    const physical = readElfCore(bytes, 'physical');
    const heap = captureNamed('0.17.0-x86_64-bbuddy-paging-64M').bytes('mem/ram-main-3.bin');
    same(physical.image, 0x200000n, heap.subarray(0x200000, 0x201000));
  });
});

describe('intel hex', () => {
  const END = ':00000001FF';

  it('upper address parts: 32-bit linear, segmented, and 64-bit', () => {
    const linear = readIntelHex(':02000004FFFFFC\n:01000000AA55\n' + END);
    assert.deepEqual([contents(linear.image), codes(linear)], [['ffff0000: aa'], []]);
    const segmented = readIntelHex(':020000021234B6\n:02FFFF00AABB9B\n' + END);
    assert.deepEqual([contents(segmented.image), codes(segmented)], [['12340: bb', '2233f: aa'], []]);
    const wide = readIntelHex(':04000006FFFF800078\n:01000000AA55\n' + END);
    assert.deepEqual([contents(wide.image), codes(wide)], [['ffff800000000000: aa'], []]);
  });

  const wrong: [name: string, text: string, codes: string[], contents: string[]][] = [
    ['a wrong checksum', ':01000000AA56\n' + END, ['bad-checksum'], ['0: aa']],
    ['a wrong length', ':02000000AA54\n' + END, ['wrong-length'], []],
    ['no record', 'hello\n:01000000AA55\n' + END, ['not-a-record'], ['0: aa']],
    ['an unknown type', ':0100000755A3\n' + END, ['unknown-record'], []],
    ['no end', ':01000000AA55\n', ['cut-off'], ['0: aa']],
    ['more after the end', END + '\n:01000000AA55\n', ['after-end'], []],
    ['bytes that come twice', ':01000000AA55\n:01000200BB42\n:01000000CC33\n' + END, ['overlap'], ['0: cc', '2: bb']],
    ['nothing', '', ['cut-off'], []],
  ];
  for (const [name, text, problems, bytes] of wrong) {
    it(name, () => {
      const dump = readIntelHex(text);
      assert.deepEqual([codes(dump), contents(dump.image)], [problems, bytes]);
    });
  }

  it('a problem has its line, and the expected checksum', () => {
    const [problem] = readIntelHex(`\n:01000000AA56\n${END}`).problems;
    assert.equal(problem!.where?.line, 1);
    assert.match(problem!.message, /expected 55, found 56/);
  });
});

describe('s-records', () => {
  it('addresses of 2, 3 and 4 bytes, header, count and end', () => {
    const dump = readSRecords('S00600004844521B\nS1040010AA41\nS205123456BBA3\nS306FFFF0000CC2F\nS5030003F9\nS70500000000FA\n');
    assert.deepEqual([codes(dump), contents(dump.image)], [[], ['10: aa', '123456: bb', 'ffff0000: cc']]);
  });

  const wrong: [name: string, text: string, codes: string[]][] = [
    ['a wrong checksum', 'S1040010AA42\nS9030000FC', ['bad-checksum']],
    ['a wrong length', 'S1050010AA41\nS9030000FC', ['wrong-length']],
    ['a wrong count', 'S1040010AA41\nS5030002FA\nS9030000FC', ['wrong-count']],
    ['no record', 'S1zz\nS9030000FC', ['not-a-record']],
    ['no end', 'S1040010AA41', ['cut-off']],
    ['more after the end', 'S9030000FC\nS1040010AA41', ['after-end']],
    ['the reserved type', 'S4030000FC\nS9030000FC', ['unknown-record']],
  ];
  for (const [name, text, problems] of wrong) it(name, () => assert.deepEqual(codes(readSRecords(text)), problems));
});

describe('verilog hex', () => {
  it('addresses of 64 bits, comments, underscores, bytes behind the address', () => {
    const dump = readVerilogHex('// dump\n@FFFF8000_00000000 /* two\nlines */ 0A\n0b 0c\n@10 ff');
    assert.deepEqual([codes(dump), contents(dump.image)], [[], ['10: ff', 'ffff800000000000: 0a0b0c']]);
  });

  const wrong: [name: string, text: string, codes: string[]][] = [
    ['bytes before an address', '0a\n', ['no-address']],
    ['words', '@0\n0a0b 0c0d\n', ['not-bytes']],
    ['other characters', '@0\nxx\n', ['not-bytes']],
    ['bytes beyond the top', '@ffffffffffffffff\n01 02\n', ['beyond-top']],
    ['the same bytes twice', '@0\n01 02\n@1\n03\n', ['overlap']],
  ];
  for (const [name, text, problems] of wrong) it(name, () => assert.deepEqual(codes(readVerilogHex(text)), problems));
});

describe('raw image', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);

  it('what the index covers and no segment holds reads as zeros; beyond it nothing is there', () => {
    const { entries } = readIndex(
      '[{"file":"a","length":32,"covers":["0x0","0x3000"],"segments":[{"base":"0x1000","length":32,"offset":0}]}]',
    );
    const reader = readIndexedImage(bytes, entries[0]!).image.reader();
    assert.deepEqual(
      [reader.u8(0n), reader.u8(0x1001n), reader.u8(0x1020n), reader.u8(0x2fffn), reader.u8(0x3000n)],
      [0, 1, 0, 0, undefined],
    );
  });

  const wrong: [name: string, index: string, codes: string[]][] = [
    ['a length that is not the file’s', '{"file":"a","base":"0x0","length":33}', ['wrong-length', 'cut-off']],
    ['an offset past the end', '{"file":"a","segments":[{"base":"0x0","length":8,"offset":40}]}', ['cut-off']],
    [
      'segments that overlap in memory',
      '{"file":"a","segments":[{"base":0,"length":8,"offset":0},{"base":4,"length":8,"offset":8}]}',
      ['overlap'],
    ],
    [
      'segments that take the same bytes',
      '{"file":"a","segments":[{"base":0,"length":8,"offset":0},{"base":64,"length":8,"offset":4}]}',
      ['overlap'],
    ],
    [
      'a segment outside of what is covered',
      '{"file":"a","covers":[0,4],"segments":[{"base":0,"length":8,"offset":0}]}',
      ['outside'],
    ],
    ['a segment beyond the top', '{"file":"a","segments":[{"base":"0xfffffffffffffffc","length":8,"offset":0}]}', ['cut-off']],
    ['no place', '{"file":"a"}', ['no-memory']],
  ];
  for (const [name, text, problems] of wrong) {
    it(name, () => assert.deepEqual(codes(readIndexedImage(bytes, readIndex(text).entries[0]!)), problems));
  }

  const broken: [text: string, code: string, message: RegExp][] = [
    ['[', 'not-json', /JSON/],
    ['7', 'not-json', /found 7/],
    ['[7]', 'index', /dump 0/],
    ['[{"base":"0x"}]', 'index', /"base"/],
    ['[{"base":"0x0"}]', 'index', /"length"/],
    ['[{"segments":[{"base":"0x0"}]}]', 'index', /segment 0/],
    ['[{"base":"-0x1","length":4}]', 'index', /"base"/],
    ['[{"covers":["0x0"]}]', 'index', /"covers"/],
  ];
  for (const [text, code, message] of broken) {
    it(`index ${text}`, () => {
      const { problems } = readIndex(text);
      assert.deepEqual(
        problems.map((p) => p.code),
        [code],
      );
      assert.match(problems[0]!.message, message);
    });
  }

  it('a dump at the top of the address space', () => {
    assert.deepEqual(readRawImage(bytes, 2n ** 64n - 32n).problems, []);
    assert.deepEqual(codes(readRawImage(bytes, 2n ** 64n - 31n)), ['beyond-top']);
  });
});

describe('elf core', () => {
  /** A core of one segment. */
  function core(
    options: { wide?: boolean; little?: boolean; fileSize?: bigint; phnum?: number; type?: number } = {},
  ): Uint8Array {
    const { wide = true, little = true, fileSize = 4n, phnum = 1, type = 4 } = options;
    const bytes = new Uint8Array(0x104);
    const view = new DataView(bytes.buffer);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
    view.setUint16(16, type, little);
    view.setUint16(18, 183, little);
    const word = (at: number, value: bigint): void =>
      wide ? view.setBigUint64(at, value, little) : view.setUint32(at, Number(value), little);
    word(wide ? 32 : 28, 64n);
    view.setUint16(wide ? 54 : 42, wide ? 56 : 32, little);
    view.setUint16(wide ? 56 : 44, phnum, little);
    view.setUint32(64, 1, little);
    const [offset, vaddr, paddr, filesz] = wide ? [72, 80, 88, 96] : [68, 72, 76, 80];
    word(offset, 0x100n);
    word(vaddr, wide ? 0xffff800000001000n : 0xc0001000n);
    word(paddr, 0x1000n);
    word(filesz, fileSize);
    bytes.set([1, 2, 3, 4], 0x100);
    return bytes;
  }

  for (const [wide, little] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    it(`${wide ? 64 : 32} bit, ${little ? 'little' : 'big'} endian: physical and virtual`, () => {
      const bytes = core({ wide, little });
      const physical = readElfCore(bytes);
      assert.deepEqual([contents(physical.image), physical.problems, physical.arch], [['1000: 01020304'], [], 'arm64']);
      assert.deepEqual(contents(readElfCore(bytes, 'virtual').image), [
        wide ? 'ffff800000001000: 01020304' : 'c0001000: 01020304',
      ]);
    });
  }

  const wrong: [name: string, bytes: Uint8Array, codes: string[]][] = [
    ['no ELF', new Uint8Array(100), ['not-elf']],
    ['nothing', new Uint8Array(0), ['not-elf']],
    ['a header only in part', core().subarray(0, 40), ['cut-off']],
    ['program headers cut off', core({ phnum: 5 }), ['cut-off']],
    ['contents cut off', core({ fileSize: 5n }), ['cut-off']],
    ['contents all missing', core({ fileSize: 2n ** 63n }).subarray(0, 0x100), ['cut-off', 'no-memory']],
    ['no core', core({ type: 2 }), ['not-core']],
  ];
  for (const [name, bytes, problems] of wrong) it(name, () => assert.deepEqual(codes(readElfCore(bytes)), problems));
});

describe('bootinfo: found by itself', () => {
  for (const capture of typed) {
    if (!capture.has('mem/ram-main-1.sparse.bin')) continue;
    it(`${capture.name}: in a dump of RAM`, () => {
      const index = readIndex(capture.text('mem/index.json'));
      const entry = entryFor(index, 'ram-main-1.sparse.bin')!;
      const { image } = readIndexedImage(capture.bytes('mem/ram-main-1.sparse.bin'), entry);
      assert.deepEqual(
        findBootinfo(image),
        entryFor(index, 'bootinfo-pre-heap.bin')!.segments.map((s) => s.base),
      );
    });
  }
});
