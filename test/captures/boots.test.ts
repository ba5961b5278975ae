// Each captured boot, simulated from the descriptors that GDB printed and the calls that were recorded: every address must be the
// one that the real kernel gave.

import assert from 'node:assert/strict';
import { hex } from '../../src/memory/address';
import { allocatorFor } from '../../src/allocators/registry';
import { readGdbText } from '../../src/readers/gdb-text';
import { readWorkload } from '../../src/readers/workload';
import { Simulation } from '../../src/timeline/simulation';
import { captures } from '../support/captures';
import { configOf } from '../support/config';

const rangeOf = (base: bigint, len: bigint): string => `${hex(base)} – ${hex(base + len)}`;

for (const capture of captures) {
  const { release, arch, allocator } = capture.facts;
  if (allocatorFor(allocator)?.profile(release) === undefined) continue;
  const config = configOf(capture);
  const trace = capture.has('alloc-trace.jsonl');
  const workload = readWorkload(capture.text(trace ? 'alloc-trace.jsonl' : 'heap-calls.json'));
  const run = (): Simulation => {
    const map = readGdbText(capture.text('gdb/10-pre-heap.txt'), { release, config });
    return Simulation.create({ map, release, arch, allocator, config, workload: workload.operations, after: !trace });
  };

  describe(`captured boot ${capture.name}`, () => {
    it('becomes a heap where the real one was', () => {
      const simulation = run();
      assert.equal(simulation.outcome.kind, 'heap', simulation.outcome.message);
      assert.equal(simulation.snapshot()?.heap, BigInt(capture.facts.heap));
    });

    it('every recorded call gives the recorded address', () => {
      const simulation = run();
      const recorded = workload.operations.filter((o) => o.expected?.ret !== undefined).length;
      let held = 0;
      for (let i = 0; i < simulation.operationCount; i++) {
        const { mismatch, title } = simulation.info(i);
        assert.equal(mismatch, undefined, `operation ${String(i)}, ${title}`);
        if (simulation.recorded(i)?.expected?.ret !== undefined) held++;
      }
      assert.ok(recorded > 20, `${String(recorded)} recorded results`);
      assert.equal(held, recorded);
    });

    it('init and addmem get the ranges and answers that were recorded', () => {
      if (workload.boot === undefined) return;
      const simulation = run();
      const calls = Array.from({ length: simulation.bootEnd }, (_, i) => simulation.info(i)).filter(
        (o) => o.kind === 'init' || o.kind === 'addmem',
      );
      assert.equal(calls.filter((c) => c.kind === 'init' && c.outcome === 'done').length, 1);
      const want = workload.boot.addmem.map(({ operation }) =>
        'base' in operation ? rangeOf(operation.base, operation.len) : '',
      );
      const got = calls.filter((c) => c.kind === 'addmem').map((c) => /0x[0-9a-f]+ – 0x[0-9a-f]+/.exec(c.title)?.[0]);
      if (allocator === 'bbuddy' || allocator === 'region') assert.deepEqual(got, want);
    });
  });
}
