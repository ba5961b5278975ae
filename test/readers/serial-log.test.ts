import assert from 'node:assert/strict';
import { looksLikeSerialLog, readSerialLog } from '../../src/readers/serial-log';
import { eraOf } from '../../src/regions/eras';
import { toRegions } from '../../src/regions/regions';
import type { Release } from '../../src/regions/release';
import { captures } from '../support/captures';
import { codes, MAP_17, PREFIX, read, rows } from '../support/serial-log';

describe('serial log: real boots', () => {
  for (const capture of captures) {
    const { name, facts } = capture;
    const log = capture.text('serial.log');

    it(`${name}: release, architecture and allocator are those of the build`, () => {
      const { hints } = readSerialLog(log);
      assert.deepEqual([hints.release, hints.arch, hints.allocator], [facts.release, facts.arch, facts.allocator]);
      assert.equal(looksLikeSerialLog(log), true);
    });

    it(`${name}: the descriptors are those that GDB read, as far as the log has them`, () => {
      const map = readSerialLog(log);
      for (const d of map.descriptors) assert.equal(d.era, eraOf(facts.release));
      const mine = toRegions(map).regions.map((r) =>
        [r.pbase, r.vbase, r.len, BigInt(r.type), BigInt(r.flags & 7)].map((n) => '0x' + n.toString(16)).join(' '),
      );
      assert.equal(mine.length, map.descriptors.length);
      if (facts.descriptors === undefined) {
        assert.ok(mine.length > 0);
        return;
      }
      const theirs = facts.descriptors.map((d) => [d.pbase, d.vbase, d.len, d.type, '0x' + (Number(d.flags) & 7).toString(16)].map((t) => '0x' + BigInt(t).toString(16)).join(' ')); // prettier-ignore
      if (log.includes('Boot memory map:')) assert.deepEqual(mine, theirs);
      else
        assert.deepEqual(
          mine.filter((row) => !theirs.includes(row)),
          [],
        );
    });

    it(`${name}: no line is damaged, and no map disagrees with heap_init`, () => {
      const serious = readSerialLog(log).problems.filter((p) => p.severity !== 'info');
      assert.deepEqual(serious, []);
    });
  }
});

