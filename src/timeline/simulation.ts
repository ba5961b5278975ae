// One simulation: a boot and a workload, executed once from end to end, and a cursor that goes through it in both directions.

import { toBigInt } from '../memory/address';
import { simReader, type AddressRange, type Reader } from '../memory/reader';
import { SimMemory } from '../memory/sim-memory';
import { kindOfStep } from '../memory/steps';
import { Kernel, KernelStop, stopOf } from '../allocators/kernel';
import { allocatorFor } from '../allocators/registry';
import type { AccessOutcome, Allocator, AllocatorOptions, RecordedOperation } from '../allocators/ukalloc';
import { memoryWindow, planBoot, type Boot } from '../boot/boot';
import type { Decision } from '../boot/decision';
import type { BootInput } from '../boot/operation';
import { toRegions } from '../regions/regions';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { History } from './history';
import { execute, type CallResult } from './execute';
import { Objects } from './objects';
import { callText, givesPointer, resultText } from './text';
import type { Cursor, OperationInfo, Phase, PlacedLine, SimulationInput, StepInfo } from './types';
import { mismatchOf } from './expectation';

/** How the boot ended, and if the workload stopped the kernel, that. */
export interface Outcome {
  readonly kind: 'heap' | 'no-heap' | 'stopped';
  readonly message: string;
}

/** What is kept of each operation from its first execution. */
interface Executed {
  readonly ret: number | undefined;
  readonly err?: number;
  readonly access?: AccessOutcome;
  readonly outcome: OperationInfo['outcome'];
  readonly steps: number;
  readonly mismatch?: string;
}

/** Executed operations between two reports of progress. */
const PROGRESS_EVERY = 4096;
/** Runs of at most this many operations get their series by decoding, where the allocator has no counters. */
const MOST_DECODED = 2000;

export class Simulation {
  readonly input: SimulationInput;
  private readonly kernel: Kernel;
  private readonly allocator: Allocator;
  private readonly options: AllocatorOptions;
  private readonly boot: Boot;
  private readonly workload: readonly RecordedOperation[];
  private readonly objects: Objects;
  private readonly afterCount: number;
  private readonly history: History;
  private readonly executed: Executed[] = [];
  private readonly placed: PlacedLine[] = [];
  /** What was decided about each region, and by which operation; the other way round as well. */
  private readonly decided = new Map<number, { readonly operation: number; readonly decision: Decision }>();
  private readonly decidedBy = new Map<number, Decision>();
  private readonly free: number[] = [];
  private readonly largest: number[] = [];
  private readonly refused: number[] = [];
  private end: Outcome = { kind: 'no-heap', message: '' };
  private at: Cursor = { operation: 0, step: 0 };
  private cached: HeapSnapshot | undefined;

  private constructor(input: SimulationInput, allocator: Allocator) {
    this.input = input;
    this.allocator = allocator;
    this.options = { release: input.release, arch: input.arch, config: input.config };
    const { regions, unknown, excluded } = toRegions(input.map);
    const bootInput: BootInput = {
      regions,
      unknown,
      excluded,
      allocator,
      options: this.options,
      ...(input.freeMemory && { freeMemory: input.freeMemory }),
    };
    const window = memoryWindow(bootInput);
    this.kernel = new Kernel(new SimMemory(window.base, window.length));
    this.boot = planBoot(this.kernel, bootInput);
    const after = input.after ?? !input.workload.some((w) => w.expected !== undefined);
    const afterCalls = after
      ? this.boot.after.map((call): RecordedOperation => ({ operation: call.operation, caller: call.caller }))
      : [];
    this.workload = input.workload;
    this.objects = new Objects(this.boot.operations.length, afterCalls, input.workload);
    this.history = new History(this.kernel.mem, (i) => this.executeAgain(i));
    this.afterCount = afterCalls.length;
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
    yield* simulation.executeAll();
    return simulation;
  }

  get operationCount(): number {
    return this.executed.length;
  }

  /** Operations `[0, bootEnd)` are the boot and what the kernel allocates right after. */
  get bootEnd(): number {
    return Math.min(this.objects.firstOfWorkload, this.executed.length);
  }

  get outcome(): Outcome {
    return this.end;
  }

