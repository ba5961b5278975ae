import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDescriptors } from '../../src/readers/descriptor-array';
import { readElfCore } from '../../src/readers/elf-core';
import { readGdbText, gdbDescriptors } from '../../src/readers/gdb-text';
import { readIntelHex } from '../../src/readers/intel-hex';
import { readIndex, readIndexedImage, readRawImage } from '../../src/readers/raw-image';
import { readSRecords } from '../../src/readers/s-record';
import { readVerilogHex } from '../../src/readers/verilog-hex';
import { readWorkload } from '../../src/readers/workload';
import { captureNamed } from '../support/captures';

const SEED = 20260117;
const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');

/** Damage to a text: [what, where, how much, with what], places as parts of the whole. */
interface Damage {
  readonly kind: 'truncate' | 'delete' | 'flip' | 'duplicate' | 'insert' | 'move';
  readonly at: number;
  readonly to: number;
  readonly length: number;
  readonly text: string;
}

const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('truncate', 'delete', 'flip', 'duplicate', 'insert', 'move'),
  at: part,
  to: part,
  length: fc.integer({ min: 1, max: 400 }),
  text: fc.oneof(
    fc.string(),
    fc.constantFrom(
      '{',
      '}',
      '"',
      "'",
      '\\',
      '...',
      ' <repeats 4294967295 times>',
      '(gdb) ',
      '\n',
      '$1 = {',
      '\x1b[',
      '0x',
      ',',
      '=',
      '[0x0] = ',
      '^done,value="',
      '~"',
      '>',
      ':00000001FF',
      '@0\n',
      'S9',
    ),
  ),
});

function damaged(text: string, { kind, at, to, length, text: added }: Damage): string {
  const start = Math.floor(at * text.length);
  const piece = text.slice(start, start + length);
  const without = text.slice(0, start) + text.slice(start + length);
  const target = Math.floor(to * without.length);
  switch (kind) {
    case 'truncate':
      return text.slice(0, start);
    case 'delete':
      return without;
    case 'flip':
      return text.slice(0, start) + String.fromCharCode(text.charCodeAt(start) ^ (1 << (length % 7))) + text.slice(start + 1);
    case 'duplicate':
      return text.slice(0, start) + piece + text.slice(start);
    case 'insert':
      return text.slice(0, start) + added + text.slice(start);
    case 'move':
      return without.slice(0, target) + piece + without.slice(target);
  }
}

const several = fc.array(damage, { minLength: 1, maxLength: 4 });

/** Problems, if there are any, must be sentences; ranges must lie in the text. */
function checkProblems(
  problems: readonly { message: string; where?: { line: number; column: number; endLine: number; endColumn: number } }[],
  text: string,
): void {
  const lines = text.split('\n').length;
  for (const { message, where } of problems) {
    assert.ok(message.length > 10 && message.length < 800, message);
    if (where === undefined) continue;
    assert.ok(
      where.line >= 0 && where.column >= 0 && where.endLine >= where.line && where.endLine <= lines,
      JSON.stringify(where),
    );
  }
}

describe('damaged input: texts', () => {
  const texts: [name: string, text: string, read: (text: string) => { problems: readonly { message: string }[] }][] = [
    ['GDB transcript', capture.text('gdb/10-pre-heap.txt').slice(0, 40_000), (t) => (gdbDescriptors(t), readGdbText(t))],
    ['GDB at 80 columns', capture.text('gdb/width80.txt'), readGdbText],
    ['colour terminal', capture.text('gdb/terminal-colour.txt'), readGdbText],
    ['MI session', capture.text('gdb/mi.txt'), readGdbText],
    ['classic transcript', captureNamed('0.10.0-x86_64-bbuddy-64M').text('gdb/10-pre-heap.txt'), readGdbText],
    ['alloc-trace', capture.text('alloc-trace.jsonl'), readWorkload],
    ['heap-calls', capture.text('heap-calls.json'), readWorkload],
    ['Intel HEX', capture.text('mem/mrds-pre-heap.ihex'), readIntelHex],
    ['S-records', capture.text('mem/mrds-pre-heap.srec'), readSRecords],
    ['Verilog hex', capture.text('mem/mrds-pre-heap.vmem'), readVerilogHex],
    ['index', capture.text('mem/index.json'), (t) => readIndex(t)],
  ];
  for (const [name, text, read] of texts) {
    it(`${name}: any damage gives a value`, () => {
      fc.assert(
        fc.property(several, (damages) => {
          const broken = damages.reduce(damaged, text);
          checkProblems(read(broken).problems, broken);
        }),
        { seed: SEED, numRuns: 60 },
      );
    });
  }

  it('hex records: a flipped bit in a record is a problem', () => {
    for (const [extension, read] of [
      ['ihex', readIntelHex],
      ['srec', readSRecords],
    ] as const) {
      const text = capture.text(`mem/mrds-pre-heap.${extension}`);
      const body = text.slice(0, text.lastIndexOf(extension === 'ihex' ? ':' : 'S'));
      fc.assert(
        fc.property(fc.nat(body.length - 1), fc.integer({ min: 0, max: 3 }), (at, bit) => {
          // An S2 record that becomes an S3 has the same sum and another address: the format cannot tell.
          if (/\s/.test(text[at]!) || text[at - 1] === 'S') return;
          const digit = text.charCodeAt(at) ^ (1 << bit);
          const broken = text.slice(0, at) + String.fromCharCode(digit) + text.slice(at + 1);
          // A letter flipped to its own lower case is the same digit.
          if (broken.toUpperCase() === text.toUpperCase()) return;
          assert.notDeepEqual(read(broken).problems, [], `${text[at]!} at ${at} to ${broken[at]!}`);
        }),
        { seed: SEED, numRuns: 300 },
      );
    }
  });

  it('a field changed in one of two printings is a problem', () => {
    const text = capture.text('gdb/width80.txt');
    const place = text.lastIndexOf('len = 581632');
    const { problems } = readGdbText(text.slice(0, place) + 'len = 581633' + text.slice(place + 12));
    assert.ok(problems.some((p) => p.severity === 'warning' && /region 2/.test(p.message)));
  });
});

