// One operation of a run in words.

import type { Run } from './run';
import { callText, givesPointer, resultText } from './text';
import type { OperationInfo, Phase } from './types';

export function infoOf(run: Run, i: number): OperationInfo {
  const { boot: plan, columns, decided, objects } = run;
  const boot = plan.operations[i];
  const mismatch = columns.mismatch(i);
  const common = {
    index: i,
    phase: phaseOf(run, i),
    outcome: columns.outcome(i),
    steps: Math.max(1, columns.steps(i)),
    ...(mismatch !== undefined && { mismatch }),
  };
  if (boot !== undefined) {
    const kind = boot.kind === 'try' ? (decided.at(i)?.kind === 'init' ? 'init' : 'addmem') : boot.kind;
    const pointer = kind === 'init' || kind === 'alloc' || boot.kind === 'malloc';
    return { ...common, title: boot.title, kind, result: resultText(columns.ret(i), pointer), caller: boot.caller };
  }
  const { operation, caller } = objects.recorded(i);
  return {
    ...common,
    title: callText(operation, () => run.addressOf(i)),
    kind: operation.op === 'direct' ? operation.fn : operation.op,
    result: columns.access(i)?.text ?? resultText(columns.ret(i), givesPointer(operation), columns.err(i)),
    ...(caller !== undefined && { caller }),
  };
}

export function phaseOf({ boot, afterCount }: Run, i: number): Phase {
  const planned = boot.operations[i];
  if (planned !== undefined) return planned.phase;
  return i < boot.operations.length + afterCount ? 'after' : 'workload';
}
