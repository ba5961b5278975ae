// realloc_ex and calloc_ex: compiled into every kernel with TLSF, called by nothing in Unikraft. The library's own traces use them.

import { NULL } from '../../memory/address';
import { FREE, Header, MIN_BLOCK, PREV_FREE, SPLIT_REST } from './layout';
import type { Pool } from './pool';
import { STEP_GROW, STEP_MOVE, STEP_SHRINK, STEP_ZERO } from './steps';

/** `realloc_ex`. In place when shrinking, or when a free block behind is large enough; sizes are rounded to 16 only. */
export function realloc_ex(pool: Pool, p: number, wanted: number): number {
  const { mem } = pool;
  const { journal } = mem;
  if (p === NULL) return wanted === 0 ? NULL : pool.malloc_ex(wanted);
  if (wanted === 0) {
    pool.free_ex(p);
    return NULL;
  }
  const b = p - Header.payload;
  const size = wanted < MIN_BLOCK ? MIN_BLOCK : Math.ceil(wanted / 16) * 16;
  const held = pool.sizeOf(b);
  let n = pool.nextOf(b);
  const nextIsFree = (mem.u32(n + Header.size) & FREE) !== 0;

  if (size <= held) {
    let rest = held;
    if (nextIsFree) {
      const nextSize = pool.sizeOf(n);
      pool.unlink(n, nextSize);
      rest += nextSize + Header.bytes;
      n = pool.nextOf(n);
    }
    journal.mark(STEP_SHRINK, b, size);
    cutBehind(pool, b, n, size, rest - size);
    return p;
  }
  if (nextIsFree && size <= held + pool.sizeOf(n)) {
    const nextSize = pool.sizeOf(n);
    pool.unlink(n, nextSize);
    mem.setPtr(b + Header.size, mem.ptr(b + Header.size) + nextSize + Header.bytes);
    journal.mark(STEP_GROW, b, n, pool.sizeOf(b));
    n = pool.nextOf(b);
    mem.setPtr(n + Header.prev_hdr, b);
    mem.setU32(n + Header.size, mem.u32(n + Header.size) & ~PREV_FREE);
    cutBehind(pool, b, n, size, pool.sizeOf(b) - size);
    return p;
  }
  const q = pool.malloc_ex(size);
  if (q === NULL) return NULL;
  const count = Math.min(held, size);
  journal.mark(STEP_MOVE, p, q, count);
  mem.copy(q, p, count);
  pool.free_ex(p);
  return q;
}

/** `calloc_ex`. The product is not tested for overflow. */
export function calloc_ex(pool: Pool, count: number, size: number): number {
  if (count === 0 || size === 0) return NULL;
  const p = pool.malloc_ex(count * size);
  if (p === NULL) return NULL;
  pool.mem.journal.mark(STEP_ZERO, p, count * size);
  pool.mem.fill(p, p + count * size, 0);
  return p;
}

/** Makes what lies behind `size` bytes of block `b` a free block of its own, when it is worth one. `n` is the block after it. */
function cutBehind(pool: Pool, b: number, n: number, size: number, rest: number): void {
  if (rest < SPLIT_REST) return;
  const { mem } = pool;
  const freed = b + Header.bytes + size;
  mem.setPtr(freed + Header.size, rest - Header.bytes + FREE);
  mem.setPtr(n + Header.prev_hdr, freed);
  mem.setU32(n + Header.size, mem.u32(n + Header.size) | PREV_FREE);
  pool.insert(freed, rest - Header.bytes);
  mem.setPtr(b + Header.size, size + (mem.u32(b + Header.size) & PREV_FREE));
}
