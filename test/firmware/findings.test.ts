// Findings on the list that is made from a firmware's map: lost memory with its reason, and reserved memory inside of free regions.

import assert from 'node:assert/strict';
import { buildList } from '../../src/firmware/build';
import { runProblems } from '../../src/firmware/findings';
import { resolveMap } from '../../src/firmware/resolve';
import type { EntryKind, FirmwareMap } from '../../src/regions/firmware-map';
import type { Release } from '../../src/regions/release';

type Entry = readonly [base: bigint, len: bigint, kind: EntryKind];

function codes(release: Release, ...entries: readonly Entry[]): string[] {
  const firmware: FirmwareMap = {
    protocol: 'multiboot',
    entries: entries.map(([base, len, kind]) => ({
      base,
      len,
      kind,
      type: kind,
      where: { line: 1, column: 0, endLine: 1, endColumn: 9 },
    })),
    kernel: [{ base: 0x100000n, len: 0x40000n, name: 'app', permissions: 7 }],
    modules: [],
    devices: [],
    image: 'app',
  };
  const run = buildList(firmware, { release, arch: 'x86_64', config: {} });
  const problems = runProblems(run);
  for (const p of problems) assert.ok(p.where !== undefined || p.code === 'list-stops', `${p.code} has its place`);
  return problems.map((p) => `${p.severity} ${p.code}: ${p.message.replaceAll('\u202f', ' ')}`);
}

const RAM: Entry = [0x100000n, 0x7f00000n, 'usable'];

describe('firmware: findings', () => {
  it('nothing to say of a plain map', () => {
    assert.deepEqual(codes('0.17.0', RAM), []);
  });

  it('memory behind the mapped range', () => {
    assert.deepEqual(codes('0.17.0', RAM, [0x100000000n, 0x40000000n, 'usable']), [
      'warning outside-mapping: Usable entry 1, 0x100000000…0x140000000: 1 GiB are lost: they lie outside the mapped range, and mem_init takes them out of the list.',
    ]);
  });

  it('two overlapping usable entries: the second is dropped by the merge', () => {
    const found = codes('0.17.0', RAM, [0x7000000n, 0x4000000n, 'usable']);
    assert.match(found[0]!, /^warning lost-in-merge: Usable entry 0, .*: 16 MiB are lost: .*a defect of all releases/);
    assert.match(found[1]!, /^warning lost-in-merge: Usable entry 1, .*: 64 MiB are lost/);
    assert.equal(found.length, 2);
  });

  it('an entry of less than a page, page 0, and what 0.10 does not look at', () => {
    assert.match(codes('0.17.0', RAM, [0x9000000n, 0x800n, 'usable']).join(), /info too-small: Usable entry 1/);
    assert.match(codes('0.17.0', RAM, [0n, 0x9f000n, 'usable']).join(), /info page-zero: Usable entry 1.*4 KiB/);
    assert.match(
      codes('0.10.0', RAM, [0x100000000n, 0x40000000n, 'usable']).join(),
      /warning not-looked-at: Usable entry 1.*1 GiB/,
    );
  });

  it('reserved memory of less than a page vanishes, and the free region below it covers its page', () => {
    const found = codes('0.17.0', RAM, [0n, 0x9fc00n, 'usable'], [0x9fc00n, 0x400n, 'reserved']);
    assert.ok(
      found.some((f) => f.startsWith('warning reserved-in-free: Reserved entry 2, 0x9fc00…0xa0000: 1 KiB of it')),
      found.join('\n'),
    );
  });
});

describe('firmware: a map resolved twice', () => {
  it('says everything once', () => {
    const firmware: FirmwareMap = {
      protocol: 'multiboot',
      entries: [
        { base: 0x100000n, len: 0x7f00000n, kind: 'usable', type: '1' },
        { base: 0x100000000n, len: 0x1000000n, kind: 'usable', type: '1' },
      ],
      kernel: [],
      modules: [],
      devices: [],
      image: '',
    };
    const choices = { release: '0.17.0', arch: 'x86_64', config: {} } as const;
    const once = resolveMap({ kind: 'memory-map', descriptors: [], hints: {}, problems: [], firmware }, choices).map;
    assert.equal(once.problems.length, 1);
    assert.deepEqual(resolveMap(once, choices).map.problems, once.problems);
  });
});