describe('serial log: one line in many forms', () => {
  const plain = read(MAP_17);

  for (const [what, change] of [
    ['CR LF', (l: string) => l + '\r'],
    [
      'colours',
      (l: string) => l.replace('Info:', '\u001b[32mInfo:\u001b[0m').replace('[libkvmplat]', '\u001b[1m[libkvmplat]\u001b[0m'),
    ],
    ['no time stamps', (l: string) => l.replace(/^\[ *[\d.]+\] /, '')],
    ['no source places', (l: string) => l.replace(/ <\S+ @ +\d+>/, '')],
    ['a thread and a caller', (l: string) => l.replace('Info:', 'Info: <init> {r:0x1000,f:0x2000}')],
    ['no prefix at all', (l: string) => l.replace(/^.*?> /, '')],
    ['a prefix of a container', (l: string) => 'unikraft-1  | ' + l],
    ['an application printing in front', (l: string) => 'hello, wor' + l],
    ['blanks at the end cut', (l: string) => l.trimEnd()],
  ] as const) {
    it(`reads the same map with ${what}`, () => {
      const map = read(MAP_17.map(change));
      assert.deepEqual(rows(map), rows(plain));
      assert.equal(map.hints.release, '0.17.0');
    });
  }

  it('other text between the lines does not matter', () => {
    assert.deepEqual(rows(read(MAP_17.flatMap((l) => [l, 'SeaBIOS (version 1.16)', '']))), rows(plain));
  });

  it('each field knows its place', () => {
    const { fields, where, name } = plain.descriptors[1]!;
    const line = MAP_17[3]!;
    const text = (w: { column: number; endColumn: number } | undefined): string => line.slice(w!.column, w!.endColumn);
    assert.equal(text(fields.pbase!.where), '000000100000');
    assert.equal(text(fields.len!.where), '000000100000-000000130000');
    assert.equal(fields.len!.where!.column, line.indexOf('000000100000', line.indexOf('130000 ')));
    assert.equal(text(fields.vbase!.where), '0000000000100000');
    assert.equal(text(fields.type!.where), 'krnl');
    assert.equal(text(fields.flags!.where), 'r-x');
    assert.equal(text(where), line.slice(line.indexOf('000000100000')));
    assert.equal(where!.line, 3);
    assert.equal(name, 'helloworld_qemu-x86_64');
  });

  it('a free region that is named like a type is still free', () => {
    const map = read([
      MAP_17[1]!,
      PREFIX + ' 000000012000-0000000a0000 000000012000-0000000a0000 rw- 0000000000012000  krnl',
      MAP_17[5]!,
    ]);
    assert.deepEqual(rows(map), ['12000 12000 0 8e000 8e 1 3 krnl']);
  });

  it('addresses of the kernel half, an end of 2^64, an offset', () => {
    const map = read([
      MAP_17[1]!,
      PREFIX + ' ffff800000000000-ffff800000002000 ffff800000000345-ffff800000001b45 r-- ffff800000000000 ramd initrd',
      PREFIX + ' fffffffffffff000-000000000000 fffffffffffff000-000000000000 r-- fffffffffffff000 rsvd ',
      MAP_17[5]!,
    ]);
    assert.deepEqual(rows(map), [
      'ffff800000000000 ffff800000000000 345 1800 2 8 1 initrd',
      'fffffffffffff000 fffffffffffff000 0 1000 1 2 1',
    ]);
  });

  it('types have the numbers of the release: the same map in 0.18', () => {
    const stack = PREFIX + ' 000000001000-000000011000 000000001000-000000011000 rw- 0000000000001000 stck ';
    const type = (release: Release): bigint | undefined =>
      read([MAP_17[1]!, stack, MAP_17[5]!], release).descriptors[0]!.fields.type!.value;
    assert.equal(type('0.17.0'), 0x40n);
    assert.equal(type('0.18.0'), 0x20n);
  });

  it('a type that the release does not have is reported, and its number is not guessed', () => {
    const map = read([MAP_17[1]!, ...MAP_17.slice(2)], '0.18.0');
    assert.equal(map.hints.release, '0.17.0', 'cmdl in whole pages is 0.17 only');
    const later = read(['Unikraft Helene (0.18.0)', ...MAP_17.slice(1)]);
    assert.equal(later.descriptors[2]!.fields.type!.value, undefined);
    assert.ok(codes(later).includes('warning unknown-type@4'));
  });
});

