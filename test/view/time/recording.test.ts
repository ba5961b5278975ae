import assert from 'node:assert/strict';
import type { RecordedOperation } from '../../../src/allocators/ukalloc';
import { captureNamed } from '../../support/captures';
import { at, bootOf, frameOf, MAIN_3, pictured } from '../subjects';

const HEAP = [{ type: 'FREE', pbase: '0x200000', len: '0x100000', flags: ['READ', 'WRITE'] }];

/** Two mallocs of the kernel: what was recorded of each, the first right or not. */
function recorded(first: bigint | undefined): readonly RecordedOperation[] {
  const right = bootOf(HEAP, [
    { operation: { op: 'malloc', id: 1, size: 100n } },
    { operation: { op: 'malloc', id: 2, size: 100n } },
  ]);
  const frame = frameOf(at(right, right.subject.kind === 'simulation' ? right.subject.simulation.operationCount : 0));
  return [
    { operation: { op: 'malloc', id: 1, size: 100n }, ...(first !== undefined && { expected: { ret: first } }) },
    { operation: { op: 'malloc', id: 2, size: 100n }, expected: { ret: BigInt(frame.steps!.result) } },
  ];
}

/** What steps and log say of the recording behind the last operation but `back`. */
function saidAt(workload: readonly RecordedOperation[], back = 0) {
  const view = bootOf(HEAP, workload);
  assert(view.subject.kind === 'simulation');
  const { steps, log } = frameOf(at(view, view.subject.simulation.operationCount - back));
  return { result: steps!.result, step: steps!.recorded, log: log!.recorded };
}

describe('a recording held against the run', () => {
  it('of the captured boot: every result up to main-3 that the kernel returned', () => {
    const { log } = frameOf(at(pictured(), MAIN_3));
    const lines = captureNamed('0.17.0-x86_64-bbuddy-64M').text('alloc-trace.jsonl').trimEnd().split('\n');
    const calls = lines.map((l) => JSON.parse(l) as { depth: number; fn: string; ret?: unknown; caller: string });
    const outer = calls.filter((c) => c.depth === 0 && !c.caller.startsWith('heap_init'));
    const pfree = outer.findIndex((c) => c.fn.includes('pfree'));
    const returned = outer.slice(0, pfree + 1).filter((c) => c.ret !== undefined && c.ret !== null).length;
    assert(returned > 15);
    assert.equal(log!.recorded, `✓ ${String(returned)} recorded results so far, all the same`);
  });

  it('says so at the end of the operation, with what it returned', () => {
    const workload = recorded(undefined);
    const { result, step } = saidAt(workload);
    assert.equal(BigInt(result), workload[1]!.expected!.ret);
    assert.equal(step, '✓ as recorded');
  });

  it('says what was recorded where another result came out, and counts it from there on', () => {
    const workload = recorded(0x1234000n);
    const first = saidAt(workload, 1);
    assert.equal(first.step, `≠ recorded 0x1234000, got ${first.result}`);
    assert.match(first.log, /^≠ 1 of 1 recorded result so far: not the same, first at step \d+$/);
    const second = saidAt(workload);
    assert.equal(second.step, '✓ as recorded');
    assert.match(second.log, /^≠ 1 of 2 recorded results: not the same, first at step \d+$/);
  });

  it('says nothing where nothing was recorded', () => {
    const workload = recorded(undefined).map(({ operation }) => ({ operation }));
    const { step, log, result } = saidAt(workload);
    assert.deepEqual([step, log], ['', '']);
    assert.notEqual(result, '');
  });

  it('says nothing in the middle of an operation, nor before the first', () => {
    const view = bootOf(HEAP, recorded(undefined));
    assert(view.subject.kind === 'simulation');
    const operation = view.subject.simulation.operationCount - 1;
    view.seek({ operation, step: 1 });
    assert.deepEqual([frameOf(view).steps!.result, frameOf(view).steps!.recorded, frameOf(view).log!.recorded], ['', '', '']);
    view.seek({ operation: 0, step: 0 });
    assert.equal(frameOf(view).steps!.result, '');
  });
});
