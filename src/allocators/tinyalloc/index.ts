// tinyalloc (external library lib-tinyalloc): first fit over descriptors that lie apart from the memory they stand for.
//
// A fixed table of descriptors follows the allocator's structs; each is on one of three lists: `free`, sorted by address, `used`,
// newest first, and `fresh`, those that stand for no memory. No header is in the memory itself, so a free must look for its block.
//
//   malloc  walks free for the first block that is large enough. One that ends at `top`, the first address never handed out, fits
//           whatever its size: it grows or shrinks to the request, and top moves. Any other is split if a descriptor is left. When
//           none fits, new memory is carved from top.
//   free    looks for the block in used, sorts it into free, and merges every run of neighbours; their descriptors become fresh.
//           top does not come down.
//
// So not only bytes run out but descriptors, and both calls take longer the more blocks there are. The rest of the interface comes
// from ukalloc's ifmalloc layer, whose record of 16 bytes lies at the start of every block. There is no addmem.
//
// Known defects of the C code, all simulated up to where it would run wild: the table is not compared with the region and may lie
// past its end, requests near 2^64 wrap, succeed and move top down over live blocks, and ALIGNMENT is of sizes, not addresses.

import { IFMALLOC } from '../layers/ifmalloc';
import type { Allocator } from '../ukalloc';
import { decode } from './decoder';
import { ALIGNMENT, DISABLE_COMPACT, DISABLE_SPLIT, HEAP_BLOCKS, SPLIT_THRESH, tinyallocProfile } from './profiles';
import { recognise } from './recognise';
import { reasons } from './reasons';
import { remarks } from './remarks';
import { attach, init } from './simulator';
import { inspect } from './structs';

export const tinyalloc: Allocator = {
  id: 'tinyalloc',
  title: 'tinyalloc',
  library: 'lib-tinyalloc',
  bootOption: 'CONFIG_LIBUKBOOT_INITTINYALLOC',
  selects: [IFMALLOC],
  options: [
    { symbol: HEAP_BLOCKS, kind: 'int', default: '2048', help: 'Descriptors: blocks that can exist at a time, used and free.' },
    { symbol: SPLIT_THRESH, kind: 'int', default: '16', help: 'A free block is split if at least this many bytes remain.' },
    { symbol: ALIGNMENT, kind: 'int', default: '8', help: 'Sizes are rounded up to a multiple of this power of two.' },
    { symbol: DISABLE_SPLIT, kind: 'bool', default: 'n', help: 'Free blocks are given whole.' },
    {
      symbol: DISABLE_COMPACT,
      kind: 'bool',
      default: 'n',
      help: 'The free list is not sorted, and neighbours are never merged.',
    },
    {
      symbol: 'CONFIG_LIBUKALLOC_IFSTATS',
      kind: 'bool',
      default: 'n',
      help: 'Reserves statistics in struct uk_alloc, which moves what follows. They stay 0 with this allocator.',
    },
  ],
  profile: (release) => tinyallocProfile(release)?.name,
  addmem: () => 'absent',
  remarks,
  init,
  attach,
  decode,
  recognise,
  reasons,
  inspect,
};
