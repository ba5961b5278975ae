import assert from 'node:assert/strict';
import { readMemoryMap } from '../../src/readers/memory-map';
import type { Release } from '../../src/regions/release';
import { comparing } from '../../src/timeline/what-if';
import type { WhatIf } from '../../src/timeline/what-if';
import { buildWhatIf, whatIfMarkdown } from '../../src/view/what-if';

const MAP = `{ "release": "0.17.0", "regions": [
  { "pbase": "0x12000", "len": "0x8e000", "type": "FREE", "flags": ["READ", "WRITE"] },
  { "pbase": "0x180000", "len": "0x3e5f000", "type": "FREE", "flags": ["READ", "WRITE"] } ],
  "workload": [ { "op": "malloc", "id": 1, "size": 100 }, { "op": "malloc", "id": 2, "size": 4194304 }, { "op": "free", "of": 1 } ] }`;

function compare(release: Release): WhatIf[] {
  const { map, workload } = readMemoryMap(MAP);
  const run = comparing({ map, workload, release, arch: 'x86_64', allocator: 'bbuddy', config: {} });
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}

describe('what if: the same boot under every allocator', () => {
  const rows = compare('0.17.0');
  const of = (allocator: string): WhatIf => rows.find((r) => r.allocator === allocator)!;

  it('runs all of them on the same regions and calls', () => {
    assert.deepEqual(rows.map((r) => r.allocator).sort(), ['bbuddy', 'mimalloc', 'oscar', 'region', 'tinyalloc', 'tlsf']);
    assert.deepEqual([...new Set(rows.filter((r) => r.afterBoot).map((r) => r.calls))], [3]);
  });

  it('those that cannot add memory have the first region only, and refuse what does not fit it', () => {
    assert.equal(of('bbuddy').lostRegions, 0);
    assert.equal(of('bbuddy').refused, 0);
    for (const allocator of ['tlsf', 'tinyalloc', 'region']) {
      assert.equal(of(allocator).refused, 1, allocator);
      assert.ok(of(allocator).afterBoot!.free < 0x8e000, allocator);
    }
  });

  it('one that the release does not have says so instead of showing zeros', () => {
    const old = compare('0.4.0').find((r) => r.cannot !== undefined);
    assert.ok(old, 'some allocator is younger than 0.4.0');
    const view = buildWhatIf([old], 'bbuddy');
    assert.match(view.rows[0]!.why, /has no .* allocator/);
    assert.deepEqual(view.rows[0]!.cells, []);
  });

  it('as a table it has a text for each column, and marks the current one', () => {
    const view = buildWhatIf(rows, 'tlsf');
    for (const row of view.rows) assert.equal(row.cells.length, row.why === '' ? view.columns.length : 0, row.allocator);
    assert.deepEqual(
      view.rows.filter((r) => r.current).map((r) => r.allocator),
      ['tlsf'],
    );
    assert.equal(
      whatIfMarkdown(view)
        .split('\n')
        .filter((l) => l.startsWith('|')).length,
      rows.length + 2,
    );
  });
});
