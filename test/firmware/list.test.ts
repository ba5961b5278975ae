// The list operations by themselves: results, places, what coalescing gets wrong, and what differs between releases.

import assert from 'node:assert/strict';
import { alloc } from '../../src/firmware/alloc';
import { buildList } from '../../src/firmware/build';
import { ListBuilder, regionAt, Stopped } from '../../src/firmware/builder';
import { coalesce } from '../../src/firmware/coalesce';
import { insert, insertSplit } from '../../src/firmware/insert';
import { memInit } from '../../src/firmware/mem-init';
import type { FirmwareMap } from '../../src/regions/firmware-map';
import type { Config, Release } from '../../src/regions/release';

const NOTHING: FirmwareMap = { protocol: 'multiboot', entries: [], kernel: [], modules: [], devices: [], image: 'app' };
const [FREE, RESERVED, KERNEL, INITRD] = [1, 2, 4, 8];
const RW = 3;

function listFor(release: Release, config: Config = {}): ListBuilder {
  return new ListBuilder(NOTHING, { release, arch: 'x86_64', config });
}

function add(list: ListBuilder, base: bigint, len: bigint, type = FREE, flags = RW): bigint {
  const source = list.source({ kind: 'given', label: 'x', base, end: base + len });
  const region = regionAt(list.profile, base, len, type, flags);
  return insert(list, 'test', region, len > 0n ? [{ source, base, end: base + len }] : []);
}

/** `1000+8000 free` */
const rows = (list: ListBuilder): string[] =>
  list.items.map(({ region: r }) => `${r.pbase.toString(16)}+${r.len.toString(16)} ${String(r.type)}`);

const stopOf = (act: () => unknown): string => {
  try {
    act();
  } catch (problem) {
    if (problem instanceof Stopped) return `${problem.stop.kind}: ${problem.stop.message}`;
    throw problem;
  }
  return 'goes on';
};

describe('insert', () => {
  it('keeps what does not overlap by address, and answers the index', () => {
    const list = listFor('0.17.0');
    assert.deepEqual([add(list, 0x5000n, 0x1000n), add(list, 0x1000n, 0x1000n), add(list, 0x3000n, 0x1000n)], [0n, 0n, 1n]);
    assert.deepEqual(rows(list), ['1000+1000 1', '3000+1000 1', '5000+1000 1']);
  });

  it('a region that overlaps everything moves to the front', () => {
    const list = listFor('0.17.0');
    add(list, 0x1000n, 0x1000n);
    add(list, 0x3000n, 0x1000n);
    assert.equal(add(list, 0x3800n, 0x8000n), 1n);
    assert.equal(add(list, 0n, 0x10000n), 0n);
  });

  it('refuses a length of 0 from 0.15 on, and what does not fit', () => {
    assert.equal(add(listFor('0.15.0'), 0x1000n, 0n), -22n);
    assert.equal(add(listFor('0.14.0'), 0x1000n, 0n), 0n);
    const list = listFor('0.17.0', { CONFIG_UKPLAT_MEMREGION_MAX_COUNT: '2' });
    assert.deepEqual([add(list, 0n, 1n), add(list, 0x1000n, 1n), add(list, 0x2000n, 1n)], [0n, 1n, -12n]);
    assert.equal(listFor('0.12.0').capacity, 32);
    assert.equal(listFor('0.17.0').capacity, 128);
  });

  it('insert_split goes around what is there, and drops parts below a page', () => {
    const list = listFor('0.13.0');
    add(list, 0x2800n, 0x1000n, KERNEL);
    add(list, 0x6000n, 0x1000n, INITRD);
    const source = list.source({ kind: 'given', label: 'x', base: 0x2000n, end: 0x9000n });
    const region = regionAt(list.profile, 0x2000n, 0x7000n, FREE, RW);
    assert.equal(insertSplit(list, 'test', region, [{ source, base: 0x2000n, end: 0x9000n }], 4096n, []), 0n);
    assert.deepEqual(rows(list), ['2800+1000 4', '3800+2800 1', '6000+1000 8', '7000+2000 1']);
  });
});

