import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Operation, RecordedOperation } from '../../src/allocators/ukalloc';
import { Simulation } from '../../src/timeline/simulation';
import type { OperationList, SimulationInput } from '../../src/timeline/types';
import { mapOf, paged } from '../support/maps';

const MIB = 2n ** 20n;

function input(workload: OperationList): SimulationInput {
  const map = mapOf(paged(0x100000n, 4n * MIB));
  return { map, release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', config: {}, workload };
}

/** A list that makes its operations when asked: two objects in turn, in slots that are used again. */
function alternating(length: number): OperationList {
  return {
    length,
    at: (i): RecordedOperation => {
      const id = 1 + ((i >> 1) % 8);
      return { operation: i % 2 === 0 ? { op: 'malloc', id, size: BigInt(100 + (i % 7000)) } : { op: 'free', of: id } };
    },
  };
}

const bytesOf = (s: Simulation, base: bigint, end: bigint) => [...s.reader().bytes(base, Number(end - base))!].join();

describe('timeline: what changed a range last', () => {
  const some: Operation[] = [
    { op: 'palloc', id: 1, pages: 1n },
    { op: 'palloc', id: 2, pages: 1n },
    { op: 'pfree', of: 1, pages: 1, off: 0 },
    { op: 'palloc', id: 3, pages: 2n },
  ];

  it('is the step after which its bytes are as now, and before which they were not', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), fc.nat(1023), (picks, page) => {
        const s = Simulation.create(input(picks.map((p, i) => ({ operation: renumbered(some[p]!, picks, i) }))));
        s.runToEnd();
        const range = { base: 0x100000n + BigInt(page) * 4096n, end: 0x101000n + BigInt(page) * 4096n };
        const now = bytesOf(s, range.base, range.end);
        const end = s.cursor;
        const found = s.changes.last(range, false);
        assert.deepEqual(s.changes.last(range, true), found);
        assert.deepEqual(s.cursor, end);
        if (found === undefined) {
          s.restart();
          assert.equal(bytesOf(s, range.base, range.end), now);
          return;
        }
        assert.ok(found !== 'further');
        s.seek(found);
        assert.equal(bytesOf(s, range.base, range.end), now);
        assert.ok(s.changes.byStep().some((t) => t.base < range.end && t.end > range.base));
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  it('is found in an interval that was left, and the cursor stays', () => {
    const long: OperationList = { length: 150_000, at: (i) => (i < 2 ? once.at(i) : alternating(150_000).at(i)) };
    const once: OperationList = { length: 2, at: (i) => ({ operation: { op: 'palloc', id: 100_000 + i, pages: 512n } }) };
    const s = Simulation.create(input(long));
    s.runToEnd();
    const end = s.cursor;
    const first = BigInt(s.result(s.bootEnd).ret!);
    const range = { base: first + 100n * 4096n, end: first + 101n * 4096n };
    const head = { base: first, end: first + 4096n };
    assert.equal(s.changes.last(range, true), undefined);
    assert.equal(s.changes.last(head, false), 'further');
    const found = s.changes.last(head, true);
    assert.ok(found !== undefined && found !== 'further' && found.operation <= s.bootEnd, JSON.stringify(found));
    assert.deepEqual(s.cursor, end);
    s.seek(found);
    assert.ok(s.changes.byStep().some((t) => t.base < head.end && t.end > head.base));
  });
});

describe('timeline: what changed between two places', () => {
  it('covers every byte that differs, whichever place is first', () => {
    const s = Simulation.create(input(alternating(60)));
    const [base, end] = [0x100000n, 0x180000n];
    for (const [from, to] of [[20, 50], [50, 20], [30, 31]] as const) {
      s.seek({ operation: from, step: 1 });
      const was = s.reader().bytes(base, Number(end - base))!;
      const there = s.cursor;
      s.seek({ operation: to, step: 1 });
      const now = s.reader().bytes(base, Number(end - base))!;
      const touched = s.changes.since(there)!;
      for (let i = 0; i < now.length; i++) {
        if (was[i] === now[i]) continue;
        const at = base + BigInt(i);
        assert.ok(touched.some((t) => at >= t.base && at < t.end), `0x${at.toString(16)}`);
      }
    } // prettier-ignore
  });

  it('is not told when the way is too long', () => {
    const s = Simulation.create(input(alternating(140_000)));
    s.restart();
    const start = s.cursor;
    s.runToEnd();
    assert.equal(s.changes.since(start), undefined);
  });
});

describe('timeline: a list that makes its operations on demand', () => {
  it('is simulated as an array of them is', () => {
    const list = alternating(2000);
    const array = Array.from({ length: list.length }, (_, i) => list.at(i)!);
    const [a, b] = [Simulation.create(input(list)), Simulation.create(input(array))];
    for (const s of [a, b]) s.runToEnd();
    assert.deepEqual(a.snapshot()?.state, b.snapshot()?.state);
    assert.deepEqual(a.series(), b.series());
    assert.deepEqual(a.info(1500), b.info(1500));
  });
});

/** The operation with ids of its own; what frees takes the last object of its kind that is still there, or allocates instead. */
function renumbered(operation: Operation, picks: readonly number[], i: number): Operation {
  if (operation.op !== 'pfree') return { op: 'palloc', id: i, pages: operation.op === 'palloc' ? operation.pages : 1n };
  const freed = new Set<number>();
  let victim = -1;
  for (let j = 0; j <= i; j++) {
    if (picks[j] !== 2) continue;
    victim = -1;
    for (let k = j - 1; k >= 0 && victim < 0; k--) if ((picks[k] === 0 || picks[k] === 1) && !freed.has(k)) victim = k;
    freed.add(victim);
  }
  return victim < 0 ? { op: 'palloc', id: i, pages: 1n } : { op: 'pfree', of: victim, pages: 1, off: 0 };
}
