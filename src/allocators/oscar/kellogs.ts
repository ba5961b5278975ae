// KELLOGS of the Unikraft port (kallocs_malloc.c): each object has pages of its own, and lies at their end.
//
//   +-----------------------------------+----------+
//   |  never touched                    |  object  |
//   +-----------------------------------+----------+  the page behind is not its own: an overflow faults at once
//
// There is no NULL: what runs out crashes.

import { hex, NULL, PAGE_SIZE, roundUp } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { KernelStop } from '../kernel';
import { unsigned } from '../layers/base';
import type { Heap, Size } from '../ukalloc';
import { orderOfPages } from './layout';
import type { Underneath } from './shim';

const FILE = 'wilde/kallocs_malloc.c';

const STEP_PLACE = stepKind(
  'kallocs_malloc',
  FILE,
  (memory, order, object) => `order ${String(order)} at ${hex(memory)}: the object ends with the pages, at ${hex(object)}`,
);
const STEP_ZERO = stepKind('kallocs_calloc', FILE, (p, bytes) => `zero ${String(bytes)} bytes at ${hex(p)}`);
const STEP_COPY = stepKind(
  'kallocs_realloc',
  FILE,
  (from, to, bytes) => `copy ${String(bytes)} bytes from ${hex(from)} to ${hex(to)}`,
);
export class Kellogs {
  private readonly mem: SimMemory;
  private readonly underneath: Underneath;

  constructor(mem: SimMemory, underneath: Underneath) {
    this.mem = mem;
    this.underneath = underneath;
  }

  /** `kallocs_malloc`. */
  malloc(size: Size): number {
    if (size === 0) throw new KernelStop('crash', 'malloc requested size 0');
    return this.place(size, 8);
  }

  /** `kallocs_calloc`. */
  calloc(bytes: Size): number {
    const object = this.malloc(bytes);
    this.mem.journal.mark(STEP_ZERO, object, Number(bytes));
    this.mem.fill(object, object + Number(bytes), 0);
    return object;
  }

  /** `kallocs_memalign`. */
  memalign(align: Size, size: Size): number {
    const a = unsigned(align);
    if (a < 8n || a > BigInt(PAGE_SIZE) || (a & (a - 1n)) !== 0n)
      throw new KernelStop('crash', `memalign align ${unsigned(align).toString()} is wack`);
    return this.place(size, Number(a));
  }

  /** Pages for `size` bytes; the object ends where they end, but for what rounding its size to `unit` leaves. */
  private place(size: Size, unit: number): number {
    const order = orderOfBytes(size);
    const memory = pallocOr(this.underneath.heap, 2 ** order, "Couldn't allocate enough memory");
    const object = memory + PAGE_SIZE * 2 ** order - roundUp(Number(size), unit);
    this.mem.journal.mark(STEP_PLACE, memory, order, object);
    return object;
  }

  /** `kallocs_realloc`. */
  realloc(old: number, oldSize: number, size: Size): number {
    if (oldSize === size) return old;
    const fresh = this.malloc(size);
    const bytes = Math.min(oldSize, Number(size));
    this.mem.journal.mark(STEP_COPY, old, fresh, bytes);
    this.mem.copy(fresh, old, bytes);
    this.free(old, oldSize);
    return fresh;
  }

  /** `kallocs_free`. */
  free(real: number, size: number): void {
    const bytes = PAGE_SIZE * 2 ** orderOfBytes(size);
    this.underneath.heap.pfree(Math.floor(real / bytes) * bytes, bytes / PAGE_SIZE);
  }
}

/** There is no NULL in the port: what runs out crashes. */
export function pallocOr(canonical: Heap, pages: number, crash: string): number {
  const memory = canonical.palloc(pages);
  if (memory === NULL) throw new KernelStop('crash', crash);
  return memory;
}

/** `min_page_order`, for any `size_t`: what wraps to 0 bytes gives 52, an order that no allocator has. */
function orderOfBytes(size: Size): number {
  if (typeof size === 'number' && size > 0) return orderOfPages(Math.ceil(size / PAGE_SIZE));
  const bytes = BigInt.asUintN(64, unsigned(size) + 4095n) & -4096n;
  return bytes === 0n ? 52 : (bytes - 1n).toString(2).length - 12;
}
