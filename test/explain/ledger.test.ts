// The ledger: whatever the list, the entries add up to what its regions cover.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ledgerOf, type Ledger } from '../../src/explain/ledger';
import type { LedgerKind } from '../../src/explain/ledger-kinds';
import { ledgerRows } from '../../src/explain/ledger-text';
import { parseTraceSource } from '../support/boot-trace';
import { readGdbText } from '../../src/readers/gdb-text';
import { readInput } from '../../src/readers/input';
import { ALLOCATOR_IDS } from '../../src/regions/allocator-id';
import type { Descriptor, RegionMap } from '../../src/regions/descriptor';
import { toRegions } from '../../src/regions/regions';
import type { Config, Release } from '../../src/regions/release';
import { assume, known } from '../../src/timeline/choices';
import { cannotSimulate, Simulation } from '../../src/timeline/simulation';
import type { SimulationInput } from '../../src/timeline/types';
import { captures } from '../support/captures';
import { configOf } from '../support/config';
import { goldenTraces, traceText } from '../support/golden';
import { classic, mapOf, paged, typed } from '../support/maps';

const EXAMPLES = join(__dirname, '../../examples');

/** Bytes that regions cover, by merging their sorted extents: another way than the ledger's. */
function covered(map: RegionMap): bigint {
  const extents = toRegions(map)
    .regions.filter((r) => map.descriptors[r.index]!.era === 'classic' || r.type !== 0)
    .flatMap((r) => {
      const off = r.pgOff > 0n && r.pgOff < 4096n ? r.pgOff : 0n;
      const bytes = { base: r.pbase + off, end: r.pbase + off + r.len };
      return map.descriptors[r.index]!.era === 'paged' ? [bytes, { base: r.pbase, end: r.pbase + r.pgCount * 4096n }] : [bytes];
    })
    .sort((a, b) => (a.base < b.base ? -1 : 1));
  let total = 0n;
  let top = 0n;
  for (const { base, end: last } of extents) {
    const end = last > 1n << 64n ? 1n << 64n : last;
    const from = base > top ? base : top;
    if (end > from) total += end - from;
    if (end > top) top = end;
  }
  return total;
}

/** Bytes that the entries of a firmware's map cover, where there is one. */
function reported({ firmware }: RegionMap): bigint | undefined {
  if (firmware === undefined) return undefined;
  let total = 0n;
  let top = 0n;
  for (const { base, len } of [...firmware.entries].sort((a, b) => (a.base < b.base ? -1 : 1))) {
    const from = base > top ? base : top;
    if (base + len > from) total += base + len - from;
    if (base + len > top) top = base + len;
  }
  return total;
}

function holds(input: SimulationInput): Ledger {
  const simulation = Simulation.create(input);
  const ledger = ledgerOf(simulation);
  const sum = ledger.entries.reduce((all, e) => all + e.bytes, 0n);
  assert.equal(sum, ledger.total, 'the entries add up');
  assert.equal(ledger.total, reported(input.map) ?? covered(input.map), 'to what the firmware reports, or the regions cover');
  assert.ok(ledger.entries.every((e) => e.bytes > 0n));
  return ledger;
}

function bytesOf(ledger: Ledger, kind: LedgerKind): bigint {
  return ledger.entries.find((e) => e.kind === kind)?.bytes ?? 0n;
}

const COMMON = { arch: 'x86_64', workload: [], after: false } as const;