describe('damaged input: bytes', () => {
  const elf = capture.bytes('mem/core-main-3.elf').subarray(0, 0x12000);
  const bootinfo = capture.bytes('mem/bootinfo-pre-heap.bin');

  const flips = fc.array(fc.tuple(part, fc.nat(255)), { minLength: 1, maxLength: 6 });
  const changed = (bytes: Uint8Array, list: [number, number][], within: number): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    for (const [at, value] of list) copy[Math.floor(at * Math.min(within, copy.length))] = value;
    return copy;
  };

  it('ELF core: any bytes in the headers, cut anywhere', () => {
    fc.assert(
      fc.property(flips, part, fc.boolean(), (list, length, whole) => {
        const bytes = changed(elf, list, 0x1d8).subarray(0, whole ? elf.length : Math.floor(length * elf.length));
        for (const addresses of ['physical', 'virtual'] as const) checkProblems(readElfCore(bytes, addresses).problems, '');
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('bootinfo: any bytes, cut anywhere; a cut list says so', () => {
    fc.assert(
      fc.property(flips, part, (list, length) => {
        const cut = Math.floor(length * bootinfo.length);
        const { image } = readRawImage(changed(bootinfo, list, 160).subarray(0, cut), 0x142240n);
        for (const release of [undefined, '0.12.0', '0.17.0'] as const) {
          const map = readDescriptors(image, 0x142240n, release && { release });
          checkProblems(map.problems, '');
        }
        const sound = readDescriptors(readRawImage(bootinfo.subarray(0, cut), 0x142240n).image, 0x142240n, {
          release: '0.17.0',
          size: 80,
        });
        const whole = Math.max(0, Math.floor((cut - 80) / 80));
        assert.equal(sound.descriptors.length, whole);
        assert.deepEqual(
          sound.problems.map((p) => p.code),
          cut < 4 ? ['no-descriptors'] : ['cut-off'],
        );
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('an image with any index', () => {
    const bytes = new Uint8Array(64);
    const number = fc.oneof(
      fc.nat(100),
      fc.bigInt({ min: -5n, max: 2n ** 64n }).map((v) => '0x' + v.toString(16)),
      fc.constant(null),
    );
    const segment = fc.record({ base: number, length: number, offset: number });
    const entry = fc.record(
      {
        file: fc.string(),
        base: number,
        length: number,
        covers: fc.tuple(number, number),
        segments: fc.array(segment, { maxLength: 4 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), (list) => {
        for (const e of readIndex(JSON.stringify(list)).entries) {
          const { image } = readIndexedImage(bytes, e);
          image.reader().bytes(0n, 64);
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe('damaged input: time', () => {
  const seconds = (work: () => void): number => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };

  it('a transcript of megabytes takes a second or two', () => {
    const text = capture.text('gdb/10-pre-heap.txt').repeat(60);
    assert.ok(seconds(() => assert.equal(readGdbText(text).descriptors.length, 15)) < 10);
  });

  const mean: [name: string, text: string][] = [
    ['open braces, each on its line', '{'.repeat(30) + '\n'.repeat(3)],
    ['values that never end', '$1 = {a = 1, b = {c = 2, \n'],
    ['quotes', '$1 = "\'"\'\n'],
    ['casts', '(a (b (c (d\n$1 = (a (b\n'],
    [
      'printf rows without an end',
      '(gdb) printf "%lx %lx %s %lx\\n", a.pbase, a.len, a.name, a.flags\n' + '1 1 '.repeat(60) + '\n',
    ],
    ['prompts', '(gdb) (gdb) '],
    ['escapes', '\x1b[\x1b]\x1b[1;'],
    ['rows', '0x1000:\t1 1 1 1\n'],
    ['MI records', '1^done,memory=[{begin="0x10",offset="0",end="0x20",contents="00'],
    ['comments', '/* // '],
    ['words', '$1 = A | B | C | '],
    ['angles', '$1 = {<a<b<c<\n'],
    ['descriptors', '$1 = {pbase = 1, len = 1, name = "x"}\n'],
    ['descriptors by index', '(gdb) p mrds[3]\n$1 = {pbase = 1, len = 1, name = "x"}\n'],
    ['repeats', '$1 = {{pbase = 1, len = 1} <repeats 4000000000 times>}\n'],
  ];
  for (const [name, unit] of mean) {
    it(`${name}: time grows with length, not faster`, () => {
      const text = unit.repeat(Math.ceil(150_000 / unit.length));
      for (const read of [readGdbText, readWorkload, readIntelHex, readSRecords, readVerilogHex]) {
        const taken = seconds(() => void read(text));
        assert.ok(taken < 5, `${read.name}: ${taken.toFixed(1)} s`);
      }
    });
  }
});
