import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Descriptor } from '../../src/regions/descriptor';
import { gdbDescriptors, looksLikeGdb, parseGdbSession, readGdbMemory, readGdbText } from '../../src/readers/gdb-text';
import { captureNamed, captures, type Capture } from '../support/captures';

const FIELDS = ['pbase', 'vbase', 'len', 'type', 'flags'] as const;

/** The five fields that capture.json has, as text. */
function facts(descriptors: readonly Descriptor[]): string[] {
  return descriptors.map((d) => FIELDS.map((f) => '0x' + (d.fields[f]?.value?.toString(16) ?? '?')).join(' '));
}

function expected(capture: Capture): string[] {
  return capture.facts.descriptors!.map((d) => FIELDS.map((f) => '0x' + BigInt(d[f]).toString(16)).join(' '));
}

/** The text at a range, lines joined. */
function at(text: string, where: { line: number; column: number; endLine: number; endColumn: number }): string {
  const lines = text.split('\n').slice(where.line, where.endLine + 1);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, where.endColumn);
  return lines.join('\n').slice(where.column);
}

const typed = captures.filter((c) => c.facts.descriptors !== undefined);

describe('gdb text: captured sessions', () => {
  for (const capture of typed) {
    const text = capture.text('gdb/10-pre-heap.txt');
    it(`${capture.name}: the whole session gives the captured descriptors`, () => {
      const map = readGdbText(text);
      assert.deepEqual(facts(map.descriptors), expected(capture));
      assert.deepEqual(
        map.problems.map((p) => p.code),
        ['several-printings'],
      );
      assert.equal(map.hints.release, capture.facts.release);
      assert.equal(map.hints.arch, capture.facts.arch);
    });

    it(`${capture.name}: each printing by itself, with nothing else known, gives its descriptors`, () => {
      const all = expected(capture);
      let whole = 0;
      for (const [command, output] of commandsOf(text)) {
        const first = /mrds\[(\d+)\](?:@(\d+|.*count))?$/.exec(command);
        if (!/^(?:p|print|output)/.test(command) || first === null || command.includes('&')) continue;
        const map = readGdbText(`(gdb) ${command}\n${output}`);
        const from = Number(first[1]);
        const many = first[2] === undefined ? 1 : /^\d/.test(first[2]) ? Number(first[2]) : all.length;
        const cut = output.includes('...');
        assert.deepEqual(facts(map.descriptors), all.slice(from, from + (cut ? 4 : many)), command);
        assert.deepEqual(
          map.problems.map((p) => p.code),
          cut ? ['elided'] : [],
          command,
        );
        if (many === all.length && !cut) whole++;
        // And without the command, as pasted output.
        assert.deepEqual(facts(readGdbText(output).descriptors), facts(map.descriptors), command);
      }
      assert.equal(whole, 6);
    });

    it(`${capture.name}: dumps of the bootinfo and of the array decode to the captured descriptors`, () => {
      const all = expected(capture);
      const { release } = capture.facts;
      for (const [command, output] of commandsOf(text)) {
        const bootinfo = /^x\/\d+gx bi_bootinfo$/.test(command);
        if (!bootinfo && !/^x\/\d+x[wbh] .*mrds$/.test(command)) continue;
        for (const options of [{}, { release }]) {
          const map = readGdbText(`(gdb) ${command}\n${output}`, options);
          const size = capture.facts.descriptorSize!;
          const inDump = bootinfo ? all.length : Math.min(all.length, Math.floor(bytesShown(command) / size));
          assert.deepEqual(facts(map.descriptors), all.slice(0, inDump), command);
          assert.ok(
            map.descriptors.every((d) => d.fields.pg_count !== undefined || capture.facts.release < '0.17'),
            command,
          );
          assert.deepEqual(
            map.problems.map((p) => p.code),
            ['layout-guessed'],
            command,
          );
        }
      }
    });

    it(`${capture.name}: printf rows give what they print`, () => {
      const found = commandsOf(text).find(([command]) => command.startsWith('while'))!;
      const map = readGdbText(`(gdb) ${found[0]}\n${found[1]}`);
      assert.deepEqual(facts(map.descriptors), expected(capture));
      assert.deepEqual(map.problems, []);
    });

    it(`${capture.name}: every range points at what was read`, () => {
      for (const descriptor of gdbDescriptors(text)) {
        for (const field of Object.values(descriptor.fields)) {
          const there = at(text, field.where!);
          // Fields of a dump are read from words that may hold more than the field.
          if (!there.startsWith(field.text)) assert.ok(/^(?:0x)?[0-9a-f]+/.test(there) && field.text.startsWith('0x'), there);
        }
      }
    });
  }

  for (const [file, name] of [
    ['gdb/width80.txt', 'wrapped at 80 columns'],
    ['gdb/terminal-colour.txt', 'from a colour terminal'],
  ] as const) {
    it(`a session ${name} reads the same`, () => {
      const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
      const text = capture.text(file);
      const map = readGdbText(text);
      assert.deepEqual(facts(map.descriptors), expected(capture));
      assert.ok(map.problems.every((p) => p.code === 'several-printings'));
      assert.equal(map.descriptors[5]?.name, 'helloworld_qemu-x86_64');
      const where = map.descriptors[5].fields.len!.where!;
      assert.equal(at(text, where), map.descriptors[5].fields.len!.text);
    });
  }

  for (const capture of captures.filter((c) => c.has('gdb/mi.txt'))) {
    it(`${capture.name}: the MI session gives the captured descriptors, error replies and all`, () => {
      const map = readGdbText(capture.text('gdb/mi.txt'));
      if (capture.facts.descriptors === undefined)
        assert.deepEqual(
          map.problems.map((p) => p.code),
          ['no-descriptors'],
        );
      else assert.deepEqual(facts(map.descriptors), expected(capture));
    });
  }

  it('classic: one descriptor a call, printed twice, refused calls left out', () => {
    const map = readGdbText(captureNamed('0.10.0-x86_64-bbuddy-64M').text('gdb/10-pre-heap.txt'));
    assert.deepEqual(
      map.descriptors.map((d) => [d.name, d.fields.base?.value, d.fields.len?.value, d.fields.flags?.value]),
      [
        ['text', 0x100000n, 0x1dd8dn, 0x52n],
        ['eh_frame', 0x11e000n, 0n, 0x12n],
        ['eh_frame_hdr', 0x11e000n, 0n, 0x12n],
        ['rodata', 0x11f000n, 0x3c84n, 0x12n],
        ['ctors', 0x122c88n, 0n, 0x12n],
        ['data', 0x123000n, 0x150n, 0x32n],
        ['bss', 0x124000n, 0x2c000n, 0x32n],
        ['heap', 0x150000n, 0x3e80000n, 0x31n],
        ['bstack', 0x3fd0000n, 0x10000n, 0x32n],
      ],
    );
    assert.deepEqual(map.problems, []);
    assert.deepEqual(map.hints, { release: '0.10.0', arch: 'x86_64', config: { CONFIG_UKPLAT_MEMRNAME: 'y' } });
  });

  it('symbols after the heap is there tell the allocator', () => {
    for (const capture of captures) {
      const { hints } = readGdbText(capture.text('gdb/20-post-heap.txt'));
      assert.equal(hints.allocator, capture.facts.allocator, capture.name);
    }
  });

  it('the shipped example holds the same list', () => {
    const text = readFileSync(join(__dirname, '../../examples/gdb-0.17.0-x86_64-bbuddy.txt'), 'utf8');
    assert.deepEqual(facts(readGdbText(text).descriptors), expected(captureNamed('0.17.0-x86_64-bbuddy-64M')));
  });
});

