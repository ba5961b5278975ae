// What is free along a run of an allocator that keeps no count: decoded now and then, and what was decoded is what the heap then is.

import assert from 'node:assert/strict';
import type { RecordedOperation } from '../../src/allocators/ukalloc';
import { Simulation } from '../../src/timeline/simulation';
import type { Cursor } from '../../src/timeline/types';
import type { HeapView } from '../../src/view/heap-view';
import type { Steppable } from '../../src/view/subject';
import { metricsHistory } from '../../src/view/time/history';
import { Owners } from '../../src/view/time/owners';
import { at, bootOf, frameOf } from '../view/subjects';

/** So many calls: two blocks are taken for each that is given back, then the other way round. */
function calls(count: number): RecordedOperation[] {
  const workload: RecordedOperation[] = [];
  const held: number[] = [];
  for (let id = 1; workload.length < count; id++) {
    const frees = workload.length < count / 2 ? id % 3 === 0 : id % 3 !== 0;
    if (frees && held.length > 0) workload.push({ operation: { op: 'free', of: held.splice((id * 7) % held.length, 1)[0]! } });
    else {
      workload.push({ operation: { op: 'malloc', id, size: BigInt(16 + ((id * 37) % 3000)) } });
      held.push(id);
    }
  }
  return workload;
}

const REGIONS = [{ pbase: '0x10000000', vbase: '0x10000000', len: '0x2000000', type: 'FREE', flags: ['READ', 'WRITE'] }];

function view(count: number): HeapView {
  return bootOf(REGIONS, calls(count), { allocator: 'tlsf' });
}

function run(count: number): Simulation {
  const { subject } = view(count);
  assert.ok(subject.kind === 'simulation' && subject.simulation instanceof Simulation);
  return subject.simulation;
}

describe('timeline: figures of an allocator without counters', () => {
  it('a short run is decoded after every operation', () => {
    const simulation = run(300);
    const { free } = simulation.series();
    const first = free.findIndex((f) => !Number.isNaN(f));
    assert.ok(free.subarray(first).every((f) => !Number.isNaN(f)));
  });

  it('a long one so often that its course shows, in the boot after every operation; each as a decode has it', () => {
    const simulation = run(6000);
    const { free, largestFree } = simulation.series();
    const known = [...free.keys()].filter((i) => !Number.isNaN(free[i]!));
    const first = known[0]!;
    assert.ok(known.length > 400 && known.length < 1100, String(known.length));
    for (let i = first; i < simulation.bootEnd; i++) assert.ok(known.includes(i), `boot operation ${String(i)}`);
    for (const operation of [first, known[7]!, known[known.length >> 1]!, known.at(-1)!]) {
      simulation.seek({ operation, step: Number.MAX_SAFE_INTEGER });
      const { metrics } = simulation.snapshot()!;
      assert.deepEqual([free[operation], largestFree[operation]], [metrics.free, metrics.largestFree]);
    }
  });

  it('the timeline says how many are known, keeps the last one in between, and a step says what it changed all the same', () => {
    const shown = view(6000);
    const { timeline } = frameOf(shown, { columns: 900 });
    assert.match(timeline!.known, /^figures after \d{3} of 6\s\d{3} operations$/);
    const from = timeline!.used.findIndex((u) => u >= 0);
    assert.ok(timeline!.used.subarray(from).every((u) => u >= 0));
    assert.equal(frameOf(view(300), { columns: 900 }).timeline!.known, '');
    const { history } = frameOf(shown).metrics!.rows.find((r) => r.id === 'free')!;
    assert.ok(new Set(history).size > 20, history.join(' '));
    const used = frameOf(at(shown, 3001)).metrics!.rows.find((r) => r.id === 'used')!;
    const change = frameOf(at(shown, 3001)).metrics!.rows.find((r) => r.id === 'free')!.change;
    assert.notEqual(used.change, '');
    assert.notEqual(change, '');
  });
});

describe('timeline: figures of Oscar over an allocator without counters', () => {
  it('are read from the allocator below alone, and are what a decode of all tells', () => {
    const regions = [{ base: '0x10000000', len: '0x2000000', flags: ['ALLOCATABLE'] }];
    const { subject } = bootOf(regions, calls(3000), { release: '0.3.1', allocator: 'oscar' });
    assert.ok(subject.kind === 'simulation');
    const { simulation } = subject;
    const { free, largestFree } = simulation.series();
    const known = [...free.keys()].filter((i) => !Number.isNaN(free[i]!));
    assert.ok(known.length > 400, String(known.length));
    for (const operation of known.filter((_, k) => k % 40 === 0)) {
      simulation.seek({ operation, step: Number.MAX_SAFE_INTEGER });
      const { metrics } = simulation.snapshot()!;
      assert.deepEqual([free[operation], largestFree[operation]], [metrics.free, metrics.largestFree]);
    }
    assert.ok(new Set(known.map((i) => free[i])).size > 100);
  });
});

describe('timeline: what was decoded while a run was made', () => {
  for (const allocator of ['tlsf', 'tinyalloc', 'mimalloc'] as const)
    it(`${allocator}: serves its history as well as decoding it again, and is not decoded twice`, () => {
      const shown = bootOf(REGIONS, calls(120), { allocator });
      assert.ok(shown.subject.kind === 'simulation');
      const { simulation } = shown.subject;
      const owners = new Owners(simulation);
      const ownerAfter = (base: bigint, end: bigint, done: number) => owners.of(base, end, done);
      let decoded = 0;
      const counting = (own: object): Steppable =>
        Object.setPrototypeOf(
          {
            ...own,
            seek: (cursor: Cursor) => simulation.seek(cursor),
            snapshot: () => {
              decoded++;
              return simulation.snapshot();
            },
          },
          simulation,
        ) as Steppable;
      const kept = metricsHistory(counting({}), ownerAfter)!;
      const first = kept.findIndex((k) => k !== undefined);
      assert.ok(first >= 0 && decoded <= first, String(decoded));
      assert.deepEqual(kept, metricsHistory(counting({ measuredAfter: () => undefined }), ownerAfter));
      assert.ok(decoded >= simulation.operationCount);
    });
});
