// mimalloc 1.6.1 as lib-mimalloc brings it to Unikraft.

import type { Allocator } from '../ukalloc';
import { decode } from './decoder';
import { mimallocProfile } from './profiles';
import { attach, init } from './simulator';

export const mimalloc: Allocator = {
  id: 'mimalloc',
  title: 'mimalloc',
  library: 'lib-mimalloc',
  bootOption: 'CONFIG_LIBUKBOOT_INITMIMALLOC',
  options: [],
  profile: (release) => mimallocProfile(release)?.name,
  addmem: () => 'absent',
  init,
  attach,
  decode,
  inspect: () => [],
};