describe('coalesce', () => {
  const outcomes = (list: ListBuilder): string[] =>
    list
      .result(undefined)
      .calls.at(-1)!
      .steps.flatMap((s) => s.pair?.outcome ?? []);

  it('0.14: overlap of one priority with other flags is an error, from 0.15 on an assertion', () => {
    const with14 = listFor('0.14.0');
    add(with14, 0x1000n, 0x2000n, FREE, RW);
    add(with14, 0x2000n, 0x2000n, FREE, 1);
    assert.equal(coalesce(with14, 'test'), -22n);
    const with15 = listFor('0.15.0');
    add(with15, 0x1000n, 0x2000n, FREE, RW);
    add(with15, 0x2000n, 0x2000n, FREE, 1);
    assert.equal(
      stopOf(() => coalesce(with15, 'test')),
      'assert: ml->flags == mr->flags',
    );
  });

  it('two overlapping free regions: the whole second one is lost, and said to be', () => {
    const list = listFor('0.17.0');
    add(list, 0x1000n, 0x4000n);
    add(list, 0x3000n, 0x8000n);
    assert.equal(coalesce(list, 'test'), 0n);
    assert.deepEqual(rows(list), ['1000+2000 1']);
    const { lost } = list.result(undefined);
    assert.deepEqual(
      lost.map((l) => [l.reason, l.base, l.end]),
      [
        ['merge-defect', 0x3000n, 0x5000n],
        ['merge-defect', 0x3000n, 0xb000n],
      ],
    );
    assert.deepEqual(outcomes(list), ['merge-overlapping']);
  });

  it('0.14 puts a rest of length 0 into the list, 0.15 does not', () => {
    for (const [release, count] of [
      ['0.14.0', 3],
      ['0.15.0', 2],
    ] as const) {
      const list = listFor(release);
      add(list, 0x1000n, 0x4000n);
      add(list, 0x3000n, 0x2000n, RESERVED);
      coalesce(list, 'test');
      assert.equal(list.items.length, count, release);
    }
  });

  it('0.17: the image must not overlap the initial RAM disk', () => {
    const list = listFor('0.17.0');
    add(list, 0x1000n, 0x4000n, KERNEL);
    add(list, 0x3000n, 0x4000n, INITRD);
    assert.equal(
      stopOf(() => coalesce(list, 'test')),
      'assert: ml_prio != MRD_PRIO_KRNL_RSRC',
    );
  });

  it('a type that is none is asserted away from 0.15 on', () => {
    const list = listFor('0.16.0');
    add(list, 0x1000n, 0x1000n, 0);
    add(list, 0x3000n, 0x1000n);
    assert.equal(
      stopOf(() => coalesce(list, 'test')),
      'assert: ml_prio >= 0',
    );
  });
});

describe('alloc', () => {
  it('takes from the start of the lowest free region; an exact fit is retyped with the length asked for', () => {
    const list = listFor('0.17.0');
    add(list, 0x1000n, 0x2000n);
    add(list, 0x8000n, 0x10000n);
    const request = { type: 'STACK', flags: RW, caller: 'test', what: 'stack' };
    assert.equal(alloc(list, { ...request, size: 0x11n }), 0x1000n);
    assert.equal(alloc(list, { ...request, size: 0x11n }), 0x2000n);
    assert.equal(alloc(list, { ...request, size: 0x10001n }), 0n);
    assert.equal(alloc(list, { ...request, size: 0x3000n }), 0x8000n);
    assert.deepEqual(rows(list), ['1000+11 64', '2000+11 64', '8000+3000 64', 'b000+d000 1']);
    assert.deepEqual(
      list.items.map((i) => i.carved),
      ['stack', 'stack', 'stack', undefined],
    );
  });

  it('0.14 rounds the length and maps what it gives', () => {
    const list = listFor('0.14.0');
    add(list, 0x1800n, 0x4000n);
    assert.equal(alloc(list, { type: 'KERNEL', size: 0x11n, flags: RW, caller: 'test', what: 'line' }), 0x2000n);
    assert.deepEqual(rows(list), ['2000+1000 4', '3000+2800 1']);
    assert.equal(list.items[0]!.region.flags, RW | 0x20);
    assert.deepEqual(
      list.result(undefined).lost.map((l) => [l.reason, l.base, l.end]),
      [['rounding', 0x1800n, 0x2000n]],
    );
  });

  it('gives up at the first free region that is not read-write', () => {
    const list = listFor('0.17.0');
    add(list, 0x1000n, 0x2000n, FREE, 1);
    add(list, 0x8000n, 0x2000n);
    assert.equal(alloc(list, { type: 'STACK', size: 1n, flags: RW, caller: 'test', what: 'stack' }), 0n);
  });
});

