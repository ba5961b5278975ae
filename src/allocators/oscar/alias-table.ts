// The table of live objects (alias.c): `struct alias` in 0x2000 buckets, keyed by the exact pointer that the program got. The preset
// paper uses it twice: for its own record of objects, and for ready shadows, keyed by canonical page.

import { hex } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { bucketOfNumber } from './hash';
import { Alias, ListHead, LOOKUP_SIZE } from './layout';
import { initList, listAdd, listDel } from './lists';
import { StructPool } from './pool';

const STEP_REGISTER = stepKind(
  'alias_register',
  'wilde/alias.c',
  (alias, origin, size, bucket) => `lookup[${String(bucket)}]: ${hex(alias)} stands for ${hex(origin)}, ${String(size)} B`,
);
const STEP_UNREGISTER = stepKind(
  'alias_unregister',
  'wilde/alias.c',
  (alias, structure, bucket) => `take ${hex(alias)} out of lookup[${String(bucket)}]: ${hex(structure)} goes back into its pool`,
);

export class AliasTable {
  private readonly mem: SimMemory;
  /** Address of the first bucket. */
  private readonly lookup: number;
  private readonly pool: StructPool;

  /**
   * @param freelist head of the free structures
   * @param bytes of one structure
   */
  constructor(mem: SimMemory, lookup: number, freelist: number, bytes: number, takePages: () => number) {
    this.mem = mem;
    this.lookup = lookup;
    this.pool = new StructPool(mem, freelist, bytes, Alias.list, takePages, (structure) => {
      mem.setPtr(structure + Alias.alias, 0);
      mem.setPtr(structure + Alias.size, 0);
      mem.setPtr(structure + Alias.origin, 0);
    });
  }

  /** `alias_init`. */
  setUp(): void {
    for (let i = 0; i < LOOKUP_SIZE; i++) initList(this.mem, this.lookup + i * ListHead.size);
  }

  /** `alias_register`: a new entry at the front of its bucket. Returns its structure. */
  register(origin: number, alias: number, size: number): number {
    const { mem } = this;
    const structure = this.pool.take();
    const bucket = bucketOfNumber(alias);
    mem.journal.mark(STEP_REGISTER, alias, origin, size, bucket);
    mem.setPtr(structure + Alias.size, size);
    mem.setPtr(structure + Alias.alias, alias);
    mem.setPtr(structure + Alias.origin, origin);
    listAdd(mem, structure + Alias.list, this.lookup + bucket * ListHead.size);
    return structure;
  }

  /**
   * The structure of a pointer, 0 when there is none.
   *
   * @param size when given, only an entry of this size counts, and of several the newest; else the oldest, as in C
   */
  search(alias: number, size?: number): number {
    const { mem } = this;
    const head = this.lookup + bucketOfNumber(alias) * ListHead.size;
    let found = 0;
    for (let link = mem.ptr(head); link !== head; link = mem.ptr(link)) {
      if (mem.ptr(link + Alias.alias) !== alias) continue;
      if (size !== undefined && mem.ptr(link + Alias.size) !== size) continue;
      found = link;
      if (size !== undefined) break;
    }
    return found;
  }

  /** `alias_unregister`. The structure keeps its values; only its links change. */
  unregister(structure: number): void {
    const alias = this.mem.ptr(structure + Alias.alias);
    this.mem.journal.mark(STEP_UNREGISTER, alias, structure, bucketOfNumber(alias));
    listDel(this.mem, structure + Alias.list);
    this.pool.give(structure);
  }

  sizeOf(structure: number): number {
    return this.mem.ptr(structure + Alias.size);
  }

  originOf(structure: number): number {
    return this.mem.ptr(structure + Alias.origin);
  }
}
