// The binary buddy allocator (lib/ukallocbbuddy), Unikraft's default.
//
// Memory is managed in chunks of 2^k pages, k from 0 to 51, each aligned to its own size in absolute address. So every chunk of
// order k has one buddy: the other half of the chunk of order k + 1 that holds both. One free list an order, newest first.
//
//   palloc  takes the first chunk of the smallest order that has one and is large enough, and halves it until it fits: the lower
//           half goes on, each upper half becomes a free chunk. From 0.20 on it gives back from the end all that is not needed.
//   pfree   looks at the buddy: is it free, and of the same order? Then both become one chunk of the next order, and so on.
//   addmem  puts a record and a bitmap (one bit a page) in front of the new pages and cuts the rest into the largest chunks that
//           alignment allows. Chunks never merge across regions: a record lies between.
//
// It only knows pages: malloc and its kin come from the ifpages layer (allocators/layers/ifpages.ts), which spends a page header
// of 16 to 32 bytes, and so needs two pages for malloc(4096).

import type { Allocator } from '../ukalloc';
import { decode } from './decoder';
import { inspect } from './inspect';
import { buddyProfile } from './profiles';
import { recognise } from './recognise';
import { reasons } from './reasons';
import { attach, init } from './simulator';

export const bbuddy: Allocator = {
  id: 'bbuddy',
  title: 'binary buddy',
  library: 'lib/ukallocbbuddy',
  bootOption: 'CONFIG_LIBUKBOOT_INITBBUDDY',
  options: [
    {
      symbol: 'CONFIG_LIBUKALLOC_IFSTATS',
      kind: 'bool',
      default: 'n',
      help: 'Keeps statistics in struct uk_alloc, which moves what follows.',
    },
    { symbol: 'CONFIG_LIBUKALLOC_IFMALLOC', kind: 'bool', default: 'n', help: 'Two more function pointers in struct uk_alloc.' },
  ],
  profile: (release) => buddyProfile(release)?.name,
  addmem: () => 'adds',
  init,
  attach,
  decode,
  recognise,
  reasons,
  inspect,
};
