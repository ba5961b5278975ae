// Pools of small structures: 2 pages at a time, cut into structures that wait on a list. A pool is a queue: taken from the back,
// returned to the front, so that a structure is used again as late as possible. Pools are never given back.

import { hex } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { ListHead, POOL_BYTES } from './layout';
import { isListEmpty, listAdd, listDel } from './lists';

const STEP_POOL = stepKind(
  'vma_batch_alloc, alias_batch_alloc',
  'wilde/vma.c, wilde/alias.c',
  (pool, count, bytes) => `cut a new pool at ${hex(pool)} into ${String(count)} structures of ${String(bytes)} B`,
);

export class StructPool {
  private readonly mem: SimMemory;
  /** Address of the list of free structures. */
  private readonly head: number;
  private readonly bytes: number;
  /** Offset of the list links in a structure. */
  private readonly links: number;
  private readonly takePages: () => number;
  private readonly fresh: (structure: number) => void;

  /**
   * @param takePages gives the address of POOL_BYTES for a new pool; stops the kernel when there are none
   * @param fresh writes what a new structure holds beside its links
   */
  constructor(
    mem: SimMemory,
    head: number,
    bytes: number,
    links: number,
    takePages: () => number,
    fresh: (structure: number) => void,
  ) {
    this.mem = mem;
    this.head = head;
    this.bytes = bytes;
    this.links = links;
    this.takePages = takePages;
    this.fresh = fresh;
  }

  /** The structure that waited longest, off the list. */
  take(): number {
    if (isListEmpty(this.mem, this.head)) this.grow();
    const links = this.mem.ptr(this.head + ListHead.prev);
    listDel(this.mem, links);
    return links - this.links;
  }

  /** Puts a structure at the end of the queue. */
  give(structure: number): void {
    listAdd(this.mem, structure + this.links, this.head);
  }

  private grow(): void {
    const pool = this.takePages();
    const count = Math.floor(POOL_BYTES / this.bytes);
    this.mem.journal.mark(STEP_POOL, pool, count, this.bytes);
    for (let i = 0; i < count; i++) {
      this.fresh(pool + i * this.bytes);
      this.give(pool + i * this.bytes);
    }
  }
}
