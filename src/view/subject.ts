// What a panel is about: a simulation with its time, or the heap of a dump, which has one moment only.

import type { AddressRange, Reader } from '../memory/reader';
import type { RecordedOperation } from '../allocators/ukalloc';
import type { Decision } from '../boot/decision';
import type { Explainable } from '../explain/explainable';
import type { RegionMap } from '../regions/descriptor';
import type { Architecture, Release } from '../regions/release';
import type { HeapSnapshot, Metrics, StructView } from '../snapshot/snapshot';
import type { Measured } from '../timeline/figures';
import type { Series } from '../timeline/series';
import type { Cursor, ListNow, OperationInfo, PlacedLine, SimulationInput, StepInfo, WorkloadMark } from '../timeline/types';

/** Kinds of source in words, as the panel and reports name them. */
export const SOURCE_NAMES: Readonly<Record<RegionMap['kind'], string>> = {
  'memory-map': 'memory-map file',
  c: 'C source',
  gdb: 'GDB transcript',
  log: 'serial log',
  image: 'memory image',
};

/** The same of a dump, by what its addresses are. */
export const DUMP_NAMES = {
  physical: 'RAM dump',
  virtual: 'dump of virtual memory',
  paged: 'RAM dump, through its page tables',
} as const;

/** What a simulation wrote, and where. */
export interface Written {
  /** Bytes written by the last step. */
  byStep(): readonly AddressRange[];
  /** Bytes written between another place and the cursor; undefined when the way is too long to tell. */
  since(other: Cursor): readonly AddressRange[] | undefined;
  /** Bytes that are not what they were before the last step, or at another place; undefined when that is too much to tell. */
  differing(other?: Cursor): readonly AddressRange[] | undefined;
  /** The last step that wrote into a range; `further` when a search that is not `thorough` does not tell. */
  last(range: AddressRange, thorough: boolean): Cursor | 'further' | undefined;
}

/** What the panel needs of a simulation; `timeline/simulation.ts` has the real one. */
export interface Steppable extends Explainable {
  readonly input: SimulationInput;
  readonly operationCount: number;
  /** Operations `[0, bootEnd)` are the boot and what the kernel allocates right after. */
  readonly bootEnd: number;
  readonly outcome: { readonly kind: 'heap' | 'no-heap' | 'stopped'; readonly message: string };
  info(operation: number): OperationInfo;
  /** An operation after the boot as its source has it; undefined for the boot's own. */
  recorded(operation: number): RecordedOperation | undefined;
  /** What a call returned: a pointer is a signed reading. */
  returned(operation: number): number | undefined;
  /** Operations that were refused or stopped the kernel; those whose result is recorded; of these, where it is another; all ascending. */
  refusals(): readonly number[];
  compared(): readonly number[];
  mismatches(): readonly number[];
  /** Names that the workload gives to places in it, by the operation that follows, ascending. */
  marks(): readonly WorkloadMark[];
  steps(operation: number): readonly StepInfo[];
  /** Step 0 stands before operation 0 only; from there on the state is that after step 1 … `info(operation).steps`. */
  readonly cursor: Cursor;
  /** Numbers beyond the run are brought inside. */
  seek(cursor: Cursor): void;
  stepForward(): boolean;
  stepBack(): boolean;
  stepOver(): boolean;
  stepBackOver(): boolean;
  runToEnd(): void;
  restart(): void;
  decisions(): readonly Decision[];
  /** The region list before and after the step at the cursor, while it is being made. */
  listNow?(): ListNow | undefined;
  lines(): readonly PlacedLine[];
  readonly changes: Written;
  reader(): Reader;
  snapshot(): HeapSnapshot | undefined;
  series(): Series;
  /** What was decoded after an operation while the run was made; undefined where that was not kept. */
  measuredAfter?(operation: number): Measured | undefined;
}

/** The structures that describe one block; an allocator room supplies it (`Allocator.inspect`). */
export type Inspect = (reader: Reader, snapshot: HeapSnapshot, address: bigint) => readonly StructView[];

interface Common {
  /** File or session it came from: `boot-64M.ukboot.json`. */
  readonly title: string;
  /** Kind of source in words: `memory-map file`, `RAM dump`, `GDB session`. */
  readonly source: string;
  readonly release: Release;
  readonly arch: Architecture;
  readonly inspect: Inspect;
  /** Things assumed rather than read, one short phrase each: they stand in the toolbar. */
  readonly assumptions?: readonly string[];
}

export interface SimulationSubject extends Common {
  readonly kind: 'simulation';
  readonly simulation: Steppable;
}

export interface DumpSubject extends Common {
  readonly kind: 'dump';
  /** Undefined when no allocator was found; `message` then says why. */
  readonly snapshot: HeapSnapshot | undefined;
  readonly reader: Reader;
  /** The region list, where the dump or its surroundings hold one. */
  readonly map?: RegionMap;
  readonly message?: string;
  /** Only part of the source was read: how much, a short phrase. */
  readonly partial?: string;
  /** Of a live session: bytes that differ from its last stop, and the figures of that stop. */
  readonly touched?: readonly AddressRange[];
  readonly before?: Metrics;
  /** Of a live session: which of its stops this is, `stop of 14:03:22`. */
  readonly stop?: string;
  /** Of a live session that has gone on since: why, and of when this is. */
  readonly stale?: string;
  /** Of a live session whose next stop is being read: bytes so far, and how many the last stop took. */
  readonly reading?: { readonly bytes: number; readonly of?: number };
  /** Of a live session: reads what was looked at and was not there yet; true when more is there now. */
  more?(): Promise<boolean>;
}

export type Subject = SimulationSubject | DumpSubject;
