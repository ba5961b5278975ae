// The allocator interface of lib/ukalloc as the rest of the core sees it: what every simulated heap can do (`Heap`), and what
// an allocator room offers (`Allocator`). Adding an allocator is one folder that exports an `Allocator` and one registry line.

import type { Reader } from '../memory/reader';
import type { AllocatorId } from '../regions/allocator-id';
import type { Architecture, Config, Release } from '../regions/release';
import type { Finding, HeapSnapshot, StructView } from '../snapshot/snapshot';
import type { Kernel } from './kernel';
import type { Reasons } from './reasoning';

/**
 * A `size_t` in a simulator: read as signed, so 2^64 − 17 is −17. Values beyond ±2^53, which a double would round, come as
 * unsigned `bigint` and take a slow exact path.
 */
export type Size = number | bigint;

/** `size_t` from an unsigned 64-bit value, in the form that simulators take. */
export function sizeFrom(value: bigint): Size {
  const signed = BigInt.asIntN(64, value);
  return signed >= -(2n ** 53n) && signed <= 2n ** 53n ? Number(signed) : BigInt.asUintN(64, value);
}

/** What decides how an allocator behaves. */
export interface AllocatorOptions {
  readonly release: Release;
  readonly arch: Architecture;
  readonly config: Config;
  /** Addresses of the image's symbols, where they are known: a decoder finds an allocator's C globals by them. */
  readonly symbols?: ReadonlyMap<string, bigint>;
}

/**
 * One simulated allocator: the functions behind a `struct uk_alloc`. It holds no state but constants, its address and the kernel
 * it runs in: everything else is in memory, so a second `Heap` attached to the same bytes goes on where the first stopped.
 * Pointers are signed readings; NULL is 0; errors are negative errno as in C. May throw `KernelStop`.
 */
export interface Heap {
  /** Address of the `struct uk_alloc`. */
  readonly address: number;
  malloc(size: Size): number;
  calloc(nmemb: Size, size: Size): number;
  /** The new block, or NULL with `p` still valid (unless `size` is 0, which frees). */
  realloc(p: number, size: Size): number;
  /** 0 or a positive errno; the pointer that C stores through `memptr` is then in `memptr` (undefined: left untouched). */
  posixMemalign(align: Size, size: Size): number;
  memptr: number | undefined;
  memalign(align: Size, size: Size): number;
  free(p: number): void;
  palloc(pages: Size): number;
  pfree(p: number, pages: number): void;
  addmem(base: number, len: number): number;
  availmem(): number;
  maxalloc(): number;
  pavailmem(): number;
  pmaxalloc(): number;
  /**
   * What an access to one byte comes to, in allocators that take mappings away; changes nothing. Absent where memory is only memory:
   * every access then succeeds, whatever the pointer stands for.
   */
  access?(address: number, kind: AccessKind): AccessOutcome;
  /** Functions of the allocator that do not go through `struct uk_alloc` (golden traces name them): arguments and result as in C. */
  readonly direct?: Readonly<Record<string, (...args: Size[]) => number>>;
}

export const ACCESS_KINDS = ['read', 'write', 'exec'] as const;
export type AccessKind = (typeof ACCESS_KINDS)[number];

/** What came of an access to one byte. */
export interface AccessOutcome {
  /** The address that was used; signed readings here and below. */
  readonly address: number;
  readonly kind: AccessKind;
  /** Address of the byte that it reaches; undefined when it traps. */
  readonly reaches?: number;
  /** The processor's error code when it traps (x86_64 page fault). */
  readonly errorCode?: number;
  /** Why, in one line: which mapping, which frame, which entry stopped it. */
  readonly text: string;
}

/** A Kconfig symbol that changes an allocator. */
export interface AllocatorOption {
  readonly symbol: string;
  readonly kind: 'bool' | 'int' | 'hex';
  readonly default: string;
  readonly help: string;
}

/** What the init function of an allocator library gave: a heap, or NULL (`undefined`). */
export type InitResult = Heap | undefined;

/** An init function that golden traces call directly. */
export type DirectInit = (
  kernel: Kernel,
  args: readonly Size[],
  options: AllocatorOptions,
) => { readonly ret: number; readonly heap?: Heap };

/** What shows that an allocator's own structures stand in memory. */
export interface Recognition {
  /** What was found there, as a clause: `39 of 52 lists point at their own sentinel`. */
  readonly says: string;
  /** Words of memory that had to agree for it: the more, the less can it be chance. */
  readonly words: number;
  /** Options of the build that these structures tell. */
  readonly config?: Config;
}

