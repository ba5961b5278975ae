// Boot logs that are damaged, cut, doubled, or printed from random lists.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { looksLikeSerialLog, readSerialLog } from '../../src/readers/serial-log';
import { checkDescriptors } from '../../src/regions/checks';
import { ERA_PROFILES } from '../../src/regions/eras';
import { captureNamed } from '../support/captures';
import { codes, MAP_17, PREFIX, read, rows } from '../support/serial-log';

describe('serial log: damage is said', () => {
  const heapInit = [
    'Info: [libukboot] <boot.c @  327> Initialize memory allocator...',
    'dbg:  [libukboot] <boot.c @  218> Trying 0x12000-0xa0000 0x03 ',
    'Info: [libukallocbbuddy] <bbuddy.c @  584> Initialize binary buddy allocator 12000',
    'Info: [libukboot] <boot.c @  386> Initialize the IRQ subsystem...',
  ];

  it('a missing line of the map shows in what heap_init tried', () => {
    assert.deepEqual(codes(read([...MAP_17, ...heapInit])), []);
    const without = [...MAP_17.slice(0, 2), ...MAP_17.slice(3), ...heapInit];
    assert.deepEqual(codes(read(without)), ['warning differs@6']);
  });

  it('a damaged line of the map is placed', () => {
    const damaged = MAP_17.map((l, i) => (i === 3 ? l.replace('r-x', 'r?x') : l));
    assert.deepEqual(codes(read(damaged)), ['error damaged-line@3']);
  });

  it('an end that is not the one that heap_init saw', () => {
    const other = MAP_17.map((l, i) => (i === 2 ? l.replaceAll('0000000a0000', '0000000b0000') : l));
    assert.deepEqual(codes(read([...other, ...heapInit])), ['warning differs@7']);
  });

  it('a log that ends in the map, or in heap_init', () => {
    assert.deepEqual(codes(read(MAP_17.slice(0, 4))), ['warning cut-off@3']);
    assert.deepEqual(codes(read(heapInit.slice(0, 2))), ['warning cut-off@1', 'info no-memory-map@1']);
    assert.deepEqual(codes(read(MAP_17.slice(0, 2))), ['warning cut-off@1', 'error cut-off@1']);
  });

  it('several boots: the last one counts', () => {
    const second = MAP_17.map((l) => l.replaceAll('0000000a0000', '000000090000'));
    const map = read([...MAP_17, ...heapInit, ...second]);
    assert.equal(rows(map)[0], '12000 12000 0 7e000 7e 1 3');
    assert.deepEqual(codes(map), ['info several-boots@11']);
  });

  it('a log without regions says how to get them', () => {
    assert.deepEqual(codes(readSerialLog('Booting…\nhello\n')), ['error no-regions']);
    assert.match(readSerialLog('').problems[0]!.message, /CONFIG_LIBUKDEBUG_PRINTK_INFO/);
    assert.equal(looksLikeSerialLog('Booting…\nhello\n'), false);
  });

  it('wherever a real log is cut, lost regions are reported', () => {
    for (const name of [
      '0.17.0-x86_64-bbuddy-64M',
      '0.14.0-x86_64-bbuddy-64M',
      '0.17.0-arm64-bbuddy-128M',
      '0.10.0-x86_64-bbuddy-64M',
    ] as const) {
      const log = captureNamed(name).text('serial.log');
      const whole = rows(readSerialLog(log, '0.17.0'));
      fc.assert(
        fc.property(fc.nat(log.length), (at) => {
          const map = readSerialLog(log.slice(0, at), '0.17.0');
          const same = JSON.stringify(rows(map)) === JSON.stringify(whole);
          assert.ok(same || map.problems.length > 0, `${name} cut at ${at}`);
        }),
        { seed: 7, numRuns: 150 },
      );
    }
  });

  it('lines that are deleted, doubled, swapped or torn never throw', () => {
    const lines = captureNamed('0.17.0-x86_64-bbuddy-paging-64M').text('serial.log').split('\n');
    const change = fc.record({
      at: fc.nat(lines.length - 1),
      how: fc.constantFrom('delete', 'double', 'tear', 'swap', 'noise'),
      text: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const copy = [...lines];
        for (const { at, how, text } of changes) {
          const line = copy[at] ?? '';
          if (how === 'delete') copy.splice(at, 1);
          else if (how === 'double') copy.splice(at, 0, line);
          else if (how === 'tear') copy[at] = line.slice(0, line.length >> 1);
          else if (how === 'swap') copy.splice(at, 2, copy[at + 1] ?? '', line);
          else copy[at] = line.slice(0, 60) + text;
        }
        const map = readSerialLog(copy.join('\n'));
        checkDescriptors(map, '0.17.0', 'x86_64');
        for (const p of map.problems) assert.ok(p.where === undefined || p.where.line < copy.length);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('a hundred thousand lines are read without quadratic work', () => {
    const line = (i: number): string =>
      PREFIX +
      ` ${(i * 8192).toString(16).padStart(12, '0')}-${(i * 8192 + 4096).toString(16).padStart(12, '0')} 000000001000 rw- ${(i * 8192).toString(16).padStart(16, '0')}  `;
    const tried = (i: number): string =>
      `dbg:  [libukboot] <boot.c @ 189> Trying 0x${(i * 8192).toString(16)}-0x${(i * 8192 + 4096).toString(16)} 0x03 `;
    const many = Array.from({ length: 50_000 }, (_, i) => i);
    const start = performance.now();
    const map = read(
      ['Boot memory map:', ...many.map(line), '[libukboot] Initialize memory allocator...', ...many.map(tried), '[libukboot] x'],
      '0.14.0',
    );
    assert.equal(map.descriptors.length, 50_000);
    assert.ok(performance.now() - start < 10_000);
  });
});

describe('serial log: round trip', () => {
  it('a list printed as the kernel prints it comes back (0.12 to 0.21)', () => {
    const region = fc.record({
      page: fc.nat(0xfffff),
      pages: fc.integer({ min: 1, max: 0xffff }),
      off: fc.nat(4095),
      type: fc.nat(6),
      flags: fc.nat(7),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...ERA_PROFILES.filter((p) => p.era !== 'classic')),
        fc.array(region, { minLength: 1, maxLength: 12 }),
        (profile, list) => {
          const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');
          const expected: string[] = [];
          const lines = list.map(({ page, pages, off, type, flags }) => {
            const t = profile.types[type]!;
            const [start, end] = [page * 4096, (page + pages) * 4096];
            const rwx = (flags & 1 ? 'r' : '-') + (flags & 2 ? 'w' : '-') + (flags & 4 ? 'x' : '-');
            const tail = `${rwx} ${hex(start, 16)} ${t.printed} `;
            if (profile.era === 'typed') {
              expected.push([start, start, end - start, t.bit, flags].map((n) => n.toString(16)).join(' '));
              return PREFIX + ` ${hex(start, 12)}-${hex(end, 12)} ${hex(end - start, 12)} ${tail}`;
            }
            expected.push([start, start, off, end - start - off, pages, t.bit, flags].map((n) => n.toString(16)).join(' '));
            return PREFIX + ` ${hex(start, 12)}-${hex(end, 12)} ${hex(start + off, 12)}-${hex(end, 12)} ${tail}`;
          });
          const map = read([`Unikraft (${profile.from})`, 'Boot memory map:', ...lines, '[libukboot] x']);
          assert.deepEqual(rows(map), expected);
          assert.equal(map.hints.release, profile.from);
        },
      ),
      { seed: 9, numRuns: 200 },
    );
  });
});