describe('ledger: adds up', () => {
  const length = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((n) => n * 4096),
    fc.integer({ min: 0, max: 600_000 }),
  );
  const place = fc.record({
    at: fc.integer({ min: 1, max: 400 }),
    off: fc.constantFrom(0, 0, 0, 1, 0x17, 4095),
    len: length,
    type: fc.constantFrom(1, 1, 1, 2, 4, 8, 0x10, 0x40, 0),
  });
  const eras: readonly (readonly [Release, (p: { at: number; off: number; len: number; type: number }) => Descriptor])[] = [
    [
      '0.10.0',
      (p) => classic(BigInt(p.at * 4096 + p.off), BigInt(p.len), p.type === 1 ? 0x31 : 0x12, p.type === 4 ? 'text' : 'x'),
    ],
    ['0.14.0', (p) => typed(BigInt(p.at * 4096 + p.off), BigInt(p.len), p.type)],
    ['0.17.0', (p) => paged(BigInt(p.at * 4096), BigInt(p.type === 1 ? p.len & -4096 : p.len), p.type)],
  ];
  for (const [release, make] of eras) {
    it(`${release}: random lists, overlapping ones too, with every allocator`, () => {
      fc.assert(
        fc.property(fc.array(place, { maxLength: 8 }), fc.constantFrom(...ALLOCATOR_IDS), (places, allocator) => {
          if (cannotSimulate({ allocator, release }) !== undefined) return;
          holds({ ...COMMON, map: mapOf(...places.map(make)), release, allocator, config: {} });
        }),
        { seed: 7, numRuns: 60 },
      );
    });
  }

  it('random lists with paging and ukvmem', () => {
    const configs: readonly Config[] = [{ CONFIG_PAGING: 'y' }, { CONFIG_PAGING: 'y', CONFIG_LIBUKVMEM: 'y' }];
    fc.assert(
      fc.property(fc.array(place, { maxLength: 6 }), fc.constantFrom(...configs), (places, config) => {
        const list = places.map((p) => paged(BigInt(p.at * 4096), BigInt(p.type === 1 ? (p.len & -4096) * 4 : p.len), p.type));
        holds({ ...COMMON, map: mapOf(...list), release: '0.17.0', allocator: 'bbuddy', config });
      }),
      { seed: 8, numRuns: 30 },
    );
  });

  for (const file of readdirSync(EXAMPLES)) {
    it(`example ${file}`, () => {
      const { map, workload } = readInput(file, readFileSync(join(EXAMPLES, file)));
      const { choices } = assume(known([{ from: 'the input', hints: map.hints }]), map);
      holds({ map, ...choices, workload });
    });
  }

  for (const capture of captures) {
    const { release, arch, allocator } = capture.facts;
    if (cannotSimulate({ allocator, release }) !== undefined) continue;
    it(`captured boot ${capture.name}`, () => {
      const config = configOf(capture);
      const map = readGdbText(capture.text('gdb/10-pre-heap.txt'), { release, config });
      const ledger = holds({ map, release, arch, allocator, config, workload: [] });
      assert.ok(bytesOf(ledger, 'heap') > 0n, 'some of it is heap');
    });
  }

  for (const trace of goldenTraces('boot')) {
    const source = parseTraceSource(traceText(trace));
    if (cannotSimulate(source) !== undefined) continue;
    it(`golden ${trace}`, () => {
      holds({ ...COMMON, ...source });
    });
  }
});

describe('ledger: what the headings hold', () => {
  const boot = (
    list: readonly Descriptor[],
    allocator: SimulationInput['allocator'] = 'bbuddy',
    release: Release = '0.17.0',
  ): Ledger => holds({ ...COMMON, map: mapOf(...list), release, allocator, config: {} });

  it('bbuddy: its page and bitmaps, and the pages it hands out', () => {
    const ledger = boot([paged(0x12000n, 0x8e000n), paged(0x100000n, 0x17n, 0x10), paged(0x180000n, 0x3e5f000n)]);
    assert.equal(bytesOf(ledger, 'metadata'), 3n * 4096n);
    assert.equal(bytesOf(ledger, 'heap'), (140n + 15966n) * 4096n);
    assert.equal(bytesOf(ledger, 'cmdline'), 0x17n);
    assert.equal(bytesOf(ledger, 'page-rest'), 4096n - 0x17n);
  });

  it('0.10: the page that init loses, and what rounding costs', () => {
    const ledger = boot([classic(0x100010n, 0x20000n)], 'bbuddy', '0.10.0');
    assert.equal(bytesOf(ledger, 'cut'), 4096n);
    assert.equal(bytesOf(ledger, 'lost'), 4096n);
    assert.equal(bytesOf(ledger, 'metadata'), 2n * 4096n);
  });

  it('0.10: a first region of one page is the allocator alone', () => {
    const ledger = boot([classic(0x100000n, 0x1000n)], 'bbuddy', '0.10.0');
    assert.equal(bytesOf(ledger, 'lost'), 0n);
    assert.equal(ledger.total, 0x1000n);
  });

  it('what another allocator cannot add is refused', () => {
    const ledger = boot([paged(0x100000n, 0x20000n), paged(0x200000n, 0x400000n)], 'tlsf');
    assert.equal(bytesOf(ledger, 'refused'), 0x400000n);
  });

  it('reserved memory inside a heap region is a conflict, once', () => {
    const ledger = boot([paged(0x100000n, 0x20000n), paged(0x110000n, 0x2000n, 2)]);
    assert.equal(bytesOf(ledger, 'conflict'), 0x2000n);
    assert.equal(bytesOf(ledger, 'reserved'), 0n);
  });

  it('the last row is the total', () => {
    const ledger = boot([paged(0x100000n, 0x20000n)]);
    const rows = ledgerRows(ledger);
    assert.deepEqual([rows.at(-1)!.kind, rows.at(-1)!.share], ['total', 1]);
    assert.ok(Math.abs(rows.slice(0, -1).reduce((sum, r) => sum + r.share, 0) - 1) < 1e-9);
  });
});
