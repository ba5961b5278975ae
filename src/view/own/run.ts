// What a run does next with the size that is tried: the answer worked out on the bitmaps and lists as they stand, held against what the
// call truly returned.

import { toBigInt } from '../../memory/address';
import { countText, hex } from '../numbers';
import type { Probe } from './probe';
import { parseSize } from './probe';
import { atBorder, operationsDone } from '../time/steps';
import type { Steppable } from '../subject';

/** Operations that are looked through for a later call of the same size. */
const MOST_AHEAD = 200;

/** A malloc or calloc of the run that is still to come. */
export interface RunCall {
  readonly operation: number;
  /** `malloc(2500)` */
  readonly title: string;
  readonly size: bigint;
  /** 0 for NULL. */
  readonly returned: bigint;
  /** Did its source record the result, and the same one? */
  readonly recorded: boolean;
  /** Is it the very next operation? */
  readonly next: boolean;
}

/** What is tried in the pane: as typed, or with nothing typed the next call of the run. */
export interface Tried {
  readonly size: bigint;
  /** `malloc(2500), tried on this state`. */
  readonly title: string;
  /** The call of the run that it is held against. */
  readonly call?: RunCall;
}

export function triedOf(probe: string, simulation: Steppable | undefined): Tried | undefined {
  if (probe.trim() === '') {
    const call = simulation && aheadOf(simulation, undefined);
    return call && { size: call.size, title: `${call.title}, the next step of the run`, call };
  }
  const size = parseSize(probe);
  if (size === undefined) return undefined;
  const call = simulation && aheadOf(simulation, size);
  return { size, title: `malloc(${String(size)}), tried on this state`, ...(call && { call }) };
}

/** The next operation where it is a malloc, or the first one of this size not far from here. Between C-level steps nothing is next. */
function aheadOf(simulation: Steppable, size: bigint | undefined): RunCall | undefined {
  if (!atBorder(simulation)) return undefined;
  const done = operationsDone(simulation.cursor);
  const end = Math.min(simulation.operationCount, size === undefined ? done + 1 : done + MOST_AHEAD);
  for (let operation = done; operation < end; operation++) {
    const call = callAt(simulation, operation, operation === done);
    if (call !== undefined && (size === undefined || call.size === size)) return call;
  }
  return undefined;
}

function callAt(simulation: Steppable, operation: number, next: boolean): RunCall | undefined {
  const recorded = simulation.recorded(operation);
  const call = recorded?.operation;
  if (call?.op !== 'malloc' && call?.op !== 'calloc') return undefined;
  const returned = simulation.returned(operation);
  if (returned === undefined) return undefined;
  const size = call.op === 'calloc' ? call.nmemb * call.size : call.size;
  const { title, mismatch } = simulation.info(operation);
  const known = recorded?.expected?.ret !== undefined && mismatch === undefined;
  return { operation, title, size, returned: toBigInt(returned), recorded: known, next };
}

/**
 * `, as the recorded run did ✓`: the answer against the call. Only the next operation meets this very heap; a later one that returns the
 * same is worth a tick, one that does not is no contradiction.
 */
export function heldAgainst(answer: bigint | undefined, call: RunCall | undefined): string {
  if (call === undefined) return '';
  const step = `step ${countText(call.operation + 1)}`;
  const got = call.returned === 0n ? 'NULL' : hex(call.returned);
  if ((answer ?? 0n) === call.returned)
    return `, as ${call.recorded ? `the recorded run did at ${step}` : `${step} of the run does`} ✓`;
  return call.next
    ? ` ✗ but ${step} returned ${got}`
    : `; ${step}, on the heap as it is then, ${call.recorded ? 'got' : 'gets'} ${got}`;
}

/** What stands where nothing is tried. */
export function nothingTried(probe: string): Probe {
  return {
    title: 'Try a malloc',
    steps: [],
    note:
      probe.trim() === '' ? 'Type a size to see its way. Nothing is changed.' : `“${probe}” is no size: 2500, 0x9c4 or 64K are.`,
  };
}
