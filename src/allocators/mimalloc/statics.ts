// The C globals of mimalloc and of the port's glue, at fixed addresses near the end of the simulated address space: in a real image
// they are symbols in .data and .bss. All state of the simulation lies here or in the heap itself.

import { toBigInt } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { HeapStruct, Queue, QUEUES, Tld } from './layout';
import { BLOCK_SIZES } from './size-classes';

const BASE = -0x4_0000;

/** Addresses of the globals, by their C names. Each structure lies within one page, so its words lie side by side in the store. */
export const Statics = {
  _mi_heap_main: BASE,
  tld_main: BASE + 0x1000,
  _mi_page_empty: BASE + 0x1400,
  __region_alloc: BASE + 0x1500,
  __initialized: BASE + 0x1508,
  _mi_process_is_initialized: BASE + 0x1510,
  regions_count: BASE + 0x1518,
  regions: BASE + 0x2000,
} as const;

export type StaticName = keyof typeof Statics;

/** Surroundings of the allocator that the simulator keeps in memory too, for want of a scheduler and a clock. */
export const Surroundings = {
  /** Not 0 while the current thread is not there yet, or its `prv` is NULL: early mode stays. */
  thread_not_ready: BASE + 0x1600,
  /** CLOCK_REALTIME in ms. */
  now_ms: BASE + 0x1608,
  /** What the FS base points to: the thread's id for mimalloc. */
  thread: BASE + 0x1700,
} as const;

/** `cookie` and `keys` of the main heap are random in a real kernel; nothing that is shown depends on them. */
export const COOKIE = { low: 0x5eed_c0de, high: 0x0bad_cafe } as const;
const KEYS = [0x1f83_d9ab_fb41_bd6bn, 0x5be0_cd19_137e_2179n] as const;

/** The globals of the simulated kernel as symbols, for a decoder. */
export function simulatedSymbols(): ReadonlyMap<string, bigint> {
  return new Map(Object.entries(Statics).map(([name, address]) => [name, toBigInt(address)]));
}

/** What the linker put into .data: the initialisers of `_mi_heap_main` and `tld_main` (src/init.c). */
export function loadInitialisedData(mem: SimMemory): void {
  const { _mi_heap_main: heap, tld_main: tld, _mi_page_empty: empty } = Statics;
  mem.setPtr(heap + HeapStruct.tld, tld);
  for (let i = 0; i < HeapStruct.directEntries; i++) mem.setPtr(heap + HeapStruct.pages_free_direct + 8 * i, empty);
  for (let bin = 0; bin < QUEUES; bin++) {
    mem.setPtr(heap + HeapStruct.pages + bin * Queue.size + Queue.block_size, BLOCK_SIZES[bin]!);
  }
  mem.setPtr(tld + Tld.heap_backing, heap);
  mem.setPtr(tld + Tld.heaps, heap);
  mem.setPtr(tld + Tld.segments_stats, tld + Tld.stats);
  mem.setPtr(tld + Tld.segments_os, tld + Tld.region_idx);
  mem.setPtr(tld + Tld.os_stats, tld + Tld.stats);
}

/** `mi_heap_main_init`: what the main heap gets at run time. */
export function initMainHeap(mem: SimMemory): void {
  const heap = Statics._mi_heap_main;
  mem.setPtr(heap + HeapStruct.thread_id, Surroundings.thread);
  mem.setU32(heap + HeapStruct.cookie, COOKIE.low);
  mem.setU32(heap + HeapStruct.cookie + 4, COOKIE.high);
  mem.setU64(heap + HeapStruct.keys, KEYS[0]);
  mem.setU64(heap + HeapStruct.keys + 8, KEYS[1]);
}