describe('mem_init', () => {
  it('cuts what crosses 4 GiB, deletes free memory above, and keeps reserved memory there', () => {
    const list = listFor('0.17.0');
    add(list, 0xfff00000n, 0x300000n);
    add(list, 0x140000000n, 0x1000n);
    add(list, 0x150000000n, 0x1000n, RESERVED);
    assert.equal(memInit(list, 'test'), 0n);
    assert.deepEqual(rows(list), ['fff00000+100000 1', '150000000+1000 2']);
    const { calls } = list.result(undefined);
    assert.deepEqual(
      calls.at(-1)!.steps.flatMap((s) => s.lines.map((l) => l.text)),
      [
        'Memory 000150000000-000150001000 outside mapped area',
        'Memory 000140000000-000140001000 outside mapped area',
        'Memory 000100000000-000100200000 outside mapped area',
      ],
    );
  });

  it('with paging free memory goes to the frame allocator', () => {
    const list = listFor('0.17.0', { CONFIG_HAVE_PAGING: 'y' });
    add(list, 0x140000000n, 0x1000n);
    memInit(list, 'test');
    assert.deepEqual([list.items[0]!.region.vbase, list.items[0]!.region.flags], [(1n << 64n) - 1n, 0]);
  });
});

describe('a boot that stops', () => {
  const kernel = [{ base: 0x100000n, len: 0x1000n, name: 'app', permissions: 7 }];

  it('Linux boot without the address of a command line', () => {
    const map: FirmwareMap = { ...NOTHING, protocol: 'lxboot', kernel, cmdline: { base: 0n, len: 4n } };
    assert.equal(buildList(map, { release: '0.17.0', arch: 'x86_64', config: {} }).stop?.message, 'Command line address is zero');
  });

  it('arm64 image outside of its bank', () => {
    const entries = [{ base: 0x40000000n, len: 0x1000000n, kind: 'usable', type: 'memory' }] as const;
    const run = buildList(
      { ...NOTHING, protocol: 'devicetree', kernel, entries },
      { release: '0.17.0', arch: 'arm64', config: {} },
    );
    assert.deepEqual(run.stop, { kind: 'crash', message: 'Image outside of RAM' });
    assert.deepEqual(
      run.lost.map((l) => l.reason),
      ['not-looked-at'],
    );
  });

  it('a classic kernel without memory at 1 MiB', () => {
    const run = buildList({ ...NOTHING, kernel }, { release: '0.10.0', arch: 'x86_64', config: {} });
    assert.equal(run.stop?.message, 'offset < mi->mmap_length');
  });

  it('no room for the stack', () => {
    const entries = [{ base: 0x1000n, len: 0x2000n, kind: 'usable', type: '1' }] as const;
    const run = buildList({ ...NOTHING, kernel, entries }, { release: '0.17.0', arch: 'x86_64', config: {} });
    assert.equal(run.stop?.message, 'Boot stack alloc failed');
  });
});
