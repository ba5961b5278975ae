// The ledger of a boot from the firmware's map: every byte that the firmware reported has one place, whatever the map.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ledgerOf, type Ledger } from '../../src/explain/ledger';
import type { LedgerKind } from '../../src/explain/ledger-kinds';
import { readTrace } from '../../src/readers/golden-trace';
import { isAllocatorId } from '../../src/regions/allocator-id';
import type { FirmwareEntry, FirmwareMap } from '../../src/regions/firmware-map';
import { ARCHITECTURES, parseRelease, type Release } from '../../src/regions/release';
import { cannotSimulate } from '../../src/timeline/simulation';
import { bootOn } from '../support/firmware-boot';
import { goldenTraces, traceText } from '../support/golden';

/** Bytes that entries cover: another way than the ledger's. */
function covered(entries: readonly FirmwareEntry[], wanted: (e: FirmwareEntry) => boolean = () => true): bigint {
  let total = 0n;
  let top = 0n;
  for (const { base, len } of [...entries].filter(wanted).sort((a, b) => (a.base < b.base ? -1 : 1))) {
    const last = base + len > 1n << 64n ? 1n << 64n : base + len;
    const from = base > top ? base : top;
    if (last > from) total += last - from;
    if (last > top) top = last;
  }
  return total;
}

function holds(firmware: FirmwareMap, ledger: Ledger): void {
  assert.equal(ledger.of, 'firmware');
  assert.equal(ledger.total, covered(firmware.entries), 'the total is what the firmware reports');
  assert.equal(
    ledger.usable,
    covered(firmware.entries, (e) => e.kind === 'usable'),
  );
  assert.equal(
    ledger.entries.reduce((sum, e) => sum + e.bytes, 0n),
    ledger.total,
    'the entries add up to it',
  );
  assert.deepEqual(
    ledger.entries.filter((e) => e.kind === 'unexplained'),
    [],
  );
}

function bytesOf(ledger: Ledger, kind: LedgerKind): bigint {
  return ledger.entries.find((e) => e.kind === kind)?.bytes ?? 0n;
}

const usable = (base: bigint, len: bigint): FirmwareEntry => ({ base, len, kind: 'usable', type: '1' });
const reserved = (base: bigint, len: bigint): FirmwareEntry => ({ base, len, kind: 'reserved', type: '2' });

/** What QEMU's q35 gives a guest of 4 GiB, as far as it matters. */
const FOUR_GIB: FirmwareMap = {
  protocol: 'multiboot',
  entries: [
    usable(0n, 0x9fc00n),
    reserved(0x9fc00n, 0x400n),
    reserved(0xf0000n, 0x10000n),
    usable(0x100000n, 0x7fedf000n),
    reserved(0x7ffdf000n, 0x21000n),
    reserved(0xb0000000n, 0x10000000n),
    usable(0x100000000n, 0x80000000n),
  ],
  kernel: [{ base: 0x100000n, len: 0x90000n, name: 'app', permissions: 7 }],
  modules: [],
  devices: [],
  image: 'app',
};

describe('ledger from the firmware: 4 GiB given', () => {
  const boot = bootOn(FOUR_GIB, { release: '0.17.0', arch: 'x86_64', config: {} }, 'bbuddy');
  const ledger = ledgerOf(boot);

  it('the half above 4 GiB is outside the mapped range', () => {
    holds(FOUR_GIB, ledger);
    assert.equal(bytesOf(ledger, 'outside-mapping'), 0x80000000n);
    assert.equal(bytesOf(ledger, 'page-zero'), 4096n);
    assert.equal(bytesOf(ledger, 'kernel'), 0x90000n);
    assert.equal(bytesOf(ledger, 'stack'), 0x10000n);
  });

  it('the heap is what bbuddy can hand out', () => {
    const free = boot.snapshot()!.metrics.free;
    assert.equal(bytesOf(ledger, 'heap'), BigInt(free));
  });

  it('0.10 looks at one entry only, up to 4 GiB', () => {
    const classic = ledgerOf(bootOn(FOUR_GIB, { release: '0.10.0', arch: 'x86_64', config: {} }, 'bbuddy'));
    holds(FOUR_GIB, classic);
    assert.ok(bytesOf(classic, 'not-looked-at') >= 0x80000000n);
  });
});

describe('ledger from the firmware: adds up', () => {
  const entry = fc.record({
    base: fc.oneof(
      fc.integer({ min: 0, max: 300 }).map((n) => n * 4096),
      fc.integer({ min: 0, max: 1_500_000 }),
    ),
    len: fc.oneof(
      fc.integer({ min: 0, max: 200 }).map((n) => n * 4096),
      fc.integer({ min: 0, max: 900_000 }),
    ),
    kind: fc.constantFrom('usable', 'usable', 'usable', 'reserved', 'acpi', 'nvs', 'unusable'),
    high: fc.constantFrom(0n, 0n, 0n, 0xfff00000n, 0x200000000n),
  });
  const releases: readonly Release[] = [
    '0.10.0',
    '0.11.0',
    '0.12.0',
    '0.13.0',
    '0.14.0',
    '0.15.0',
    '0.16.3',
    '0.17.0',
    '0.18.0',
    '0.20.0',
  ];
  for (const protocol of ['multiboot', 'lxboot'] as const) {
    it(`random maps over ${protocol}, in every release`, () => {
      fc.assert(
        fc.property(fc.array(entry, { maxLength: 7 }), fc.constantFrom(...releases), fc.boolean(), (list, release, large) => {
          const entries: FirmwareEntry[] = list.map((e) => ({
            base: BigInt(e.base) + e.high,
            len: BigInt(e.len),
            kind: e.kind,
            type: '',
          }));
          if (large) entries.push(usable(0x100000n, 0x2000000n));
          const kernel = [{ base: 0x100000n, len: 0x40000n, name: 'app', permissions: 7 }];
          const firmware: FirmwareMap = {
            protocol,
            entries,
            kernel,
            modules: [],
            devices: [],
            image: 'app',
            cmdline: { base: 0x9000n, len: 20n },
          };
          holds(firmware, ledgerOf(bootOn(firmware, { release, arch: 'x86_64', config: {} }, 'bbuddy')));
        }),
        { seed: 11, numRuns: 40 },
      );
    });
  }

  for (const trace of goldenTraces('boot')) {
    const { header, lines } = readTrace(traceText(trace));
    const found = lines.find((l) => l.kind === 'firmware');
    const release = parseRelease(header?.unikraft ?? '');
    const arch = ARCHITECTURES.find((a) => a === header?.arch);
    const allocator = header?.allocator ?? '';
    if (found === undefined || release === undefined || arch === undefined || !isAllocatorId(allocator)) continue;
    if (cannotSimulate({ allocator, release }) !== undefined) continue;
    it(`golden ${trace}`, () => {
      const regions = lines.find((l) => l.kind === 'regions')?.regions ?? [];
      const kernel = regions.map((r) => ({ base: r.pbase, len: r.len, name: r.name, permissions: r.flags }));
      const firmware: FirmwareMap = {
        protocol: found.protocol,
        entries: found.entries,
        modules: found.modules,
        ...(found.cmdline && { cmdline: found.cmdline }),
        kernel,
        devices: [],
        image: kernel[0]?.name ?? '',
      };
      holds(firmware, ledgerOf(bootOn(firmware, { release, arch, config: header!.config }, allocator)));
    });
  }
});