  /** Bytes that the journal and its checkpoints keep. */
  get historyBytes(): number {
    return this.history.bytes;
  }

  info(i: number): OperationInfo {
    const done = this.executed[i]!;
    const boot = this.boot.operations[i];
    const common = {
      index: i,
      phase: this.phase(i),
      outcome: done.outcome,
      steps: Math.max(1, done.steps),
      ...(done.mismatch !== undefined && { mismatch: done.mismatch }),
    };
    if (boot !== undefined) {
      const kind = boot.kind === 'try' ? (this.decisionAt(i)?.kind === 'init' ? 'init' : 'addmem') : boot.kind;
      const pointer = kind === 'init' || boot.kind === 'malloc';
      return { ...common, title: boot.title, kind, result: resultText(done.ret, pointer), caller: boot.caller };
    }
    const { operation, caller } = this.objects.recorded(i);
    return {
      ...common,
      title: callText(operation, () => this.addressOf(i)),
      kind: operation.op === 'direct' ? operation.fn : operation.op,
      result: done.access === undefined ? resultText(done.ret, givesPointer(operation), done.err) : done.access.text,
      ...(caller !== undefined && { caller }),
    };
  }

  /** The recorded form of an operation after the boot; undefined for the boot's own. */
  recorded(i: number): RecordedOperation | undefined {
    return i < this.boot.operations.length ? undefined : this.objects.recorded(i);
  }

  /** Result of operation `i` as C has it (a pointer is a signed reading), posix_memalign's error number, what an access came to. */
  result(i: number): CallResult {
    const { ret, err, access } = this.executed[i]!;
    return { ret, ...(err !== undefined && { err }), ...(access !== undefined && { access }) };
  }

  /** The C-level steps of an operation. An operation that marks none has one: itself. */
  steps(i: number): readonly StepInfo[] {
    const here = this.at;
    const marks = this.history.marksOf(i);
    this.move(here);
    if (marks.length === 0) {
      const info = this.info(i);
      return [{ operation: i, step: 1, text: info.title, fn: info.caller ?? info.kind, file: '' }];
    }
    return marks.map(({ kind, args }, s) => {
      const { fn, file, text } = kindOfStep(kind);
      return { operation: i, step: s + 1, text: text(args[0]!, args[1]!, args[2]!, args[3]!), fn, file };
    });
  }

  get cursor(): Cursor {
    return this.at;
  }

  /** Goes to a place; numbers outside the run are brought inside. Step 0 is the end of the operation before. */
  seek(cursor: Cursor): void {
    const operation = Math.max(0, Math.min(Math.trunc(cursor.operation), this.executed.length - 1));
    const step = Math.min(Math.trunc(cursor.step), this.stepsOf(operation));
    if (step > 0) this.move({ operation, step });
    else if (operation === 0) this.move({ operation, step: 0 });
    else this.move({ operation: operation - 1, step: this.stepsOf(operation - 1) });
  }

  stepForward(): boolean {
    const { operation, step } = this.at;
    if (step < this.stepsOf(operation)) this.move({ operation, step: step + 1 });
    else if (operation + 1 < this.executed.length) this.move({ operation: operation + 1, step: 1 });
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
    if (target >= this.executed.length) return false;
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
    const last = this.executed.length - 1;
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
    return this.decisionsUpTo({ operation: this.executed.length, step: 0 });
  }

  lines(): readonly PlacedLine[] {
    return this.placed;
  }

  /** Operations that were refused or in which the kernel stopped, ascending. */
  refusals(): readonly number[] {
    return this.refused;
  }

  /** The boot's operation that decided on a region; undefined when none did. */
  decidingOperation(region: number): number | undefined {
    return this.decided.get(region)?.operation;
  }

  /** Bytes written by the last step at the cursor. */
  touched(): readonly AddressRange[] {
    const { operation, step } = this.at;
    if (step === 0) return [];
    return this.history.touched(operation, this.executed[operation]!.steps === 0 ? 0 : step);
  }

  /** Bytes that an operation wrote, in all its steps. Leaves the cursor where it is. */
  writesOf(operation: number): readonly AddressRange[] {
    const here = this.at;
    this.history.seek(operation, 0);
    const ranges = this.history.touched(operation, 0);
    this.move(here);
    return ranges;
  }

