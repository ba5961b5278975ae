// Provenance is exact: whatever the firmware says, every byte of each of its entries is in the final list or lost for one reason, once.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildList } from '../../src/firmware/build';
import { bytesOf } from '../../src/firmware/pieces';
import type { ListRun, Piece } from '../../src/firmware/types';
import { readInput } from '../../src/readers/input';
import { ENTRY_KINDS, FIRMWARE_PROTOCOLS, type FirmwareMap } from '../../src/regions/firmware-map';
import { DEFAULT_RELEASE, RELEASES } from '../../src/regions/release';

const EXAMPLES = join(__dirname, '../../examples');
const TOP = 1n << 64n;

function checkSums(run: ListRun): void {
  const placed: readonly Piece[] = [...run.final.flatMap((i) => i.pieces), ...run.lost];
  run.firmware.entries.forEach((entry, index) => {
    const source = run.sources.findIndex((s) => s.entry === index);
    assert.ok(source >= 0 || entry.len === 0n, `entry ${String(index)} has a source`);
    const own = placed.filter((p) => p.source === source).sort((a, b) => (a.base < b.base ? -1 : 1));
    assert.equal(bytesOf(own), entry.len, `entry ${String(index)}`);
    let at = entry.base;
    for (const piece of own) {
      assert.equal(piece.base, at, `entry ${String(index)} without gap or overlap`);
      at = piece.end;
    }
  });
}

/** Steps follow on each other: going back is reading them the other way. */
function checkChain(run: ListRun): void {
  let list: unknown = undefined;
  for (const call of run.calls) {
    assert.ok(call.steps.length > 0, call.title);
    for (const step of call.steps) {
      if (list !== undefined) assert.equal(step.before, list, step.text);
      list = step.after;
      assert.ok(
        step.changed.every((i) => i >= 0 && i < step.after.length),
        step.text,
      );
      assert.ok(step.text.length > 3 && step.fn !== '');
    }
  }
  assert.deepEqual(
    run.calls.flatMap((c) => c.steps.flatMap((s) => s.lost)),
    run.lost,
  );
}

const page = fc.bigInt({ min: 0n, max: 0x2000n }).map((n) => n * 4096n);
const place = fc.oneof(
  { weight: 4, arbitrary: page },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 0x4000000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0xf0000000n, max: 0x140000000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: TOP - 1n }) },
);
const range = fc
  .record({ base: place, len: fc.oneof(page, fc.bigInt({ min: 0n, max: 0x3000000n }), fc.bigInt({ min: 0n, max: TOP })) })
  .map(({ base, len }) => ({ base, len: base + len > TOP ? TOP - base : len }));
const loaded = range.map((r) => ({ ...r, name: 'x' }));

const firmware: fc.Arbitrary<FirmwareMap> = fc.record({
  protocol: fc.constantFrom(...FIRMWARE_PROTOCOLS),
  entries: fc.array(
    fc
      .tuple(range, fc.oneof({ weight: 3, arbitrary: fc.constant('usable' as const) }, fc.constantFrom(...ENTRY_KINDS)))
      .map(([r, kind]) => ({ ...r, kind, type: kind })),
    { maxLength: 12 },
  ),
  kernel: fc.oneof(
    fc.constant([]),
    fc.constant([
      { base: 0x100000n, len: 0x30000n, name: 'k', permissions: 5 },
      { base: 0x130000n, len: 0x3d123n, name: 'k', permissions: 3 },
    ]),
    fc.array(
      fc.tuple(range, fc.nat(7)).map(([r, permissions]) => ({ ...r, name: 'k', permissions })),
      { maxLength: 3 },
    ),
  ),
  modules: fc.array(loaded, { maxLength: 2 }),
  devices: fc.array(loaded, { maxLength: 1 }),
  cmdline: fc.record({ base: place, len: fc.bigInt({ min: 0n, max: 5000n }) }),
  image: fc.constantFrom('', 'helloworld'),
});

describe('provenance', () => {
  it('any map, on any release: sums hold, steps follow on each other', () => {
    const stops = new Set<string>();
    let whole = 0;
    fc.assert(
      fc.property(
        firmware,
        fc.constantFrom(...RELEASES),
        fc.constantFrom('x86_64', 'arm64'),
        fc.nat(3),
        (map, release, arch, more) => {
          const config: Record<string, string> = {
            ...((more & 1) !== 0 && { CONFIG_HAVE_SMP: 'y', CONFIG_LIBVGACONS: 'y' }),
            ...((more & 2) !== 0 && { CONFIG_UKPLAT_MEMREGION_MAX_COUNT: '8' }),
          };
          const run = buildList(map, { release, arch: arch, config });
          checkSums(run);
          checkChain(run);
          if (run.stop === undefined) whole++;
          else stops.add(run.stop.message.replace(/\d+/g, 'n'));
        },
      ),
      { seed: 7, numRuns: 1500 },
    );
    assert.ok(whole > 200, `${String(whole)} boots went through`);
    assert.ok(stops.size > 5, [...stops].join('; '));
  });

  for (const name of readdirSync(EXAMPLES)) {
    const { map } = readInput(name, readFileSync(join(EXAMPLES, name)));
    if (map.firmware === undefined) continue;
    it(`${name}: sums hold`, () => {
      const { release = DEFAULT_RELEASE, arch = 'x86_64', config = {} } = map.hints;
      const run = buildList(map.firmware!, { release, arch, config });
      assert.equal(run.stop, undefined);
      checkSums(run);
      checkChain(run);
    });
  }
});
