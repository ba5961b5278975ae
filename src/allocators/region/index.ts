// The region allocator (lib/ukallocregion): two words and no headers. It hands out the next bytes of its region and never takes
// one back; memory that is added later is refused with the answer 0, and so lost. Up to 0.19 it grows upward, from 0.20 on
// downward, and there malloc through the struct uk_alloc is broken (see downward.ts), so that it cannot serve as boot heap.

import type { Allocator } from '../ukalloc';
import { decode } from './decoder';
import { regionProfile } from './profiles';
import { recognise } from './recognise';
import { reasons } from './reasons';
import { attach, init } from './simulator';

export const region: Allocator = {
  id: 'region',
  title: 'region (bump)',
  library: 'lib/ukallocregion',
  bootOption: 'CONFIG_LIBUKBOOT_INITREGION',
  options: [
    {
      symbol: 'CONFIG_LIBUKALLOC_IFSTATS',
      kind: 'bool',
      default: 'n',
      help: 'Keeps statistics in struct uk_alloc, which moves what follows.',
    },
    { symbol: 'CONFIG_LIBUKALLOC_IFMALLOC', kind: 'bool', default: 'n', help: 'Two more function pointers in struct uk_alloc.' },
  ],
  profile: (release) => regionProfile(release)?.name,
  addmem: ({ release }) => (regionProfile(release)?.queries === true ? 'ignored' : 'absent'),
  init,
  attach,
  decode,
  recognise,
  reasons,
  inspect: (_reader, snapshot, address) =>
    snapshot.structs.filter((s) => address >= s.address && address < s.address + BigInt(s.length)),
};