  /** The step of an operation that last wrote the byte at `address`; 0 when none did. Leaves the cursor where it is. */
  stepThatWrote(operation: number, address: bigint): number {
    const here = this.at;
    this.history.seek(operation, 0);
    let step = this.executed[operation]!.steps;
    const wrote = (s: number): boolean => this.history.touched(operation, s).some((r) => address >= r.base && address < r.end);
    if (step === 0) step = wrote(0) ? 1 : 0;
    else while (step > 0 && !wrote(step)) step--;
    this.move(here);
    return step;
  }

  /** Reads memory as it is at the cursor; good until the cursor moves. */
  reader(): Reader {
    return simReader(this.kernel.mem);
  }

  snapshot(): HeapSnapshot | undefined {
    if (this.cached === undefined) {
      const heap = this.boot.context.heap;
      if (heap !== undefined) this.cached = this.allocator.decode(this.reader(), toBigInt(heap.address), this.options);
    }
    return this.cached;
  }

  /** Bytes free, used and in the largest free block after each operation; NaN while there is no heap or nothing tells. */
  series(): { free: Float64Array; used: Float64Array; largestFree: Float64Array } {
    const count = this.executed.length;
    const free = Float64Array.from(this.free);
    const largestFree = Float64Array.from(this.largest);
    const used = new Float64Array(count).fill(NaN);
    // What is free right after the last region was added and before anything was allocated is all there is to use.
    let most = NaN;
    for (let i = 0; i < count; i++) {
      if (!Number.isNaN(free[i]!) && (Number.isNaN(most) || this.phase(i) === 'boot' || free[i]! > most))
        most = Math.max(free[i]!, Number.isNaN(most) ? 0 : most);
      used[i] = most - free[i]!;
    }
    return { free, used, largestFree };
  }

  private phase(i: number): Phase {
    if (i < this.boot.operations.length) return 'boot';
    return i < this.boot.operations.length + this.afterCount ? 'after' : 'workload';
  }

  private stepsOf(operation: number): number {
    return Math.max(1, this.executed[operation]!.steps);
  }

  private decisionAt(operation: number): Decision | undefined {
    return this.decidedBy.get(operation);
  }

  private decisionsUpTo(cursor: Cursor): Decision[] {
    return this.input.map.descriptors.map((_, region) => {
      const found = this.decided.get(region);
      if (found === undefined) return { region, kind: 'not-reached', reason: this.notReached() };
      const reached =
        found.operation < cursor.operation ||
        (found.operation === cursor.operation && cursor.step >= this.stepsOf(found.operation));
      return reached ? found.decision : { region, kind: 'not-reached', reason: 'The boot has not come to this region yet.' };
    });
  }

  private notReached(): string {
    return this.end.kind === 'stopped'
      ? `The boot stopped before: ${this.end.message}.`
      : 'The boot does not come to this region.';
  }

  private move(cursor: Cursor): void {
    const marks = this.executed[cursor.operation]!.steps;
    // An operation without marks has one step, all of it.
    this.history.seek(cursor.operation, marks === 0 && cursor.step > 0 ? Number.MAX_SAFE_INTEGER : cursor.step);
    this.at = cursor;
    this.cached = undefined;
  }

  /** Address of the object that an operation names. */
  private addressOf(operation: number): number | undefined {
    const source = this.objects.sourceOf(operation);
    return source === undefined ? undefined : this.executed[source]?.ret;
  }

  private *executeAll(): Generator<number, void> {
    const total = this.objects.firstOfWorkload + this.workload.length;
    for (let i = 0; i < total; i++) {
      const stopped = this.executeFirst(i);
      if (stopped) break;
      if (i === this.boot.operations.length - 1 && this.boot.context.heap === undefined) break; // nobody to call from here on
      if (i % PROGRESS_EVERY === PROGRESS_EVERY - 1) yield i;
    }
    if (this.end.kind !== 'stopped') {
      const heap = this.boot.context.heap;
      if (heap !== undefined)
        this.end = { kind: 'heap', message: `${this.allocator.title} heap at 0x${toBigInt(heap.address).toString(16)}` };
      else this.end = { kind: 'no-heap', message: this.placed.at(-1)?.text ?? 'No heap' };
    }
    this.decodeSeries();
    const last = this.bootEnd - 1;
    this.move({ operation: last, step: this.stepsOf(last) });
  }