describe('serial log: without a boot memory map', () => {
  it('classic: what heap_init tried, with and without names', () => {
    const map = read([
      'Info: [libukboot] <boot.c @ 221> Initialize memory allocator...',
      'dbg:  [libukboot] <boot.c @ 224> Try memory region: 0x150000 - 0x3fd0000 (flags: 0x31, name: heap)...',
      'dbg:  [libukboot] <boot.c @ 224> Try memory region: 0x4000000 - 0x5000000 (flags: 0x31)...',
      'Info: [libukboot] <boot.c @ 264> Initialize IRQ subsystem...',
    ]);
    assert.deepEqual(rows(map), ['150000 3e80000 31 heap', '4000000 1000000 31']);
    assert.deepEqual(
      map.descriptors.map((d) => d.era),
      ['classic', 'classic'],
    );
    assert.deepEqual(codes(map), ['info no-memory-map@1']);
  });

  it('0.2 and 0.3 print the regions that they skip as well', () => {
    const map = read([
      'Skip memory region 0: 0x100000 - 0x110000 (flags: 0x6)',
      'Try  memory region 6: 0x150000 - 0x3fd0000 (flags: 0xd)...',
      '[libukboot] x',
    ]);
    assert.deepEqual(rows(map), ['100000 10000 6', '150000 3e80000 d']);
  });

  it('typed: a base of NULL, a name', () => {
    const map = read(
      ['dbg:  [libukboot] <boot.c @ 189> Trying 0-0x1000 0x03 low', 'Info: [libukboot] <boot.c @ 1> next'],
      '0.14.0',
    );
    assert.deepEqual(rows(map), ['0 0 1000 1 3 low']);
    assert.equal(map.descriptors[0]!.era, 'typed');
  });

  it('paged: offset and pages of a free region are certain', () => {
    const map = read(
      ['dbg:  [libukboot] <boot.c @ 218> Trying 0x12000-0xa0000 0x03 ', 'Info: [libukboot] <boot.c @ 1> next'],
      '0.17.0',
    );
    assert.deepEqual(rows(map), ['12000 12000 0 8e000 8e 1 3']);
  });

  it('only errors: the heap, and the region that was refused (unikraft issue 1505)', () => {
    const map = read([
      '[    0.000000] ERR:  [libukallocbbuddy] <bbuddy.c @  522> 11000: Failed to add memory region 322000-323000: Not enough space',
      '[    0.1] ERR:  [libx] y',
    ]);
    assert.deepEqual(map.descriptors.map((d) => [d.fields.vbase?.value, d.fields.len?.value]), [[0x11000n, undefined], [0x322000n, 0x1000n]]); // prettier-ignore
    assert.deepEqual(codes(map), ['info kernel-refused-region@0', 'warning few-regions@0']);
    assert.equal(map.hints.allocator, 'bbuddy');
  });

  it('only an out-of-memory message: it is said, and there is no region to show (unikraft issue 1381)', () => {
    const map = read([
      '[    2.1] ERR:  [libukallocbbuddy] <bbuddy.c @  351> 12000: Cannot handle palloc request of order 19: Out of memory',
    ]);
    assert.deepEqual(codes(map), ['info kernel-out-of-memory@0', 'error no-regions']);
    assert.match(map.problems[0]!.message, /order 19/);
  });

  it('allocators that print their length give the first region whole', () => {
    const map = read(
      [
        'Info: [libukallocregion] <region.c @  202> Initialize allocregion allocator @ 0x12000, len 581632',
        'Info: [libukboot] <boot.c @ 1> next',
      ],
      '0.17.0',
    );
    assert.deepEqual(rows(map), ['12000 12000 0 8e000 8e 1 3']);
    assert.equal(map.hints.allocator, 'region');
  });

  it('bbuddy’s blocks tell where the first region ends', () => {
    const unit = (a: string, b: string): string =>
      `dbg:  [libukallocbbuddy] <bbuddy.c @  539> 12000: Add allocate unit ${a} - ${b} (order 2)`;
    const map = read(['Info: [libukallocbbuddy] <bbuddy.c @  584> Initialize binary buddy allocator 12000', unit('14000', '18000'), unit('18000', 'a0000'), unit('181000', '182000'), '[libukboot] x'], '0.17.0'); // prettier-ignore
    assert.deepEqual(rows(map), ['12000 12000 0 8e000 8e 1 3']);
  });

  it('coalescing: duplicates, deletions and merges of regions in use', () => {
    const line = (text: string): string => `dbg:  [libkvmplat] <memory.c @  408>  ${text}`;
    const pair = 'dbg:  [libkvmplat] <memory.c @  315> Currently coalescing the following memory regions:';
    const act = (text: string): string => `dbg:  [libkvmplat] <memory.c @  1> ${text}`;
    const rsvd = (a: string, b: string): string => line(`${a}-${b} ${a}-${b} r-- 0000${a} rsvd `);
    const map = read(
      [
        act('Coalescing memory region list.'),
        ...[pair, rsvd('0000000e0000', '000000100000'), rsvd('0000000f0000', '000000100000'), act('Deleting right mrd!')],
        ...[pair, rsvd('0000000e0000', '000000100000'), rsvd('0000000e0000', '000000100000'), act('Deleting left mrd!')],
        ...[
          pair,
          rsvd('0000000e0000', '000000100000'),
          rsvd('000000100000', '000000200000'),
          act("Merging two contiguous mrd's."),
        ],
        act('Memory 00fd00000000-010000000000 outside mapped area'),
      ],
      '0.17.0',
    );
    assert.deepEqual(rows(map), ['e0000 e0000 0 120000 120 2 1']);
    assert.deepEqual(codes(map), ['warning no-free-regions@10']);
  });
});
