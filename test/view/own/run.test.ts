// The way of a request that the view works out, held against what the run's own calls returned.

import assert from 'node:assert/strict';
import { readWorkload } from '../../../src/readers/workload';
import type { AllocatorId } from '../../../src/regions/allocator-id';
import { heldAgainst, triedOf } from '../../../src/view/own/run';
import type { RunCall } from '../../../src/view/own/run';
import { captureNamed } from '../../support/captures';
import { bootOf, frameOf } from '../subjects';

function captured(name: string, allocator: AllocatorId) {
  const capture = captureNamed(name);
  const workload = readWorkload(capture.text('alloc-trace.jsonl')).operations;
  const view = bootOf(
    capture.facts.descriptors!.map((d) => ({ ...d })),
    workload,
    { allocator },
  );
  assert.ok(view.subject.kind === 'simulation');
  return { view, simulation: view.subject.simulation };
}

describe('what is tried: held against the run', () => {
  for (const [name, allocator] of [
    ['0.17.0-x86_64-tlsf-64M', 'tlsf'],
    ['0.17.0-x86_64-tinyalloc-64M', 'tinyalloc'],
  ] as const)
    it(`${allocator}: with nothing typed the next malloc’s way is shown, and every one of the recorded boot earns its tick`, () => {
      const { view, simulation } = captured(name, allocator);
      let ticks = 0;
      for (let operation = simulation.bootEnd; operation < simulation.operationCount; operation++) {
        view.seek({ operation: operation - 1, step: 2 ** 31 });
        const own = frameOf(view).own!;
        assert.ok(own.kind === 'tlsf' || own.kind === 'tinyalloc');
        const { title, kind } = simulation.info(operation);
        if (kind !== 'malloc' && kind !== 'calloc') {
          assert.equal(own.probe.title, 'Try a malloc');
          continue;
        }
        assert.equal(own.probe.title, `${title}, the next step of the run`);
        const said = own.probe.steps.map((s) => s.text).join(' ');
        assert.match(said, new RegExp(`, as the recorded run did at step ${String(operation + 1)} ✓`), title);
        ticks++;
      }
      assert.ok(ticks >= 10, String(ticks));
    });

  it('between two C-level steps nothing is next: the heap is half changed', () => {
    const { simulation } = captured('0.17.0-x86_64-tlsf-64M', 'tlsf');
    const operation = [...Array(simulation.operationCount).keys()].find((i) => i >= simulation.bootEnd && simulation.info(i).steps > 1)!; // prettier-ignore
    simulation.seek({ operation, step: 1 });
    assert.equal(triedOf('', simulation), undefined);
    assert.equal(triedOf('100', simulation)!.call, undefined);
  });

  it('a dump has no run: what is typed is tried, and held against nothing', () => {
    assert.deepEqual(triedOf('', undefined), undefined);
    assert.deepEqual(triedOf('64K', undefined), { size: 65536n, title: 'malloc(65536), tried on this state' });
  });

  const call = (change: Partial<RunCall>): RunCall => ({
    operation: 51,
    title: 'malloc(2500)',
    size: 2500n,
    returned: 0x48280n,
    recorded: false,
    next: true,
    ...change,
  });
  for (const [answer, given, text] of [
    [0x48280n, call({}), ', as step 52 of the run does ✓'],
    [0x48280n, call({ recorded: true }), ', as the recorded run did at step 52 ✓'],
    [0x48290n, call({}), ' ✗ but step 52 returned 0x48280'],
    [undefined, call({ returned: 0n }), ', as step 52 of the run does ✓'],
    [0x48280n, call({ returned: 0n }), ' ✗ but step 52 returned NULL'],
    [0x48290n, call({ next: false }), '; step 52, on the heap as it is then, gets 0x48280'],
    [0x48290n, undefined, ''],
  ] as const)
    it(`${answer === undefined ? 'NULL' : answer.toString(16)} against ${given === undefined ? 'nothing' : `${given.returned.toString(16)}${given.next ? '' : ' later'}`}: “${text}”`, () =>
      assert.equal(heldAgainst(answer, given), text));
});
