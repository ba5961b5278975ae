// mimalloc 1.6.1 as lib-mimalloc brings it to Unikraft.
//
//   uk_malloc ─► early: ukallocregion, a bump pointer                              nothing ever comes back
//             ─► ready: heap ─► queue of a bin ─► page ─► segment (4 MiB)
//                                                           ─► mem region (256 MiB, a bit per 4 MiB)
//                                                                ─► OS layer ─► the same ukallocregion
//
// Boot. The handle at the region's base sends everything to a region allocator one page behind it, until the first malloc (also by
// way of calloc or realloc; memalign, palloc and free do not count) of a thread that is ready. That malloc makes the switch.
// What was handed out before stays taken, and must not be freed any more.
//
// malloc. A size class has a queue of pages; a page has blocks of one size and three lists in effect: `free`, from which malloc pops;
// `local_free`, on which free pushes, and which becomes `free` when that is empty; and the tail that was never linked, from which
// the free list grows by 4 KiB at a time. So addresses ascend on a fresh page, and a freed block is not the next one handed out.
//
//   malloc(n)   n ≤ 1024: pages_free_direct[words] leads to a page; pop. Else the first page of the bin's queue; else search: a page
//               that is found full moves to the queue of full pages, out of the way; else a fresh page, pushed to the front.
//   free(p)     p's segment is its address rounded down to 4 MiB; push on local_free. A full page goes back to its bin's tail. An
//               empty one is kept for 16 searches while it is the last of its class and its blocks are at most 4 KiB; else it goes
//               back to its segment, and an empty segment to its mem region.
//   n > 2 MiB   a huge segment for one block.
//
// Memory. The first segment asks for a mem region: 256 MiB. The bump pointer is hardly ever at a multiple of 4 MiB, so these 256 MiB
// are "freed", which means lost, and 260 MiB are asked for, to align inside. Heaps that cannot pay 516 MiB get each segment
// directly, for 12 MiB of which 4 are used, and lose it when it is freed. That is why memory is gone before anything was allocated.

import type { Allocator } from '../ukalloc';
import { arbitrary } from './arbitrary';
import { decode } from './decoder';
import { inspect } from './inspect';
import { mimallocProfile } from './profiles';
import { recognise } from './recognise';
import { reasons } from './reasons';
import { attach, init } from './simulator';
import { comparable } from './state';

export const mimalloc: Allocator = {
  id: 'mimalloc',
  title: 'mimalloc 1.6.1',
  library: 'lib-mimalloc',
  bootOption: 'CONFIG_LIBUKBOOT_INITMIMALLOC',
  options: [
    {
      symbol: 'CONFIG_MIMALLOC_DEBUG',
      kind: 'int',
      default: '0',
      help: 'From 1 on structures are larger and free links encoded. Heaps of such builds are decoded; simulated is 0.',
    },
    {
      symbol: 'CONFIG_LIBUKALLOC_IFSTATS',
      kind: 'bool',
      default: 'n',
      help: 'Keeps statistics in struct uk_alloc, which moves what follows.',
    },
    { symbol: 'CONFIG_LIBUKALLOC_IFMALLOC', kind: 'bool', default: 'n', help: 'Two more function pointers in struct uk_alloc.' },
  ],
  profile: (release) => mimallocProfile(release)?.name,
  addmem: () => 'absent',
  init,
  attach,
  decode,
  recognise,
  reasons,
  arbitrary,
  comparable,
  inspect,
};
