// What both presets share: a struct uk_alloc in .bss in front of the canonical allocator, the page tables, and the access that faults.

import { hex, NULL, PAGE_SIZE } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { KernelStop, type Kernel } from '../kernel';
import { UkAlloc } from '../layers/base';
import type { Callback } from '../layers/struct';
import type { AccessKind, AccessOutcome, AllocatorOptions, Heap } from '../ukalloc';
import { counterAddress, COUNTERS, IDENTITY_LIMIT, PROTECTED, REVOKED, Statics, VMAP_START } from './layout';
import { initList } from './lists';
import { PageTables, type TablePages } from './page-tables';
import type { OscarSettings } from './settings';

const STEP_STATICS = stepKind(
  'wilde_init',
  'wilde/wilde_internal.c',
  (shim) => `empty lists and page tables; the shim is ${hex(shim)}`,
);
const STEP_SHIMMED = stepKind('shim_addmem', 'wilde/shimming.c', (a) => `shimmed = ${hex(a)}: the canonical allocator`);

/** The canonical allocator, attached when it is first called: the constructor of the port runs before there is one. */
export class Underneath {
  private readonly attach: () => Heap;
  private attached: Heap | undefined;

  constructor(attach: () => Heap) {
    this.attach = attach;
  }

  get heap(): Heap {
    return (this.attached ??= this.attach());
  }
}

export abstract class OscarHeap extends UkAlloc {
  protected readonly settings: OscarSettings;
  private readonly underneath: Underneath;
  protected readonly tables: PageTables;
  /** Functions of the port that do not go through struct uk_alloc: recorded traces hold the canonical address behind a pointer. */
  readonly direct = { wilde_map_get: (p: number | bigint) => this.canonicalOf(Number(p)) };

  constructor(
    kernel: Kernel,
    options: AllocatorOptions,
    settings: OscarSettings,
    underneath: Underneath,
    tablePages: TablePages,
  ) {
    super(kernel, Statics.shim, options);
    this.settings = settings;
    this.underneath = underneath;
    this.tables = new PageTables(
      kernel.mem,
      Statics.root,
      tablePages,
      settings.preset === 'wilde' && settings.nx,
      settings.preset === 'wilde' ? settings.identityLimit : Infinity,
    );
  }

  /** The canonical allocator. */
  protected get canonical(): Heap {
    return this.underneath.heap;
  }

  /** Canonical address of the live object at `p`; NULL when there is none. */
  protected abstract canonicalOf(p: number): number;

  /** First address behind the shadow address space. */
  protected get end(): number {
    return VMAP_START + this.settings.shadowPages * PAGE_SIZE;
  }

  // What the canonical allocator answers.

  override addmem(base: number, len: number): number {
    return this.canonical.addmem(base, len);
  }

  override availmem(): number {
    return this.canonical.availmem();
  }

  override maxalloc(): number {
    return this.canonical.maxalloc();
  }

  override pavailmem(): number {
    return this.canonical.pavailmem();
  }

  override pmaxalloc(): number {
    return this.canonical.pmaxalloc();
  }

  /**
   * One byte at `address` is read, written or executed. Nothing changes: the processor walks the page tables, and either reaches a
   * byte or traps.
   */
  access(address: number, kind: AccessKind): AccessOutcome {
    if (address < VMAP_START || address >= this.end) return this.accessOutside(address, kind);
    const { reaches, level, entry } = this.tables.walk(address);
    const where = `L${String(level)} entry at ${hex(entry)}`;
    if (reaches === undefined) {
      const value = this.mem.u64(entry);
      const inaccessible = level === 1 && value !== REVOKED && (value & BigInt(PROTECTED)) !== 0n;
      const state = value === 0n ? 'never used, or cleared' : inaccessible ? 'made inaccessible' : 'revoked';
      return fault(address, kind, errorCode(kind, false), `${where} is ${hex(value)}: ${state}`);
    }
    if (kind === 'exec' && this.mem.u32(entry + 4) >= 0x8000_0000)
      return fault(address, kind, errorCode(kind, true), `${where} has the no-execute bit`);
    return { address, kind, reaches, text: `reaches ${hex(reaches)} through the ${where}` };
  }

  /** Through the canonical address nothing is caught: the kernel's own mapping of its memory stays. */
  private accessOutside(address: number, kind: AccessKind): AccessOutcome {
    const { identityLimit } = this.settings;
    const mapped = identityLimit === Infinity ? address !== NULL : address >= 0 && address < IDENTITY_LIMIT;
    if (mapped)
      return { address, kind, reaches: address, text: 'no shadow address: the identity map reaches it, and nothing is checked' };
    return fault(address, kind, errorCode(kind, false), 'no shadow address, and outside the identity map');
  }

  /** Registers the callbacks; a callback that the canonical allocator lacks stays NULL. */
  protected registerShim(names: Readonly<Partial<Record<Callback, string>>>): void {
    this.register(names);
  }

  /** A shim answers only what the canonical allocator answers. */
  protected has(callback: Callback): boolean {
    return callback === 'availmem' ? this.canonical.availmem() >= 0 : this.canonical.maxalloc() >= 0;
  }

  /** Not used: realloc is the presets' own. */
  protected bytesToKeep(_p: number, size: number): number {
    return size;
  }
}

/** The constructor's part that both presets share: .bss as the port leaves it before there is a heap. */
export function clearStatics(kernel: Kernel): void {
  const { mem } = kernel;
  mem.journal.mark(STEP_STATICS, Statics.shim);
  mem.fill(Statics.shim, Statics.root, 0);
  mem.fill(Statics.root, Statics.root + PAGE_SIZE, 0);
  for (const head of [Statics.afreelist, Statics.freelist, Statics.vmem_free, Statics.sfreelist]) initList(mem, head);
  mem.setPtr(Statics.cr3, Statics.root);
  for (const counter of COUNTERS) mem.setPtr(counterAddress(counter), 0);
}

/** `shimmed = canonical`. */
export function setShimmed(kernel: Kernel, canonical: number): void {
  kernel.mem.journal.mark(STEP_SHIMMED, canonical);
  kernel.mem.setPtr(Statics.shimmed, canonical);
}

/** The processor's page-fault error code on x86_64: bit 0 protection, bit 1 write, bit 4 instruction fetch. */
function errorCode(kind: AccessKind, present: boolean): number {
  return (kind === 'write' ? 0x2 : kind === 'exec' ? 0x10 : 0) | (present ? 1 : 0);
}

function fault(address: number, kind: AccessKind, code: number, why: string): AccessOutcome {
  return { address, kind, errorCode: code, text: `page fault, error code 0x${code.toString(16)}: ${why}` };
}

/** Stops the kernel as an access of its own that traps does. */
export function stopAtFault(outcome: AccessOutcome, doing: string): never {
  throw new KernelStop('crash', `${doing}: ${outcome.kind} of ${hex(outcome.address)}: ${outcome.text}`);
}