  /** Executes an operation for the first time and keeps what it gave; true when the kernel stopped in it. */
  private executeFirst(i: number): boolean {
    let ret: number | undefined;
    let err: number | undefined;
    let access: AccessOutcome | undefined;
    let outcome: OperationInfo['outcome'] = 'done';
    const firstMark = this.kernel.mem.journal.marks;
    try {
      const boot = this.boot.operations[i];
      if (boot !== undefined) {
        const result = boot.run();
        ret = result.ret;
        if (result.failed === true) outcome = 'refused';
        if (result.decision !== undefined) this.decide(i, result.decision);
      } else {
        const { operation } = this.objects.recorded(i);
        ({ ret, err, access } = this.call(i));
        if ((givesPointer(operation) && ret === 0) || (operation.op === 'addmem' && ret !== 0)) outcome = 'refused';
        if (access !== undefined && access.reaches === undefined) outcome = 'refused';
      }
    } catch (problem) {
      outcome = 'stopped';
      this.stop(i, stopOf(problem));
    }
    if (outcome !== 'done') this.refused.push(i);
    const lines = this.kernel.console.take();
    const steps = this.history.append();
    for (const line of lines) this.placed.push({ ...line, operation: i, step: Math.max(1, line.mark - firstMark) });
    const expected = i < this.boot.operations.length ? undefined : this.objects.recorded(i).expected;
    const mismatch = expected === undefined || outcome === 'stopped' ? undefined : mismatchOf(expected, ret, err, lines, access);
    this.executed.push({
      ret,
      outcome,
      steps,
      ...(err !== undefined && { err }),
      ...(access !== undefined && { access }),
      ...(mismatch !== undefined && { mismatch }),
    });
    const heap = this.boot.context.heap;
    const free = heap?.availmem() ?? NaN;
    const largest = heap?.maxalloc() ?? NaN;
    this.free.push(free < 0 ? NaN : free);
    this.largest.push(largest < 0 ? NaN : largest);
    return outcome === 'stopped';
  }

  private decide(operation: number, decision: Decision): void {
    this.decided.set(decision.region, { operation, decision });
    this.decidedBy.set(operation, decision);
  }

  private stop(i: number, problem: KernelStop): void {
    const how = problem.kind === 'assert' ? `Assertion failure: ${problem.message}` : problem.message;
    this.end = { kind: 'stopped', message: how };
    this.kernel.print('crit', 'libukboot', how);
    const region = this.boot.operations[i]?.region;
    if (region !== undefined) this.decide(i, { region, kind: 'failed', reason: `The boot stops here: ${how}.` });
  }

  private executeAgain(i: number): void {
    const { console } = this.kernel;
    console.muted = true;
    try {
      const boot = this.boot.operations[i];
      if (boot !== undefined) boot.run();
      else this.call(i);
    } catch (problem) {
      stopOf(problem);
    } finally {
      console.muted = false;
    }
  }

  private call(i: number): CallResult {
    const heap = this.boot.context.heap!;
    const { operation } = this.objects.recorded(i);
    return execute(heap, operation, (id) => {
      const address = this.addressOf(i);
      if (address === undefined)
        throw new KernelStop('wild', `operation ${String(i)} names object ${String(id)}, which does not exist`);
      return address;
    });
  }

  /** Allocators without counters: what is free is found by decoding, for runs that are short enough. */
  private decodeSeries(): void {
    const missing = this.free.some((v) => Number.isNaN(v)) && this.boot.context.heap !== undefined;
    if (!missing || this.executed.length > MOST_DECODED) return;
    for (let i = 0; i < this.executed.length; i++) {
      if (!Number.isNaN(this.free[i]!)) continue;
      this.move({ operation: i, step: this.stepsOf(i) });
      const metrics = this.snapshot()?.metrics;
      this.free[i] = metrics?.free ?? NaN;
      this.largest[i] = metrics?.largestFree ?? NaN;
    }
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
