import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DETECTED_KINDS, KIND_TITLES, detect, detectText } from '../../src/readers/detect';
import { readRegions } from '../../src/readers/read-regions';
import { decodeUtf8, textOf } from '../../src/readers/text-encoding';
import { toRegions } from '../../src/regions/regions';
import { captureNamed, captures } from '../support/captures';

const EXAMPLES = join(__dirname, '../../examples');
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const REAL = captureNamed('0.17.0-x86_64-bbuddy-64M');

describe('detect: by content', () => {
  for (const [what, text, kind] of [
    ['a memory map', '{ "regions": [ { "pbase": 1 } ] }', 'memory-map'],
    ['a memory map with comments in front', '// mine\n/* too */ { // x\n "release": "0.17.0",\n "regions": [] }', 'memory-map'],
    ['a memory map that is cut off', '{\n "release": "0.17.0", "regions": [ { "pba', 'memory-map'],
    ['a golden trace', '{"format":"ukboot-golden/1","allocator":"bbuddy"}\n{"op":"malloc"}', 'golden-trace'],
    ['a trace without its header', '{"op":"malloc","id":1,"size":1}\n', 'golden-trace'],
    ['an allocator trace', '{"seq": 0, "depth": 0, "fn": "uk_allocbbuddy_init", "args": {}}\n', 'alloc-trace'],
    ['heap calls', '[\n {"mark": "begin", "heap": "0x12000"} ]', 'heap-calls'],
    ['operations', '[ {"op": "malloc", "id": 1, "size": 2} ]', 'operations'],
    ['a simulated state', '{ "allocator": "bbuddy", "regions": [ { "decision": "init" } ], "state": {} }', 'state'],
    ['an index of dumps', '[ { "file": "a.bin", "segments": [] } ]', 'dump-index'],
    ['other JSON', '{ "name": "x", "version": 1 }', 'text'],
    ['C', 'static struct ukplat_memregion_desc mrd = { .base = (void *)0x1000, .len = 1 };\n', 'c'],
    ['a GDB session', '(gdb) print 1\n$1 = 1\n', 'gdb'],
    ['GDB/MI', '1^done,value="1"\n(gdb)\n', 'gdb'],
    ['a console log', '[    0.000000] Info: [libukboot] <boot.c @  327> Initialize memory allocator...\n', 'serial-log'],
    ['one line of a console log', 'Trying 0x12000-0xa0000 0x03 \n', 'serial-log'],
    ['a .config', '#\n# Automatically generated\n#\nCONFIG_A=y\n# CONFIG_B is not set\n', 'kconfig'],
    ['a Kraftfile', 'spec: v0.6\nunikraft: stable\ntargets:\n- qemu/x86_64\n', 'kraftfile'],
    ['Intel HEX', ':020000040000FA\n:00000001FF\n', 'intel-hex'],
    ['S-records', 'S00600004844521B\nS9030000FC\n', 's-record'],
    ['Verilog hex', '@1000\n00 11 22\n', 'verilog-hex'],
    [
      'symbols',
      '0000000000100000 T _text\n                 U main\n0000000000177100 0000000000000008 B _uk_alloc_head\n',
      'symbols',
    ],
    ['prose', 'Dear reader,\nthis is a letter.\n', 'text'],
    ['blanks', ' \n\t\n', 'empty'],
    ['a mark and nothing else', '\uFEFF', 'empty'],
  ] as const) {
    it(`${what} is ${KIND_TITLES[kind]}, whatever it is called`, () => {
      for (const name of ['x', 'x.c', 'serial.log', 'Kraftfile', '.config', 'dump.bin']) {
        const found = detect(name, bytesOf(text));
        if (kind === 'text') assert.notEqual(found, 'raw');
        else assert.equal(found, kind, name);
      }
      assert.equal(detect('x', bytesOf(text)), kind);
    });
  }

  it('the name decides what the content leaves open', () => {
    assert.equal(detectText('empty.h', 'hello\n'), 'c');
    // plat/common/bootinfo.c prints the heading that a console log is known by.
    assert.equal(
      detectText('bootinfo.c', '#include <uk/print.h>\n\nvoid f(void)\n{\n\tuk_pr_info("Boot memory map:\\n");\n}\n'),
      'c',
    );
    assert.equal(detectText('new.ukboot.json', '{}'), 'memory-map');
    assert.equal(detectText('a/.config', '# nothing\n'), 'kconfig');
    assert.equal(detectText('boot.log', 'hello\n'), 'serial-log');
  });

  it('binary: nothing, gzip, ELF, memory', () => {
    assert.equal(detect('x.c', new Uint8Array()), 'empty');
    assert.equal(detect('x.c', Uint8Array.of(0x1f, 0x8b, 8)), 'gzip');
    assert.equal(detect('x.c', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1)), 'elf');
    assert.equal(detect('x.c', new Uint8Array(4096)), 'raw');
    assert.equal(
      detect(
        'x.c',
        Uint8Array.from({ length: 4096 }, (_, i) => 1 + ((i * 37) % 255)),
      ),
      'raw',
    );
  });

  for (const [pattern, kind] of [
    [/^serial\.log$/, 'serial-log'],
    [/^kconfig-full\.txt$/, 'kconfig'],
    [/^heap-calls\.json$/, 'heap-calls'],
    [/^alloc-trace\.jsonl$/, 'alloc-trace'],
    [/^gdb\//, 'gdb'],
    [/mrds-.*\.ihex$/, 'intel-hex'],
    [/mrds-.*\.srec$/, 's-record'],
    [/mrds-.*\.vmem$/, 'verilog-hex'],
    [/mrds-.*\.bin$/, 'raw'],
    [/nm-memory-symbols/, 'symbols'],
  ] as const) {
    it(`every captured ${pattern.source} is ${KIND_TITLES[kind]}`, () => {
      let seen = 0;
      for (const capture of captures) {
        const files = [
          'serial.log',
          'kconfig-full.txt',
          'heap-calls.json',
          'alloc-trace.jsonl',
          'elf/nm-memory-symbols.txt',
          ...capture.transcripts(),
          ...capture.dumps().map((d) => d.file.replace(/\.gz$/, '')),
        ];
        for (const file of files.filter((f) => pattern.test(f) && capture.has(f))) {
          assert.equal(detect('input', capture.bytes(file)), kind, `${capture.name}/${file}`);
          seen++;
        }
      }
      assert.ok(seen > 0);
    });
  }

  it('any bytes are of some kind, and regions are read from them without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 300 }).map(bytesOf)), (bytes) => {
        assert.ok(DETECTED_KINDS.includes(detect('x', bytes)));
        const map = readRegions('x', bytes);
        assert.ok(map.descriptors.length > 0 || map.problems.length > 0);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('read regions: one boot in every form', () => {
  /** `pbase len type flags` of each region. */
  const rows = (name: string, input: Uint8Array): string[] =>
    toRegions(readRegions(name, input, { release: '0.17.0', config: { CONFIG_UKPLAT_MEMRNAME: 'y' } })).regions.map((r) =>
      [r.pbase, r.vbase, r.len, BigInt(r.type), BigInt(r.flags)].map((n) => '0x' + n.toString(16)).join(' '),
    );
  const expected = REAL.facts.descriptors!.map((d) =>
    [d.pbase, d.vbase, d.len, d.type, d.flags].map((t) => '0x' + BigInt(t).toString(16)).join(' '),
  );

  for (const file of [
    'serial.log',
    'gdb/10-pre-heap.txt',
    'mem/bootinfo-pre-heap.bin',
    'mem/mrds-pre-heap.bin',
    'mem/mrds-pre-heap.ihex',
    'mem/mrds-pre-heap.srec',
  ]) {
    it(`${file} gives the regions that GDB read`, () => {
      assert.ok(REAL.has(file));
      assert.deepEqual(rows(file, REAL.bytes(file)), expected);
    });
  }

  it('examples of every kind give regions and no error', () => {
    const files = readdirSync(EXAMPLES).filter((f) => !f.startsWith('.'));
    assert.ok(files.length >= 5);
    for (const name of files) {
      const map = readRegions(name, readFileSync(join(EXAMPLES, name)));
      assert.deepEqual(
        map.problems.filter((p) => p.severity === 'error'),
        [],
        name,
      );
      assert.ok(map.descriptors.length > 0 || map.firmware !== undefined, name);
    }
  });
});

describe('read regions: what has none says so', () => {
  for (const [name, input, message] of [
    ['empty.c', '', /an empty file: it has no region descriptors/],
    ['.config', 'CONFIG_A=y\n', /a Kconfig file/],
    ['letter', 'Dear reader\n', /text of no kind that is known/],
    ['calls.json', '[{"mark":"begin"}]', /a list of heap calls/],
    [
      't.jsonl',
      '{"format":"ukboot-golden/1","allocator":"bbuddy","unikraft":"RELEASE-0.17.0","arch":"x86_64","config":{},"workload":"w","note":""}\n',
      /records no boot/,
    ],
  ] as const) {
    it(name, () => {
      const { descriptors, problems } = readRegions(name, input);
      assert.deepEqual(descriptors, []);
      assert.match(problems.at(-1)!.message, message);
    });
  }

  it('packed and binary input', () => {
    assert.match(readRegions('x.gz', Uint8Array.of(0x1f, 0x8b, 8)).problems[0]!.message, /gzip file.*Unpack/);
    const { descriptors, problems } = readRegions('x.bin', new Uint8Array(64));
    assert.deepEqual(descriptors, []);
    assert.ok(problems.some((p) => p.severity === 'error'));
  });
});

describe('text encoding', () => {
  it('UTF-8 comes back, beyond the basic plane too, and what is none becomes U+FFFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const clean = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(text));
        assert.equal(decodeUtf8(bytesOf(clean)), clean);
      }),
      { seed: 4, numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const theirs = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        assert.equal(decodeUtf8(bytes).replace(/\uFFFD+/g, '?'), theirs.replace(/\uFFFD+/g, '?'));
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it('UTF-16 with its mark, either order', () => {
    const little = Uint8Array.of(0xff, 0xfe, 0x68, 0, 0x3d, 0xd8, 0, 0xde);
    const big = Uint8Array.of(0xfe, 0xff, 0, 0x68, 0xd8, 0x3d, 0xde, 0);
    assert.equal(textOf(little), 'h😀');
    assert.equal(textOf(big), 'h😀');
  });

  it('a console log with some noise is still text', () => {
    assert.notEqual(textOf(bytesOf('hello\u001b[0m\n'.repeat(20) + '\u0001\ufffd')), undefined);
  });
});
