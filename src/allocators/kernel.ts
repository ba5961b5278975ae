// The surroundings that a simulated allocator runs in: memory, the kernel's console, and the ways a kernel stops.

import type { SimMemory } from '../memory/sim-memory';
import { WildAccess } from '../memory/word-store';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'err', 'crit'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One message as the kernel prints it, without its prefix of time, level and place. */
export interface LogLine {
  readonly level: LogLevel;
  /** Library that prints: `libukallocbbuddy`. */
  readonly lib: string;
  readonly text: string;
  /** Marks that the journal had when it was printed, so that a line appears at its step. */
  readonly mark: number;
}

/** Where the kernel's messages go. */
export class KernelConsole {
  /** Messages since the last `take`. */
  lines: LogLine[] = [];
  /** Set while an operation is executed again, whose messages are known already. */
  muted = false;

  take(): readonly LogLine[] {
    const taken = this.lines;
    if (taken.length > 0) this.lines = [];
    return taken;
  }
}

/**
 * Where the simulated kernel keeps its few globals: the last page of the address space, which no region can cover whole. In a
 * real image these are symbols in .data and .bss.
 */
export const Globals = {
  /** `_uk_alloc_head`: the first registered allocator. */
  uk_alloc_head: -4096,
  /** heap_init's local `a`: the allocator that became the heap. */
  heap_init_a: -4096 + 8,
  /** The allocator that ukplat_memallocator_set was given. */
  memallocator: -4096 + 16,
  /** `uk_alloc_stats_global`, 80 bytes. */
  stats: -4096 + 64,
} as const;

/** What a simulator runs on. */
export class Kernel {
  readonly mem: SimMemory;
  readonly console: KernelConsole;

  constructor(mem: SimMemory) {
    this.mem = mem;
    this.console = new KernelConsole();
  }

  /** `uk_pr_*`: prints one message. `text` is a function because most are never read. */
  print(level: LogLevel, lib: string, text: string): void {
    if (!this.console.muted) this.console.lines.push({ level, lib, text, mark: this.mem.journal.marks });
  }
}

/**
 * The simulated kernel stops: a failed `UK_ASSERT`, or `UK_CRASH`. Also thrown where the C code would follow a wild pointer:
 * the simulator stops there and says so. Whoever executes operations catches it; memory is as it was at that point.
 */
export class KernelStop extends Error {
  readonly kind: 'assert' | 'crash' | 'wild';

  /** @param message the failed condition as written in C, the crash text, or what would have gone wild */
  constructor(kind: 'assert' | 'crash' | 'wild', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The stop that an operation ended with; an access to no address in a damaged heap is one, too. Anything else is thrown again. */
export function stopOf(problem: unknown): KernelStop {
  if (problem instanceof KernelStop) return problem;
  if (problem instanceof WildAccess)
    return new KernelStop('wild', `the allocator would follow a wild pointer: ${problem.message}`);
  throw problem;
}

/** `UK_ASSERT(condition)`; `text` is the condition as the C source has it. */
export function ukAssert(condition: boolean, text: string): asserts condition {
  if (!condition) throw new KernelStop('assert', text);
}
