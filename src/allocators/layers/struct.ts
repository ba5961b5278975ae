// struct uk_alloc (include/uk/alloc.h): function pointers, then statistics, then `next`; the allocator's own data follows.
//
//   +0   malloc, calloc, realloc, posix_memalign, memalign, free
//   +48  free_backend, malloc_backend            only with CONFIG_LIBUKALLOC_IFMALLOC (0.5+)
//        palloc, pfree
//        maxalloc, availmem, pmaxalloc, pavailmem   0.6+; `availmem` alone with IFSTATS before
//        addmem
//        _stats                                  80 bytes, only with CONFIG_LIBUKALLOC_IFSTATS (0.6+)
//        next
//        priv[]                                  = sizeof
//
// All members are 8 bytes on every 64-bit target.

import { isSet, type Config } from '../../regions/release';
import type { UkAllocProfile } from './profiles';

export const CALLBACKS = [
  'malloc', 'calloc', 'realloc', 'posix_memalign', 'memalign', 'free', 'free_backend', 'malloc_backend',
  'palloc', 'pfree', 'maxalloc', 'availmem', 'pmaxalloc', 'pavailmem', 'addmem',
] as const; // prettier-ignore

export type Callback = (typeof CALLBACKS)[number];

/** Offsets in one build's `struct uk_alloc`; a callback that the build does not have is absent. */
export interface UkAllocLayout {
  readonly callbacks: Readonly<Partial<Record<Callback, number>>>;
  /** Offset of `_stats`, when the build keeps statistics. */
  readonly stats?: number;
  readonly next: number;
  /** `sizeof(struct uk_alloc)`, where `priv[]` begins. */
  readonly size: number;
}

export function ukAllocLayout(profile: UkAllocProfile, config: Config): UkAllocLayout {
  const ifmalloc = profile.overflowChecks && isSet(config, 'CONFIG_LIBUKALLOC_IFMALLOC'); // the option came with 0.5, as did the checks
  const ifstats = isSet(config, 'CONFIG_LIBUKALLOC_IFSTATS');
  const full = profile.struct === 'full';
  const present = (name: Callback): boolean => {
    if (name === 'free_backend' || name === 'malloc_backend') return ifmalloc;
    if (name === 'availmem') return full || ifstats;
    return full || (name !== 'maxalloc' && name !== 'pmaxalloc' && name !== 'pavailmem');
  };
  const callbacks: Partial<Record<Callback, number>> = {};
  let offset = 0;
  for (const name of CALLBACKS) {
    if (!present(name)) continue;
    callbacks[name] = offset;
    offset += 8;
  }
  const stats = full && ifstats ? offset : undefined;
  if (stats !== undefined) offset += STATS_SIZE;
  return { callbacks, ...(stats !== undefined && { stats }), next: offset, size: offset + 8 };
}

/** struct uk_alloc_stats: ten words of 8 bytes. */
export const STATS_FIELDS = [
  'last_alloc_size', 'max_alloc_size', 'min_alloc_size', 'tot_nb_allocs', 'tot_nb_frees',
  'cur_nb_allocs', 'max_nb_allocs', 'cur_mem_use', 'max_mem_use', 'nb_enomem',
] as const; // prettier-ignore

export const STATS_SIZE = STATS_FIELDS.length * 8;

/** Offset of a statistics field from the start of its struct. */
export function statsOffset(field: (typeof STATS_FIELDS)[number]): number {
  return STATS_FIELDS.indexOf(field) * 8;
}

/**
 * Address that a function pointer of the simulated kernel holds. The real one depends on the link; these lie where no simulated
 * memory does and only tell NULL from not NULL, and one function from another.
 */
export function codeAddress(fn: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < fn.length; i++) hash = Math.imul(hash ^ fn.charCodeAt(i), 0x01000193);
  return -(2 ** 31) + ((hash >>> 0) % 0x40_0000) * 16;
}
