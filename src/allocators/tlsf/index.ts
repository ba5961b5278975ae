// TLSF, Two-Level Segregated Fit (external library lib-tlsf, TLSF 2.4.6): malloc and free in constant time.
//
// Memory is one row of blocks, each with a header of 16 bytes, from the area's info block to a sentinel. Free blocks are kept in
// lists by size class: row f is the highest bit of the size, column s its next L bits, and a bitmap a level tells which lists have
// members. Below 128 bytes the classes are equal steps.
//
//   malloc  rounds the request up to the next class start, so that every block of the class fits, finds the first list at or above
//           that class with two bit scans, and takes its first block. What is left of it, if 32 bytes or more, becomes a free block.
//           So up to 1/2^L of a block is lost inside it, and a free block that would just fit is passed over.
//   free    merges with the physical neighbours: the next one is found by the size, the previous one by prev_hdr, which is valid
//           only while this block's PREV_FREE flag is set. The result goes to the front of its class's list.
//
// The library brings malloc and free only; the rest comes from ukalloc's ifmalloc layer, which writes a record of 16 bytes in front
// of every payload. There is no addmem: as boot allocator it uses the first region that it accepts and loses the rest.
//
// Known defects of the C code, all simulated up to where it would run wild: tables end at 1 GiB, sizes are read with a 32-bit mask,
// requests near 2^64 wrap and succeed, an old signature in memory makes init keep the old heap, the last header may lie up to 8 bytes
// past the region, and CONFIG_TLSF_LOG2_SLI works from 3 to 5 only.

import type { Allocator } from '../ukalloc';
import { decode } from './decoder';
import { LOG2_SLI, tlsfProfile } from './profiles';
import { recognise } from './recognise';
import { reasons } from './reasons';
import { remarks } from './remarks';
import { attach, init, initPool } from './simulator';
import { inspect } from './structs';
import { IFMALLOC } from '../layers/ifmalloc';

export const tlsf: Allocator = {
  id: 'tlsf',
  title: 'TLSF',
  library: 'lib-tlsf',
  bootOption: 'CONFIG_LIBUKBOOT_INITTLSF',
  selects: [IFMALLOC],
  options: [
    {
      symbol: LOG2_SLI,
      kind: 'int',
      default: '5',
      help: 'log2 of the number of second-level classes. 3 to 5 work; other values are accepted and broken.',
    },
    {
      symbol: 'CONFIG_LIBUKALLOC_IFSTATS',
      kind: 'bool',
      default: 'n',
      help: 'Reserves statistics in struct uk_alloc, which moves what follows. They stay 0 with this allocator.',
    },
  ],
  profile: (release) => tlsfProfile(release)?.name,
  addmem: () => 'absent',
  remarks,
  init,
  directInit: { init_memory_pool: initPool },
  attach,
  decode,
  recognise,
  reasons,
  inspect,
};
