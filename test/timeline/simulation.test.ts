import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Operation, RecordedOperation } from '../../src/allocators/ukalloc';
import type { Release } from '../../src/regions/release';
import { Simulation } from '../../src/timeline/simulation';
import type { SimulationInput } from '../../src/timeline/types';
import { mapOf, paged } from '../support/maps';

const MIB = 2n ** 20n;

function input(
  workload: readonly Operation[],
  release: Release = '0.17.0',
  allocator: SimulationInput['allocator'] = 'bbuddy',
): SimulationInput {
  return {
    map: mapOf(paged(0x12000n, 0x8e000n), paged(0x100000n, 0x80000n, 4, 5, 'kernel'), paged(0x180000n, 4n * MIB)),
    release,
    arch: 'x86_64',
    allocator,
    config: {},
    workload: workload.map((operation): RecordedOperation => ({ operation })),
  };
}

/** Random allocations and frees; each id is freed at most once. */
const calls: fc.Arbitrary<Operation[]> = fc
  .array(fc.record({ kind: fc.nat(5), size: fc.integer({ min: 0, max: 40_000 }), pick: fc.nat() }), { maxLength: 60 })
  .map((choices) => {
    const live: number[] = [];
    return choices.map(({ kind, size, pick }, i): Operation => {
      const id = i + 1;
      if (kind === 0 && live.length > 0) return { op: 'free', of: live.splice(pick % live.length, 1)[0]! };
      if (kind === 1) return { op: 'palloc', id, pages: BigInt(1 + (size % 20)) };
      if (kind === 2) return (live.push(id), { op: 'calloc', id, nmemb: 3n, size: BigInt(1 + size) });
      if (kind === 3) return (live.push(id), { op: 'memalign', id, align: 64n, size: BigInt(1 + size) });
      return (live.push(id), { op: 'malloc', id, size: BigInt(size) });
    });
  });

/** Everything that a person sees of the state at the cursor. */
function shown(s: Simulation): string {
  const snapshot = s.snapshot();
  return JSON.stringify({
    state: snapshot?.state,
    metrics: snapshot?.metrics,
    decisions: s.decisions(),
    bytes: [...(s.reader().bytes(0x12000n, 0x3000) ?? [])].join(),
  });
}

describe('timeline: stepping', () => {
  it('every way through the steps shows the same state at the same place', () => {
    fc.assert(
      fc.property(calls, fc.array(fc.nat(), { maxLength: 8 }), (workload, stops) => {
        const s = Simulation.create(input(workload));
        s.restart();
        const states = [shown(s)];
        const places = [s.cursor];
        while (s.stepForward()) {
          states.push(shown(s));
          places.push(s.cursor);
        }
        for (const stop of stops) {
          const i = stop % states.length;
          s.seek(places[i]!);
          assert.deepEqual(s.cursor, places[i]);
          assert.equal(shown(s), states[i]);
        }
        s.runToEnd();
        assert.equal(shown(s), states.at(-1));
        let i = states.length - 1;
        while (s.stepBack()) assert.equal(shown(s), states[--i]);
        assert.equal(i, 0);
      }),
      { seed: 4, numRuns: 15 },
    );
  });

  it('stepping over goes from operation to operation, and back', () => {
    const s = Simulation.create(
      input([
        { op: 'malloc', id: 1, size: 100n },
        { op: 'free', of: 1 },
      ]),
    );
    s.restart();
    let operations = 0;
    while (s.stepOver()) {
      assert.equal(s.cursor.step, s.info(s.cursor.operation).steps);
      operations++;
    }
    assert.equal(operations, s.operationCount);
    while (s.stepBackOver()) operations--;
    assert.equal(operations, 0);
    assert.deepEqual(s.cursor, { operation: 0, step: 0 });
  });

  it('step 0 of an operation is the end of the one before', () => {
    const s = Simulation.create(input([{ op: 'malloc', id: 1, size: 100n }]));
    const last = s.operationCount - 1;
    s.seek({ operation: last, step: 0 });
    assert.deepEqual(s.cursor, { operation: last - 1, step: s.info(last - 1).steps });
    s.seek({ operation: 0, step: 0 });
    assert.deepEqual(s.cursor, { operation: 0, step: 0 });
  });

  it('each step names what happens and the C function it stands for', () => {
    const s = Simulation.create(input([{ op: 'palloc', id: 1, pages: 1n }]));
    const last = s.operationCount - 1;
    const steps = s.steps(last);
    assert.equal(steps.length, s.info(last).steps);
    assert.match(steps[0]!.text, /^take chunk 0x[0-9a-f]+ from free_head\[\d+\]$/);
    assert.ok(steps.every((step) => step.fn === 'bbuddy_palloc' && step.file === 'lib/ukallocbbuddy/bbuddy.c'));
    const init = Array.from({ length: s.bootEnd }, (_, i) => i).find((i) => s.info(i).kind === 'init')!;
    const texts = s.steps(init).map((step) => step.text);
    assert.ok(
      texts.some((t) => /^link new chunk 0x14000 into free_head\[2\]$/.test(t)),
      texts.join('\n'),
    );
  });

  it('a step touches the bytes that it writes', () => {
    const s = Simulation.create(input([{ op: 'palloc', id: 1, pages: 1n }]));
    s.seek({ operation: s.operationCount - 1, step: 1 });
    const touched = s.changes.byStep();
    assert.ok(touched.length > 0);
    const bytes = (): string =>
      touched
        .map((r) =>
          s
            .reader()
            .bytes(r.base, Number(r.end - r.base))!
            .join(),
        )
        .join(';');
    const after = bytes();
    s.stepBack();
    assert.notEqual(bytes(), after);
  });

  it('asking for the steps of another operation does not move the cursor', () => {
    const s = Simulation.create(input([{ op: 'malloc', id: 1, size: 5000n }]));
    const state = shown(s);
    s.steps(1);
    s.steps(s.operationCount - 1);
    assert.equal(shown(s), state);
  });

  it('a run over several intervals seeks exactly', () => {
    const workload: Operation[] = [];
    for (let i = 0; i < 70_000; i++)
      workload.push(i % 2 === 0 ? { op: 'palloc', id: i, pages: 1n } : { op: 'pfree', of: i - 1, pages: 1, off: 0 });
    workload.push({ op: 'malloc', id: 99_999, size: 9000n });
    const s = Simulation.create(input(workload));
    const start = shown(s);
    s.runToEnd();
    const end = shown(s);
    s.seek({ operation: s.bootEnd + 40_000, step: 1 });
    s.seek({ operation: s.bootEnd - 1, step: 99 });
    assert.equal(shown(s), start);
    s.runToEnd();
    assert.equal(shown(s), end);
    s.seek({ operation: s.bootEnd + 69_000, step: 99 });
    const middle = shown(s);
    s.restart();
    s.seek({ operation: s.bootEnd + 69_000, step: 99 });
    assert.equal(shown(s), middle);
  });
});

