// Oscar over each canonical allocator, and in the boot as a what-if.

import assert from 'node:assert/strict';
import { Kernel } from '../../../src/allocators/kernel';
import { ALLOCATORS, allocatorFor } from '../../../src/allocators/registry';
import { canonicalSymbol } from '../../../src/allocators/oscar/settings';
import { toBigInt } from '../../../src/memory/address';
import { simReader } from '../../../src/memory/reader';
import { SimMemory } from '../../../src/memory/sim-memory';
import type { Operation } from '../../../src/allocators/ukalloc';
import type { Config, Release } from '../../../src/regions/release';
import { Simulation } from '../../../src/timeline/simulation';
import { mapOf, typed } from '../../support/maps';

const oscar = allocatorFor('oscar')!;
const BASE = 0x10000000;
const LENGTH = 0x4000000;

describe('oscar over any canonical allocator', () => {
  for (const canonical of ALLOCATORS.filter((a) => a.id !== 'oscar')) {
    for (const [preset, config] of [
      ['wilde', {}],
      ['wilde without KELLOGS', { CONFIG_LIBWILDE_KELLOGS: 'n' }],
      ['paper', { CONFIG_LIBOSCAR_PAPER: 'y' }],
    ] as const) {
      it(`${preset} on ${canonical.id}: stale pointers trap, live ones reach their memory, and the snapshot agrees`, () => {
        const mem = new SimMemory(BASE, LENGTH);
        const options = {
          release: '0.17.0',
          arch: 'x86_64',
          config: { ...config, [canonicalSymbol(canonical.id)]: 'y' } as Config,
        } as const;
        const heap = oscar.init(new Kernel(mem), BASE, LENGTH, options)!;
        const live: number[] = [];
        const stale: number[] = [];
        for (let i = 0; i < 120; i++) {
          if (i % 3 === 2) {
            const p = live.splice((i * 7) % live.length, 1)[0]!;
            stale.push(p);
            if (i % 2 === 0) heap.free(p);
            else live.push(heap.realloc(p, 70 + i));
          } else live.push(heap.malloc(70 + ((i * 131) % 900)));
        }
        assert.ok(live.every((p) => heap.access!(p, 'read').reaches === heap.direct!.wilde_map_get!(p)));
        assert.ok(stale.every((p) => heap.access!(p, 'read').reaches === undefined));
        const snapshot = oscar.decode(simReader(mem), toBigInt(heap.address), options);
        assert.deepEqual(
          snapshot.findings.filter((f) => f.severity === 'error'),
          [],
        );
        assert.equal(snapshot.details?.kind === 'oscar' && snapshot.details.canonical, canonical.id);
        assert.equal(snapshot.details?.kind === 'oscar' && snapshot.details.objects.length, live.length);
      });
    }
  }

  it('every release that has bbuddy has it as a what-if, and ukboot has an option for it in none', () => {
    for (const release of ['0.3.0', '0.3.1', '0.10.0', '0.17.0', '0.21.0'] as Release[])
      assert.match(oscar.profile(release) ?? '', /^wilde on B/);
    assert.equal(oscar.profile('0.2.0'), undefined);
    assert.equal(oscar.bootOption, undefined);
  });
});

describe('oscar in the boot', () => {
  const workload: readonly Operation[] = [
    { op: 'malloc', id: 1, size: 20n },
    { op: 'access', of: 1, off: 0n, kind: 'write' },
    { op: 'free', of: 1 },
    { op: 'access', of: 1, off: 0n, kind: 'write' },
    { op: 'free', of: 1 },
  ];

  it('the use of a freed pointer is an operation that is refused, a second free stops the kernel, and both can be stepped over', () => {
    const map = mapOf(typed(0x1000000n, 0x1000000n));
    const simulation = Simulation.create({
      map,
      release: '0.14.0',
      arch: 'x86_64',
      allocator: 'oscar',
      config: {},
      workload: workload.map((operation) => ({ operation, ...(operation.op === 'access' && { expected: { fault: false } }) })),
      after: false,
    });
    const first = simulation.bootEnd;
    assert.match(simulation.finalDecisions()[0]!.reason, /No release of ukboot has an option for it: this is a what-if\./);
    assert.match(simulation.info(first + 1).result, /^reaches 0x/);
    assert.equal(simulation.info(first + 3).outcome, 'refused');
    assert.match(simulation.info(first + 3).result, /^page fault, error code 0x2: L[12] entry at 0x/);
    assert.match(simulation.info(first + 3).mismatch!, /recorded no fault, got a fault/);
    assert.equal(simulation.info(first + 1).mismatch, undefined);
    assert.match(simulation.outcome.message, /^\[shim_free\] invalid free at 0x40000000fe8$/);
    simulation.runToEnd();
    const end = JSON.stringify(simulation.snapshot()!.state);
    simulation.restart();
    while (simulation.stepForward());
    assert.equal(JSON.stringify(simulation.snapshot()!.state), end);
  });
});
