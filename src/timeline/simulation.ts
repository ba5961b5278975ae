// One simulation: a run, and a cursor that goes through it in both directions.

import { toBigInt } from '../memory/address';
import { simReader, type Reader } from '../memory/reader';
import { kindOfStep } from '../memory/steps';
import { allocatorFor } from '../allocators/registry';
import type { Allocator, AllocatorOptions, RecordedOperation } from '../allocators/ukalloc';
import type { Decision } from '../boot/decision';
import { descriptorsOf, resolveMap } from '../firmware/resolve';
import type { ListRun } from '../firmware/types';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { Changes, placeAt } from './changes';
import type { CallResult } from './execute';
import type { Measured } from './figures';
import { infoOf } from './info';
import { Recent } from './recent';
import { Run } from './run';
import { Series } from './series';
import type { Cursor, ListNow, OperationInfo, Outcome, PlacedLine, SimulationInput, StepInfo, WorkloadMark } from './types';

export class Simulation {
  /** What is simulated. Its map has the list that the boot works on, also where that was made from a firmware's map. */
  readonly input: SimulationInput;
  /** How the list was made, where it was: its calls are the operations `[0, list.calls.length)`. */
  readonly list: ListRun | undefined;
  private readonly allocator: Allocator;
  private readonly options: AllocatorOptions;
  private readonly run: Run;
  /** What was written, by whom. */
  readonly changes: Changes;
  private at: Cursor = { operation: 0, step: 0 };
  private cached: HeapSnapshot | undefined;
  private readonly recent = new Recent();

  private constructor(input: SimulationInput, allocator: Allocator) {
    this.allocator = allocator;
    this.options = { release: input.release, arch: input.arch, config: input.config };
    const { map, run: list } = resolveMap(input.map, this.options);
    this.input = { ...input, map };
    this.list = list;
    this.run = new Run(this.input, allocator, this.options, list);
    this.changes = new Changes(this.run, this);
  }

  /**
   * Executes everything once, then stands at the end of the boot.
   *
   * @throws when the allocator is not built, or not there in the release: ask `canSimulate` first
   */
  static create(input: SimulationInput): Simulation {
    const run = Simulation.run(input);
    for (;;) {
      const next = run.next();
      if (next.done === true) return next.value;
    }
  }

  /** As `create`, but yields the operations executed so far now and then, for progress and cancellation. */
  static *run(input: SimulationInput): Generator<number, Simulation> {
    const reason = cannotSimulate(input);
    if (reason !== undefined) throw new Error(reason);
    const simulation = new Simulation(input, allocatorFor(input.allocator)!);
    yield* simulation.run.executeAll();
    const last = simulation.bootEnd - 1;
    simulation.move({ operation: last, step: simulation.stepsOf(last) });
    return simulation;
  }

  get operationCount(): number {
    return this.run.columns.length;
  }

  /** Operations `[0, bootEnd)` are the boot and what the kernel allocates right after. */
  get bootEnd(): number {
    return Math.min(this.run.objects.firstOfWorkload, this.operationCount);
  }

  get outcome(): Outcome {
    return this.run.end;
  }

  /** Bytes that the journal, its checkpoints and the figures of every operation keep. */
  get historyBytes(): number {
    const { history, columns, objects } = this.run;
    return history.bytes + columns.bytes + objects.bytes;
  }

  info(i: number): OperationInfo {
    return infoOf(this.run, i);
  }

  /** The recorded form of an operation after the boot; undefined for the boot's own. */
  recorded(i: number): RecordedOperation | undefined {
    return i < this.run.boot.operations.length ? undefined : this.run.objects.recorded(i);
  }

  /** What operation `i` returned, as C has it: a pointer is a signed reading. Undefined where it returns nothing. */
  returned(i: number): number | undefined {
    return this.run.columns.ret(i);
  }

  /** Result of operation `i` as C has it (a pointer is a signed reading), posix_memalign's error number, what an access came to. */
  result(i: number): CallResult {
    const { columns } = this.run;
    const err = columns.err(i);
    const access = columns.access(i);
    return { ret: columns.ret(i), ...(err !== undefined && { err }), ...(access !== undefined && { access }) };
  }

  /** The C-level steps of an operation. An operation that marks none has one: itself. */
  steps(i: number): readonly StepInfo[] {
    const marks = this.run.history.marksOf(i);
    this.settle();
    if (marks.length === 0) {
      const info = this.info(i);
      return [{ operation: i, step: 1, text: info.title, fn: info.caller ?? info.kind, file: '' }];
    }
    const named = this.run.boot.operations[i]?.steps;
    return marks.map(({ kind, args }, s) => {
      const known = named?.[s];
      if (known !== undefined) return { operation: i, step: s + 1, text: known.text, fn: known.fn, file: known.file };
      const { fn, file, text } = kindOfStep(kind);
      return { operation: i, step: s + 1, text: text(args[0]!, args[1]!, args[2]!, args[3]!), fn, file };
    });
  }

  /** The region list before and after the step at the cursor, while it is being made; undefined from heap_init on. */
  listNow(): ListNow | undefined {
    const { list } = this;
    const { operation, step } = this.at;
    const call = list?.calls[operation];
    if (list === undefined || call === undefined) return undefined;
    const now = call.steps[Math.max(0, step - 1)];
    const { before = [], after = [], changed = [] } = now ?? {};
    const shown = step === 0 ? before : after;
    const removed = before.flatMap((item, i) => (shown.includes(item) ? [] : [i]));
    return {
      before: descriptorsOf(before, list),
      after: descriptorsOf(shown, list),
      changed: step === 0 ? [] : changed,
      removed: step === 0 ? [] : removed,
    };
  }