describe('timeline: log and series', () => {
  it('log lines stand at the step that printed them, once', () => {
    const s = Simulation.create(input([{ op: 'palloc', id: 1, pages: 5000n }]));
    s.restart();
    s.runToEnd();
    s.restart();
    const texts = s.lines().map((l) => l.text);
    assert.equal(texts.filter((t) => t === 'Initialize binary buddy allocator 12000').length, 1);
    const warning = s.lines().at(-1)!;
    assert.equal(warning.text, '12000: Cannot handle palloc request of order 13: Out of memory');
    assert.equal(warning.operation, s.operationCount - 1);
    assert.equal(warning.level, 'warn');
  });

  it('free and used add up after every operation', () => {
    const s = Simulation.create(
      input([
        { op: 'malloc', id: 1, size: 100_000n },
        { op: 'free', of: 1 },
      ]),
    );
    const series = s.series();
    const { free, largestFree } = series;
    const first = free.findIndex((v) => !Number.isNaN(v));
    assert.ok(first > 0);
    assert.equal(free.at(-1), free.at(-3));
    assert.equal(series.used(free.length - 2) - series.used(free.length - 3), 128 * 1024);
    assert.ok(largestFree.at(-1)! <= free.at(-1)!);
  });
});

describe('timeline: what stops or differs', () => {
  it('a recorded result that does not come out is a mismatch', () => {
    const wrong: RecordedOperation = { operation: { op: 'malloc', id: 1, size: 100n }, expected: { ret: 0x1234000n } };
    const s = Simulation.create({ ...input([]), workload: [wrong] });
    assert.match(s.info(s.operationCount - 1).mismatch ?? '', /recorded 0x1234000, got 0x/);
  });

  it('an operation on an object that was never made stops the run with a clear message', () => {
    const s = Simulation.create(input([{ op: 'free', of: 7 }]));
    assert.equal(s.outcome.kind, 'stopped');
    assert.match(s.outcome.message, /object 7/);
  });

  it('a second free through the page layer is executed as the C code does it, and the heap then shows damage', () => {
    const s = Simulation.create(
      input([
        { op: 'palloc', id: 1, pages: 1n },
        { op: 'palloc', id: 2, pages: 1n },
        { op: 'pfree', of: 1, pages: 1, off: 0 },
        { op: 'pfree', of: 1, pages: 1, off: 0 },
      ]),
    );
    s.runToEnd();
    const errors = s.snapshot()!.findings.filter((f) => f.severity === 'error');
    assert.ok(errors.length > 0);
  });
});
