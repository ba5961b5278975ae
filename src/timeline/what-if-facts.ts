// What happened in one run that explains its figures: worked out from the run and the heap it left, for each allocator alike.

import { isRequest } from '../allocators/reasoning';
import { allocatorFor, buildOptions } from '../allocators/registry';
import { PAGE_SIZE } from '../memory/address';
import type { Simulation } from './simulation';

/** Fewer used blocks than this may be powers of two by chance. */
const FEW = 4;

export interface WhatIfFacts {
  /** Regions that the boot could not give to the allocator, with its reason. */
  readonly lost: readonly { readonly region: number; readonly reason: string }[];
  /** The first call that was refused: `malloc(120)`, and why, in the allocator's own arithmetic. */
  readonly refusal?: { readonly call: string; readonly answer: string };
  /** Calls that gave back a block that the run had got, and the bytes that became free by them; absent where free bytes are not known. */
  readonly frees?: { readonly count: number; readonly bytes: number };
  /** Is the size of every used block a power of two of pages? False where they are too few to say so. */
  readonly powers: boolean;
}

/**
 * The simulation stands at the last of the calls, and does afterwards.
 *
 * @param first,last operations of the calls
 */
export function factsOf(simulation: Simulation, first: number, last: number): WhatIfFacts {
  const here = simulation.cursor;
  const powers = usesPowers(simulation);
  const refusal = refusalOf(simulation, first, last);
  if (refusal !== undefined) simulation.seek(here);
  const frees = freesOf(simulation, first, last);
  return {
    lost: simulation.finalDecisions().flatMap(({ kind, region, reason }) => (kind === 'failed' ? [{ region, reason }] : [])),
    ...(refusal && { refusal }),
    ...(frees && { frees }),
    powers,
  };
}

function refusalOf(simulation: Simulation, first: number, last: number): WhatIfFacts['refusal'] {
  for (let i = first; i <= last; i++) {
    if (simulation.info(i).outcome !== 'refused') continue;
    const call = simulation.recorded(i)?.operation;
    if (call === undefined || !isRequest(call)) continue;
    simulation.seek({ operation: i, step: 0 });
    const snapshot = simulation.snapshot();
    const allocator = allocatorFor(simulation.input.allocator);
    if (snapshot === undefined || allocator === undefined) return undefined;
    const met = { snapshot, reader: simulation.reader(), options: buildOptions(allocator, simulation.input) };
    return { call: simulation.info(i).title, answer: allocator.reasons.request(call, met).answer };
  }
  return undefined;
}

/** What the calls that free did to the free bytes. A call that frees what was refused frees nothing, and says nothing. */
function freesOf(simulation: Simulation, first: number, last: number): WhatIfFacts['frees'] {
  const { free } = simulation.series();
  const held = new Set<number>();
  let [count, bytes] = [0, 0];
  for (let i = first; i <= last; i++) {
    const call = simulation.recorded(i)?.operation;
    if (call === undefined) continue;
    if ('id' in call && call.id !== undefined && (simulation.returned(i) ?? 0) !== 0) held.add(call.id);
    if ((call.op !== 'free' && call.op !== 'pfree') || call.of === null || !held.has(call.of)) continue;
    const more = free[i]! - free[i - 1]!;
    if (Number.isNaN(more)) return undefined;
    count++;
    bytes += more;
  }
  return { count, bytes };
}

function usesPowers(simulation: Simulation): boolean {
  const blocks = simulation.snapshot()?.blocks;
  if (blocks === undefined) return false;
  let count = 0;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.state(i) !== 'used') continue;
    const order = Math.log2(blocks.size(i) / PAGE_SIZE);
    if (order < 0 || !Number.isInteger(order)) return false;
    count++;
  }
  return count >= FEW;
}
