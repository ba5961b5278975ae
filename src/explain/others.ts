// The same regions with the other allocators: what each would have made of them. Boots only, so it takes milliseconds.

import { ALLOCATORS } from '../allocators/registry';
import type { AllocationRequest, WhatIf } from '../allocators/reasoning';
import { countText, sizeText } from '../regions/text';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { cannotSimulate, Simulation } from '../timeline/simulation';
import { at, type Explainable } from './explainable';

/** Heaps beyond this many bytes of regions are not booted again for a comparison. */
const LARGEST = 64n << 30n;

/** How much memory each other allocator would have to hand out. */
export function otherAllocators(simulation: Explainable): WhatIf[] {
  return compare(simulation, [], (other) => {
    const snapshot = other.snapshot();
    if (other.outcome.kind !== 'heap' || snapshot === undefined)
      return { works: false, result: 'no heap', note: other.outcome.message };
    const added = other.finalDecisions().filter((d) => d.kind === 'addmem').length;
    const regions = added === 0 ? 'one region' : `${countText(added + 1)} regions`;
    return { works: snapshot.metrics.free > 0, result: `${sizeText(Math.max(0, snapshot.metrics.free))} free`, note: regions };
  });
}

/**
 * An allocator that ukboot has no option for, beside the one that it sits on: the same regions and the same calls, at their end.
 */
export function besideCanonical(simulation: Explainable): WhatIf[] {
  const { input } = simulation;
  const own = at(simulation, { operation: simulation.operationCount, step: Number.MAX_SAFE_INTEGER }, () =>
    simulation.snapshot(),
  );
  const canonical = own?.details?.kind === 'oscar' ? own.details.canonical : undefined;
  if (own === undefined || canonical === undefined) return [];
  const other = Simulation.create({ ...input, allocator: canonical });
  other.runToEnd();
  const row = (what: string, s: HeapSnapshot | undefined, note: string): WhatIf => ({
    what: `with ${what}`,
    works: s !== undefined,
    result:
      s === undefined
        ? 'no heap'
        : `${sizeText(Math.max(0, s.metrics.free))} free, ${sizeText(Math.max(0, s.metrics.used))} used`,
    note,
  });
  const calls = `after ${countText(simulation.operationCount - simulation.bootEnd)} calls of the workload`;
  return [row(input.allocator, own, `a what-if, ${calls}`), row(canonical, other.snapshot(), `as ukboot can be built, ${calls}`)];
}

/** What one request would get from each other allocator, right after the boot. */
export function requestWithOthers(simulation: Explainable, request: AllocationRequest): WhatIf[] {
  const operation = { ...request, id: 1, ...(request.op === 'realloc' && { of: null }) } as AllocationRequest;
  return compare(simulation, [{ operation }], (other) => {
    const last = other.operationCount - 1;
    const recorded = other.recorded(last);
    if (recorded?.operation !== operation) return { works: false, result: 'no heap', note: other.outcome.message };
    const ret = other.returned(last) ?? 0;
    const stopped = other.info(last).outcome === 'stopped';
    return {
      works: ret !== 0,
      result: ret !== 0 ? 'works' : stopped ? 'the kernel stops' : 'NULL',
      note: 'right after the boot',
    };
  });
}

type Outcome = Omit<WhatIf, 'what'>;

function compare(
  simulation: Explainable,
  workload: Simulation['input']['workload'],
  judge: (other: Simulation) => Outcome,
): WhatIf[] {
  const { input } = simulation;
  const bytes = input.map.descriptors.reduce((sum, d) => sum + (d.fields.len?.value ?? 0n), 0n);
  if (bytes > LARGEST) return [];
  return ALLOCATORS.filter((a) => a.id !== input.allocator && a.bootOption !== undefined)
    .filter((a) => cannotSimulate({ allocator: a.id, release: input.release }) === undefined)
    .map((a): WhatIf => {
      const other = Simulation.create({ ...input, allocator: a.id, workload, after: false });
      other.runToEnd();
      return { what: `with ${a.id}`, ...judge(other) };
    });
}
