// struct uk_alloc_stats with CONFIG_LIBUKALLOC_IFSTATS (lib/ukalloc/stats.c, 0.6+).

import type { SimMemory } from '../../memory/sim-memory';
import { isSet, type Config } from '../../regions/release';
import { Globals } from '../kernel';
import { statsOffset } from './struct';

const LAST = statsOffset('last_alloc_size');
const MAX = statsOffset('max_alloc_size');
const MIN = statsOffset('min_alloc_size');
const TOTAL_ALLOCS = statsOffset('tot_nb_allocs');
const TOTAL_FREES = statsOffset('tot_nb_frees');
const CURRENT_ALLOCS = statsOffset('cur_nb_allocs');
const MAX_ALLOCS = statsOffset('max_nb_allocs');
const CURRENT_USE = statsOffset('cur_mem_use');
const MAX_USE = statsOffset('max_mem_use');
const ENOMEM_COUNT = statsOffset('nb_enomem');

/** The statistics of one allocator, and the global ones where they are configured. Does nothing in builds without them. */
export class Statistics {
  private readonly mem: SimMemory;
  private readonly kept: boolean;
  private readonly records: readonly number[];

  /** @param address of the allocator's `_stats`, undefined in builds without */
  constructor(mem: SimMemory, address: number | undefined, config: Config) {
    this.mem = mem;
    this.kept = address !== undefined;
    if (address === undefined) this.records = [];
    else this.records = isSet(config, 'CONFIG_LIBUKALLOC_IFSTATS_GLOBAL') ? [address, Globals.stats] : [address];
  }

  /** `uk_alloc_stats_count_alloc`: one allocation of `size` bytes as asked for, or a failure. */
  countAlloc(size: number, failed: boolean): void {
    if (this.kept) this.alloc(size, failed); // small enough to be inlined: most builds keep none
  }

  /** `uk_alloc_stats_count_free`: one block of `size` bytes given back; not called for NULL. */
  countFree(size: number): void {
    if (this.kept) this.release(size);
  }

  private alloc(size: number, failed: boolean): void {
    for (const stats of this.records) {
      if (failed) {
        this.add(stats + ENOMEM_COUNT, 1);
        continue;
      }
      this.add(stats + TOTAL_ALLOCS, 1);
      this.add(stats + CURRENT_ALLOCS, 1);
      this.add(stats + CURRENT_USE, size);
      this.mem.setPtr(stats + LAST, size);
      this.refresh(stats);
    }
  }

  private release(size: number): void {
    for (const stats of this.records) {
      this.add(stats + TOTAL_FREES, 1);
      this.add(stats + CURRENT_ALLOCS, -1);
      this.add(stats + CURRENT_USE, -size);
      this.refresh(stats);
    }
  }

  private refresh(stats: number): void {
    this.raise(stats + MAX_ALLOCS, this.mem.ptr(stats + CURRENT_ALLOCS));
    this.raise(stats + MAX_USE, this.mem.ptr(stats + CURRENT_USE));
    const last = this.mem.ptr(stats + LAST);
    if (last === 0) return;
    if (this.mem.ptr(stats + TOTAL_ALLOCS) === 1 || last < this.mem.ptr(stats + MIN)) this.mem.setPtr(stats + MIN, last);
    this.raise(stats + MAX, last);
  }

  private add(address: number, amount: number): void {
    this.mem.setPtr(address, this.mem.ptr(address) + amount);
  }

  private raise(address: number, value: number): void {
    if (value > this.mem.ptr(address)) this.mem.setPtr(address, value);
  }
}