/** Commands of a plain transcript with their output: a cut at prompts that owes nothing to the reader under test. */
function commandsOf(text: string): [command: string, output: string][] {
  return text
    .split(/^\(gdb\) /m)
    .slice(1)
    .map((part) => {
      const newline = part.indexOf('\n');
      return [part.slice(0, newline), part.slice(newline + 1)];
    });
}

/** `x/160xb` → 160 */
function bytesShown(command: string): number {
  const [, count, unit] = /^x\/(\d+)x([bhw])/.exec(command)!;
  return Number(count) * { b: 1, h: 2, w: 4 }[unit as 'b' | 'h' | 'w'];
}

describe('gdb text: what people paste', () => {
  const A = '{pbase = 0x1000, vbase = 0x1000, pg_off = 0x0, len = 0x18, pg_count = 0x1, type = 0x4, flags = 0x3}';
  const B = '{pbase = 0x2000, vbase = 0x2000, pg_off = 0x0, len = 0x10000, pg_count = 0x10, type = 0x40, flags = 0x3}';
  const C = '{pbase = 0x12000, vbase = 0x12000, pg_off = 0x0, len = 0x8e000, pg_count = 0x8e, type = 0x1, flags = 0x3}';

  /** Starts of the descriptors found, and the codes of the problems. */
  function read(text: string): [string, string[]] {
    const map = readGdbText(text);
    return [
      map.descriptors.map((d) => (d.fields.pbase ?? d.fields.base)!.value!.toString(16)).join(' '),
      map.problems.map((p) => p.code),
    ];
  }

  const cases: [name: string, text: string, starts: string, codes: string[]][] = [
    ['bare output', `{${A}, ${B}}`, '1000 2000', []],
    ['one by one, by index, out of order', `(gdb) p mrds[1]\n$1 = ${B}\n(gdb) p mrds[0]\n$2 = ${A}`, '1000 2000', []],
    ['one by one without a command', `$1 = ${A}\n$2 = ${B}\n`, '1000 2000', []],
    ['one, in two formats', `(gdb) p *d\n$1 = ${A}\n(gdb) p/x *d\n$2 = ${A}`, '1000', []],
    ['one twice without a command', `$1 = ${A}\n$2 = ${A}\n`, '1000 1000', []],
    [
      'the last complete printing counts',
      `$1 = {${A}, ${B}}\n$2 = {${B}, ${C}}\n$3 = {${A}}\n`,
      '2000 12000',
      ['several-printings'],
    ],
    [
      'the count tells a part from the whole',
      `(gdb) p m.mrds.count\n$1 = 3\n(gdb) p m.mrds[0]@2\n$2 = {${A}, ${B}}`,
      '1000 2000',
      ['incomplete'],
    ],
    ['elided', `$1 = {${A}, ${B}...}`, '1000 2000', ['elided']],
    ['equal descriptors repeat', `$1 = {${A} <repeats 3 times>, ${B}}`, '1000 1000 1000 2000', []],
    ['cut in a descriptor', `$1 = {${A}, ${B.slice(0, 40)}`, '1000', ['cut-off']],
    ['cut in a number', `$1 = {${A}, {pbase = 0x2`, '1000', ['cut-off']],
    ['cut by a prompt', `$1 = {${A}, {pbase = 0x2000, vbase =\n(gdb) print 1\n$2 = 1\n`, '1000', ['cut-off']],
    ['cut before the first', '(gdb) p bi_bootinfo->mrds.mrds[0]@3\n$1 = {{pbase = 0x1000, vb', '', ['cut-off']],
    ['cut after an older whole one', `$1 = {${A}, ${B}}\n$2 = {${A}, ${B.slice(0, 30)}`, '1000 2000', ['cut-off']],
    ['foreign text inside', `$1 = {${A}, [... 3 more lines not recorded ...] ${B}}`, '1000', ['cut-off']],
    ['display', `1: /x *d = ${A}\n2: x = 3\n`, '1000', []],
    ['finish', `Run till exit\nValue returned is $1 = ${A}\n`, '1000', []],
    ['info locals', `desc = ${A}\ni = 3\n`, '1000', []],
    ['VS Code debug console', `-exec p/x list[0]@2\n$1 = {${A}, ${B}}\n`, '1000 2000', []],
    ['a prompt of its own', `pwndbg> p/x list\n$1 = {${A}}\n`, '1000', []],
    ['Windows line ends', `(gdb) p list\r\n$1 = {${A}, \r\n  ${B}}\r\n(gdb) \r\n`, '1000 2000', []],
    ['MI without sent lines', `^done,value="{${A}, ${B}}"\n(gdb) \n`, '1000 2000', []],
    [
      'engine log',
      `1: (1039) <-1012-data-evaluate-expression "l"\n1: (1043) ->1012^done,value="{${A}}"\n1: (1043) ->(gdb)\n`,
      '1000',
      [],
    ],
    ['nothing', '(gdb) print 1\n$1 = 1\n', '', ['no-descriptors']],
    ['no text', '', '', ['no-descriptors']],
  ];
  for (const [name, text, starts, codes] of cases) {
    it(name, () => assert.deepEqual(read(text), [starts, codes]));
  }

  it('enum and flag names are numbers where the release knows them', () => {
    const text =
      '$1 = {pbase = 4096, vbase = 4096, len = 4096, type = UKPLAT_MEMRT_FREE, flags = (UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE | unknown: 0x40)}';
    const { fields } = readGdbText(text).descriptors[0]!;
    assert.deepEqual([fields.type?.value, fields.flags?.value], [1n, 0x43n]);
    const strange = readGdbText(text.replace('UKPLAT_MEMRT_FREE', 'SOMETHING')).descriptors[0]!;
    assert.equal(strange.fields.type?.value, undefined);
    assert.equal(strange.fields.type?.text, 'SOMETHING');
  });

  it('formats: octal, binary, characters, a negative offset', () => {
    const octal = readGdbText('(gdb) p/o d\n$1 = {pbase = 010000, vbase = 010000, len = 01000, type = 01, flags = 03}')
      .descriptors[0]!;
    assert.deepEqual([octal.fields.pbase?.value, octal.fields.len?.value], [4096n, 512n]);
    const binary = readGdbText('(gdb) p/t d\n$1 = {pbase = 1000000000000, vbase = 0, len = 110, type = 1, flags = 11}')
      .descriptors[0]!;
    assert.deepEqual([binary.fields.pbase?.value, binary.fields.flags?.value], [4096n, 3n]);
    const odd = readGdbText("$1 = {pbase = 4096, vbase = -1, pg_off = -16, len = 1, pg_count = 1, type = 1 '\\001', flags = 3}")
      .descriptors[0]!;
    assert.deepEqual(
      [odd.fields.vbase?.value, odd.fields.pg_off?.value, odd.fields.type?.value],
      [2n ** 64n - 1n, 2n ** 64n - 16n, 1n],
    );
  });

  it('the problem of an elided list says how many are missing, and where', () => {
    const text = `(gdb) p m.mrds.count\n$1 = 15\n(gdb) p m.mrds[0]@15\n$2 = {${A}, ${B}...}\n`;
    const [problem] = readGdbText(text).problems;
    assert.match(problem!.message, /2 descriptors of 15 printed: 13 missing; .*set print elements unlimited/);
    assert.equal(problem!.where?.line, 3);
  });

  it('a printing that disagrees with the one taken is named', () => {
    const changed = A.replaceAll('0x1000', '0x5000');
    const [problem] = readGdbText(`$1 = {${A}, ${B}}\n$2 = {${changed}, ${B}}\n`).problems;
    assert.equal(problem!.severity, 'warning');
    assert.match(problem!.message, /taken is line 2, but line 1 say.* region 0/);
  });

  it('what the last printing leaves out comes from one that agrees', () => {
    const named = A.replace('}', ', name = "a", \'\\000\' <repeats 34 times>}');
    const [descriptor] = readGdbText(`$1 = {${named}}\n(gdb) printf "%lx %lx\\n", d.pbase, d.len\n1000 18\n`).descriptors;
    assert.equal(descriptor?.name, 'a');
    assert.equal(descriptor.fields.pg_count?.value, 1n);
  });

  it('a session is its commands and their values', () => {
    const { commands } = parseGdbSession(
      '(gdb) print heap\n$1 = (struct uk_alloc *) 0x12000\n(gdb) print &bi_bootinfo\n$2 = (struct ukplat_bootinfo **) 0x142000 <bi_bootinfo>\n',
    );
    assert.deepEqual(
      commands.map((c) => c.text),
      ['print heap', 'print &bi_bootinfo'],
    );
    const values = commands.map((c) => c.values[0]!.value);
    assert.deepEqual(
      values.map((v) => v.kind === 'number' && [v.value, v.type, v.symbol]),
      [
        [0x12000n, 'struct uk_alloc *', undefined],
        [0x142000n, 'struct ukplat_bootinfo **', 'bi_bootinfo'],
      ],
    );
  });

  it('a dump that shows fewer words than it was asked for is cut', () => {
    const text = captureNamed('0.17.0-x86_64-bbuddy-64M').text('gdb/10-pre-heap.txt');
    const rows = /x\/160xb .*\n(?:0x.*\n){16}/.exec(text)![0];
    const map = readGdbText('(gdb) ' + rows, { release: '0.17.0', config: { CONFIG_UKPLAT_MEMRNAME: 'y' } });
    assert.equal(map.descriptors.length, 1);
    assert.deepEqual(
      map.problems.map((p) => [p.code, p.where?.line]),
      [['cut-off', 16]],
    );
  });

  it('all memory that a session shows is one image', () => {
    const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
    const bootinfo = capture.bytes('mem/bootinfo-pre-heap.bin');
    const { image, problems } = readGdbMemory(capture.text('gdb/10-pre-heap.txt'));
    assert.deepEqual(problems, []);
    assert.deepEqual(image.reader().bytes(0x142240n, bootinfo.length), Uint8Array.from(bootinfo));
    const mi = readGdbMemory(capture.text('gdb/mi.txt')).image.reader();
    assert.equal(mi.u64(0x12070n), 0x3eean);
    assert.deepEqual(
      readGdbMemory('').problems.map((p) => p.code),
      ['no-memory'],
    );
  });

  it('looks like GDB, or not', () => {
    assert.equal(looksLikeGdb('(gdb) x\n'), 1);
    assert.equal(looksLikeGdb(captureNamed('0.17.0-x86_64-bbuddy-64M').text('gdb/terminal-colour.txt')), 1);
    assert.equal(looksLikeGdb(captureNamed('0.17.0-x86_64-bbuddy-64M').text('gdb/mi.txt')), 1);
    assert.ok(looksLikeGdb(`{${A}}`) > 0.5);
    for (const capture of captures) assert.equal(looksLikeGdb(capture.text('serial.log')), 0, capture.name);
    assert.equal(looksLikeGdb('static struct ukplat_memregion_desc d = { .pbase = 0x1000 };'), 0);
  });
});
