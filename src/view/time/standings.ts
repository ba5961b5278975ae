// What is known about the place in time at which a simulation stands: decoded once, however often it is asked.

import type { HeapSnapshot, Metrics } from '../../snapshot/snapshot';
import { metricsHistory, SMALL_HEAP, withPageCalls } from './history';
import type { MetricsHistory } from './history';
import type { Ownership } from './ownership';
import { currentOperation, seriesOf } from './steps';
import type { Steppable } from '../subject';
import { LAST_STEP } from '../viewport';

/** The heap at one place in time, with its figures there and before the current operation. */
export interface Standing {
  readonly snapshot: HeapSnapshot | undefined;
  readonly metrics: Metrics | undefined;
  readonly before: Metrics | undefined;
}

export class Standings {
  private readonly simulation: Steppable;
  private readonly ownership: Ownership;
  private at = '';
  private standing: Standing | undefined;
  /** Figures after every operation, for a short run; known once there was a standing. */
  history: MetricsHistory | undefined;

  constructor(simulation: Steppable, ownership: Ownership) {
    this.simulation = simulation;
    this.ownership = ownership;
  }

  current(): Standing {
    const { cursor } = this.simulation;
    const at = `${String(cursor.operation)}.${String(cursor.step)}`;
    if (this.standing === undefined) this.history = metricsHistory(this.simulation, this.ownership.after);
    if (this.standing === undefined || this.at !== at) this.standing = this.decode();
    this.at = at;
    return this.standing;
  }

  private decode(): Standing {
    const snapshot = this.simulation.snapshot();
    const small = snapshot !== undefined && snapshot.blocks.length <= SMALL_HEAP;
    const metrics = small ? withPageCalls(snapshot, this.ownership.now) : snapshot?.metrics;
    return { snapshot, metrics, before: metrics && this.before(metrics, small) };
  }

  /** The figures before the current operation: from the history, or of a long run those that the series hold. */
  private before(now: Metrics, small: boolean): Metrics | undefined {
    const opened = currentOperation(this.simulation.cursor);
    if (opened <= 0) return undefined;
    if (this.history !== undefined) return this.history[opened - 1];
    const series = seriesOf(this.simulation);
    const [wasFree, largest] = [series.free[opened - 1]!, series.largestFree[opened - 1]!];
    if (Number.isNaN(wasFree)) return small ? this.decodedAfter(opened - 1) : undefined;
    return {
      ...now,
      free: wasFree,
      used: series.used(opened - 1),
      largestFree: largest,
      externalFragmentation: wasFree > 0 ? 1 - largest / wasFree : 0,
    };
  }

  /** The figures after an operation. Leaves the cursor where it is. */
  private decodedAfter(operation: number): Metrics | undefined {
    const { simulation } = this;
    const { cursor } = simulation;
    simulation.seek({ operation, step: LAST_STEP });
    const snapshot = simulation.snapshot();
    const metrics = snapshot && withPageCalls(snapshot, (base, end) => this.ownership.after(base, end, operation + 1));
    simulation.seek(cursor);
    return metrics;
  }
}
