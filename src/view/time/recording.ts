// What a recording says came out of a run's operations, held against what did: two sources of one number, and whether they agree.

import type { Steppable } from '../subject';
import { counted, countText } from '../numbers';
import { atBorder, currentOperation, firstWhere } from './steps';

/** `same` and `differs` are of an operation whose result was recorded. */
export type Recorded = 'same' | 'differs' | 'unrecorded';

export function recordedResult(simulation: Steppable, operation: number): Recorded {
  const compared = simulation.compared();
  if (compared[countBefore(compared, operation)] !== operation) return 'unrecorded';
  return simulation.info(operation).mismatch === undefined ? 'same' : 'differs';
}

/** `✓ as recorded`, or what differs; empty where nothing was recorded. */
export function recordedText(simulation: Steppable, operation: number): string {
  return recordedResult(simulation, operation) === 'same' ? '✓ as recorded' : (simulation.info(operation).mismatch ?? '');
}

/** As `recordedOf`, of the operations that are wholly in effect. */
export function recordedSoFar(simulation: Steppable): string {
  return recordedOf(simulation, currentOperation(simulation.cursor) + (atBorder(simulation) ? 1 : 0));
}

/** `✓ 33 recorded results so far, all the same`; empty where none of the first operations was recorded. */
export function recordedOf(simulation: Steppable, done = simulation.operationCount): string {
  const compared = countBefore(simulation.compared(), done);
  if (compared === 0) return '';
  const different = simulation.mismatches();
  const differing = countBefore(different, done);
  const results = counted(compared, 'recorded result') + (done < simulation.operationCount ? ' so far' : '');
  if (differing === 0) return `✓ ${results}${compared === 1 ? ', the same' : ', all the same'}`;
  return `≠ ${countText(differing)} of ${results}: not the same, first at step ${countText(different[0]! + 1)}`;
}

/** How many of an ascending list are less than a number. */
function countBefore(list: readonly number[], end: number): number {
  return firstWhere(0, list.length, (i) => list[i]! >= end);
}