  get cursor(): Cursor {
    return this.at;
  }

  /** Goes to a place; numbers outside the run are brought inside. Step 0 is the end of the operation before. */
  seek(cursor: Cursor): void {
    const operation = Math.max(0, Math.min(Math.trunc(cursor.operation), this.operationCount - 1));
    const step = Math.min(Math.trunc(cursor.step), this.stepsOf(operation));
    if (step > 0) this.move({ operation, step });
    else if (operation === 0) this.move({ operation, step: 0 });
    else this.move({ operation: operation - 1, step: this.stepsOf(operation - 1) });
  }

  stepForward(): boolean {
    const { operation, step } = this.at;
    if (step < this.stepsOf(operation)) this.move({ operation, step: step + 1 });
    else if (operation + 1 < this.operationCount) this.move({ operation: operation + 1, step: 1 });
    else return false;
    return true;
  }

  stepBack(): boolean {
    const { operation, step } = this.at;
    if (step > 1 || (operation === 0 && step === 1)) this.move({ operation, step: step - 1 });
    else if (operation > 0) this.move({ operation: operation - 1, step: this.stepsOf(operation - 1) });
    else return false;
    return true;
  }

  /** To the end of this operation, or when there already, of the next one. */
  stepOver(): boolean {
    const { operation, step } = this.at;
    const target = step < this.stepsOf(operation) ? operation : operation + 1;
    if (target >= this.operationCount) return false;
    this.move({ operation: target, step: this.stepsOf(target) });
    return true;
  }

  /** To the end of the operation before. */
  stepBackOver(): boolean {
    const { operation, step } = this.at;
    if (operation === 0 && step === 0) return false;
    this.move(operation === 0 ? { operation: 0, step: 0 } : { operation: operation - 1, step: this.stepsOf(operation - 1) });
    return true;
  }

  runToEnd(): void {
    const last = this.operationCount - 1;
    this.move({ operation: last, step: this.stepsOf(last) });
  }

  restart(): void {
    this.move({ operation: 0, step: 0 });
  }

  /** What the boot did with each region, as of the cursor. */
  decisions(): readonly Decision[] {
    return this.decisionsUpTo(this.at);
  }

  /** What it did with each region in the end. */
  finalDecisions(): readonly Decision[] {
    return this.decisionsUpTo({ operation: this.operationCount, step: 0 });
  }

  lines(): readonly PlacedLine[] {
    return this.run.lines;
  }

  /** Operations that were refused or in which the kernel stopped, ascending. */
  refusals(): readonly number[] {
    return this.run.refused;
  }

  /** Operations whose source recorded another result, ascending. */
  mismatches(): readonly number[] {
    return this.run.columns.mismatched();
  }

  /** Operations whose source recorded what comes out of them, ascending, those with another result included. */
  compared(): readonly number[] {
    return this.run.columns.compared();
  }

  /** Places that the workload names, as far as it was executed. */
  marks(): readonly WorkloadMark[] {
    return this.run.objects.marks.filter((m) => m.operation <= this.operationCount);
  }

  /** The boot's operation that decided on a region; undefined when none did. */
  decidingOperation(region: number): number | undefined {
    return this.run.decided.operation(region);
  }

  /** Reads memory as it is at the cursor; good until the cursor moves. */
  reader(): Reader {
    return simReader(this.run.kernel.mem);
  }

  snapshot(): HeapSnapshot | undefined {
    const heap = this.run.boot.context.heap;
    if (this.cached === undefined && heap !== undefined)
      this.cached = this.recent.at(this.at, () => this.allocator.decode(this.reader(), toBigInt(heap.address), this.options));
    return this.cached;
  }

  /** Figures along all operations. */
  series(): Series {
    return new Series(this.run.columns.free, this.run.columns.largest);
  }

  /** What a decode after an operation of a short run told, where the run decoded it and kept that. */
  measuredAfter(operation: number): Measured | undefined {
    return this.run.figures.measured(operation);
  }

  private stepsOf(operation: number): number {
    return Math.max(1, this.run.columns.steps(operation));
  }

  private decisionsUpTo(cursor: Cursor): Decision[] {
    const { decided, end } = this.run;
    const over = (operation: number): boolean =>
      operation < cursor.operation || (operation === cursor.operation && cursor.step >= this.stepsOf(operation));
    const never = end.kind === 'stopped' ? `The boot stopped before: ${end.message}.` : 'The boot does not come to this region.';
    return decided.all(this.input.map.descriptors.length, over, never);
  }

  /** Brings memory back to the cursor, after the journal was looked through elsewhere. */
  settle(): void {
    this.move(this.at);
  }

  private move(cursor: Cursor): void {
    const { operation, steps } = placeAt(this.run, cursor);
    this.run.history.seek(operation, steps);
    this.at = cursor;
    this.cached = undefined;
  }
}

/** Why an input cannot be simulated; undefined when it can. */
export function cannotSimulate(input: Pick<SimulationInput, 'allocator' | 'release'>): string | undefined {
  const allocator = allocatorFor(input.allocator);
  if (allocator === undefined) return `The allocator ${input.allocator} is not built into this version.`;
  if (allocator.profile(input.release) === undefined)
    return `Unikraft ${input.release} has no ${allocator.title} allocator that this version can simulate.`;
  return undefined;
}
