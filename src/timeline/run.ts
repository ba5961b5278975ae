// A boot and a workload, executed once from end to end, and again in parts whenever the history needs it.

import { toBigInt } from '../memory/address';
import { simReader } from '../memory/reader';
import { SimMemory } from '../memory/sim-memory';
import { Kernel, KernelStop, stopOf } from '../allocators/kernel';
import type { Allocator, AllocatorOptions, RecordedOperation } from '../allocators/ukalloc';
import { memoryWindow, planBoot, type Boot } from '../boot/boot';
import type { BootInput } from '../boot/operation';
import type { ListRun } from '../firmware/types';
import { toRegions } from '../regions/regions';
import { Columns, type Executed } from './columns';
import { Decided } from './decided';
import { execute, type CallResult } from './execute';
import { mismatchOf, saysAnything } from './expectation';
import { Figures } from './figures';
import { History } from './history';
import { Objects } from './objects';
import { givesPointer } from './text';
import type { Outcome, PlacedLine, SimulationInput } from './types';

/** Executed operations between two reports of progress. */
const PROGRESS_EVERY = 4096;

export class Run {
  readonly kernel: Kernel;
  readonly boot: Boot;
  readonly objects: Objects;
  readonly history: History;
  readonly columns = new Columns();
  readonly lines: PlacedLine[] = [];
  readonly decided = new Decided();
  /** Operations that were refused or in which the kernel stopped, ascending. */
  readonly refused: number[] = [];
  readonly afterCount: number;
  end: Outcome = { kind: 'no-heap', message: '' };
  private readonly title: string;
  readonly figures: Figures;

  constructor(input: SimulationInput, allocator: Allocator, options: AllocatorOptions, list: ListRun | undefined) {
    const { regions, unknown, excluded } = toRegions(input.map);
    const bootInput: BootInput = {
      regions,
      unknown,
      excluded,
      allocator,
      options,
      ...(input.freeMemory && { freeMemory: input.freeMemory }),
      ...(list && { list }),
    };
    const window = memoryWindow(bootInput);
    this.kernel = new Kernel(new SimMemory(window.base, window.length));
    this.boot = planBoot(this.kernel, bootInput);
    const after = input.after ?? !holdsResults(input);
    const afterCalls = after
      ? this.boot.after.map((call): RecordedOperation => ({ operation: call.operation, caller: call.caller }))
      : [];
    this.objects = new Objects(this.boot.operations.length, afterCalls, input.workload);
    this.history = new History(this.kernel.mem, (i) => this.executeAgain(i));
    this.afterCount = afterCalls.length;
    this.title = allocator.title;
    const heapNow = () => [simReader(this.kernel.mem), toBigInt(this.boot.context.heap!.address), options] as const;
    this.figures = new Figures(
      () => allocator.decode(...heapNow()),
      () => (allocator.decodeFree ?? allocator.decode)(...heapNow()),
      this.objects.end,
      this.objects.firstOfWorkload,
    );
  }

  /** Executes everything; yields the operations executed so far now and then. */
  *executeAll(): Generator<number, void> {
    for (let i = 0; i < this.objects.end; i++) {
      const stopped = this.executeFirst(i);
      if (stopped) break;
      if (i === this.boot.operations.length - 1 && this.boot.context.heap === undefined) break; // nobody to call from here on
      if (i % PROGRESS_EVERY === PROGRESS_EVERY - 1) yield i;
    }
    this.columns.trim();
    if (this.end.kind === 'stopped') return;
    const heap = this.boot.context.heap;
    if (heap !== undefined)
      this.end = { kind: 'heap', message: `${this.title} heap at 0x${toBigInt(heap.address).toString(16)}` };
    else this.end = { kind: 'no-heap', message: this.lines.at(-1)?.text ?? 'No heap' };
  }

  /** Address of the object that an operation names. */
  addressOf(operation: number): number | undefined {
    const source = this.objects.sourceOf(operation);
    return source === undefined ? undefined : this.columns.ret(source);
  }

  /** Executes an operation for the first time and keeps what it gave; true when the kernel stopped in it. */
  private executeFirst(i: number): boolean {
    const firstMark = this.kernel.mem.journal.marks;
    const { outcome, ret, err, access } = this.attempt(i);
    if (outcome !== 'done') this.refused.push(i);
    const lines = this.kernel.console.take();
    const steps = this.history.append();
    for (const line of lines) this.lines.push({ ...line, operation: i, step: Math.max(1, line.mark - firstMark) });
    const expected = i < this.boot.operations.length ? undefined : this.objects.recorded(i).expected;
    const mismatch = expected === undefined || outcome === 'stopped' ? undefined : mismatchOf(expected, ret, err, lines, access);
    this.columns.append({
      ret,
      err,
      access,
      outcome,
      steps,
      recorded: outcome !== 'stopped' && saysAnything(expected),
      mismatch,
      ...this.figures.after(i, this.boot.context.heap),
    });
    return outcome === 'stopped';
  }

  private attempt(i: number): Pick<Executed, 'outcome' | 'ret' | 'err' | 'access'> {
    try {
      const boot = this.boot.operations[i];
      if (boot === undefined) return this.attemptCall(i);
      const { ret, failed, decision } = boot.run();
      if (decision !== undefined) this.decided.add(i, decision);
      return { ret, err: undefined, access: undefined, outcome: failed === true ? 'refused' : 'done' };
    } catch (problem) {
      this.stop(i, stopOf(problem));
      return { ret: undefined, err: undefined, access: undefined, outcome: 'stopped' };
    }
  }

  private attemptCall(i: number): Pick<Executed, 'outcome' | 'ret' | 'err' | 'access'> {
    const { operation } = this.objects.recorded(i);
    const { ret, err, access } = this.call(i);
    const refused =
      (givesPointer(operation) && ret === 0) ||
      (operation.op === 'addmem' && ret !== 0) ||
      (access !== undefined && access.reaches === undefined);
    return { ret, err, access, outcome: refused ? 'refused' : 'done' };
  }

  private stop(i: number, problem: KernelStop): void {
    const how = problem.kind === 'assert' ? `Assertion failure: ${problem.message}` : problem.message;
    this.end = { kind: 'stopped', message: how };
    this.kernel.print('crit', 'libukboot', how);
    const region = this.boot.operations[i]?.region;
    if (region !== undefined) this.decided.add(i, { region, kind: 'failed', reason: `The boot stops here: ${how}.` });
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
}

/** Recorded addresses come from a whole boot, of which the kernel's own allocations are part already. */
function holdsResults({ workload }: SimulationInput): boolean {
  for (let i = 0; i < workload.length; i++) if (workload.at(i)!.expected !== undefined) return true;
  return false;
}