/** An allocator room. */
export interface Allocator {
  readonly id: AllocatorId;
  /** As people call it: `binary buddy`. */
  readonly title: string;
  /** Library in the Unikraft tree: `lib/ukallocbbuddy`. */
  readonly library: string;
  /** Kconfig symbol that makes ukboot use it: `CONFIG_LIBUKBOOT_INITBBUDDY`; undefined when no release has one. */
  readonly bootOption?: string;
  readonly options: readonly AllocatorOption[];
  /** Kconfig symbols that choosing it sets to `y`, whatever a configuration says. */
  readonly selects?: readonly string[];
  /** Name of the profile for a release, undefined when that release does not have the allocator. */
  profile(release: Release): string | undefined;
  /** What happens to memory that is added after init: used, answered with 0 but ignored, or no such callback. */
  addmem(options: AllocatorOptions): 'adds' | 'ignored' | 'absent';
  /** The library's init function on fresh memory `[base, base + len)`; registers the allocator as C does. */
  init(kernel: Kernel, base: number, len: number, options: AllocatorOptions): InitResult;
  /** Known defects of the C code that `[base, base + len)` as a heap will show; nothing is executed. */
  remarks?(base: bigint, len: bigint, options: AllocatorOptions): readonly Finding[];
  /**
   * Functions of the library that make a heap without `struct uk_alloc` (golden traces name them), with their arguments in the order
   * of C: what they answer, and the heap when they made one.
   */
  readonly directInit?: Readonly<Record<string, DirectInit>>;
  /** A heap over bytes that hold one already. */
  attach(kernel: Kernel, address: number, options: AllocatorOptions): Heap;
  /** Reads a heap out of any memory. Bounded; never throws; damage becomes findings. */
  decode(reader: Reader, heap: bigint, options: AllocatorOptions): HeapSnapshot;
  /** The same as far as it says what is free, where that is less work. */
  decodeFree?(reader: Reader, heap: bigint, options: AllocatorOptions): Pick<HeapSnapshot, 'blocks' | 'metrics'>;
  /**
   * Looks for what this allocator keeps behind the struct uk_alloc at `heap`, read as a build with these options lays it out. Cheap, a
   * few dozen words; undefined when they do not fit, or are absent. A heap that is damaged in places is still recognised.
   */
  recognise(reader: Reader, heap: bigint, options: AllocatorOptions): Recognition | undefined;
  /** Its arithmetic, for those who ask why. */
  readonly reasons: Reasons;
  /** Does the byte at an address of this heap differ from run to run and say nothing: a random number, a clock? */
  readonly arbitrary?: (snapshot: HeapSnapshot, address: bigint) => boolean;
  /** A heap's `state` without what differs from run to run, for comparing two. */
  readonly comparable?: (state: HeapSnapshot['state']) => Readonly<Record<string, unknown>>;
  /** The structures that describe one block: header, list links, tail, bitmap word. */
  inspect(reader: Reader, snapshot: HeapSnapshot, address: bigint): readonly StructView[];
}

/** An operation on a heap, as golden traces, memory-map files and recorded calls have them. Ids name live objects. */
export type Operation =
  | { readonly op: 'init'; readonly base: bigint; readonly len: bigint }
  | { readonly op: 'addmem'; readonly base: bigint; readonly len: bigint }
  | { readonly op: 'malloc'; readonly id: number; readonly size: bigint }
  | { readonly op: 'calloc'; readonly id: number; readonly nmemb: bigint; readonly size: bigint }
  | { readonly op: 'memalign' | 'posix_memalign'; readonly id: number; readonly align: bigint; readonly size: bigint }
  | { readonly op: 'realloc'; readonly id: number; readonly of: number | null; readonly size: bigint }
  | { readonly op: 'free'; readonly of: number | null }
  | { readonly op: 'palloc'; readonly id: number; readonly pages: bigint }
  | { readonly op: 'pfree'; readonly of: number; readonly pages: number; readonly off: number }
  | { readonly op: 'availmem' | 'maxalloc' | 'pavailmem' | 'pmaxalloc' }
  /** One byte at the pointer of an object (live or long freed) plus `off`; with `of` null, `off` is the address itself. */
  | { readonly op: 'access'; readonly of: number | null; readonly off: bigint; readonly kind: AccessKind }
  | {
      readonly op: 'direct';
      readonly fn: string;
      readonly id?: number;
      readonly of?: number | null;
      readonly args: readonly bigint[];
    };

/** What the source of an operation says came out of it; absent fields say nothing. */
export interface Expected {
  readonly ret?: bigint | null;
  readonly err?: number;
  readonly log?: readonly string[];
  readonly dlog?: readonly string[];
  /** Does an access trap? */
  readonly fault?: boolean;
}

/** An operation with its recorded result and a label for people. */
export interface RecordedOperation {
  readonly operation: Operation;
  readonly expected?: Expected;
  /** Who called, where the source says: `uk_allocstack_init`. */
  readonly caller?: string;
  /** Line of the file that it was read from, from 1, where each has one of its own. */
  readonly line?: number;
  /** A name for the place just before this operation: `allocated`. */
  readonly mark?: string;
  /** The same for the place just after it: the last operation's only, for no other follows. */
  readonly markAfter?: string;
}
