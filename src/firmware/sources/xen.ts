// Xen x86_64, 0.14 and later (plat/xen/x86/setup.c): one FREE region from the first frame behind the image, its tables included, to
// the last one, and the initial RAM disk. Physical and virtual addresses are taken as equal: where they are not, 0.15 and later stop in
// heap_init's assertion.

import { FLAG_READ, FLAG_WRITE } from '../../regions/eras';
import { regionAt, Stopped, type ListBuilder } from '../builder';
import { alloc } from '../alloc';
import { coalesce } from '../coalesce';
import { insert } from '../insert';
import { alignUp, u64 } from '../numbers';
import { dropped, within } from '../pieces';
import { imageEnd, insertLoaded, leaveOut, must, named, spanOf } from './entries';

const CALLER = '_init_mem';
const FILE = 'plat/xen/x86/setup.c';

export function xen(list: ListBuilder): void {
  const { firmware, profile } = list;
  const chosen = firmware.entries.findIndex((e) => e.kind === 'usable');
  if (chosen < 0) throw new Stopped({ kind: 'crash', message: 'Failed to initialize memory' });
  firmware.entries.forEach((entry, index) => {
    const span = spanOf(list, entry, index, 0n, 'page-zero');
    if (index !== chosen) {
      leaveOut(list, CALLER, FILE, entry, span, 'another entry is the memory', 'not-looked-at');
      return;
    }
    const behind = alignUp(imageEnd(list));
    const start = behind > span.start ? behind : span.start;
    const region = regionAt(
      profile,
      start,
      u64(span.end - start),
      list.type('FREE'),
      FLAG_READ | FLAG_WRITE,
      named(list, 'heap'),
    );
    const image = list.items.flatMap((i) => i.pieces);
    const lost = dropped(within(span.pieces, -1n, start), 'overlapped', image);
    must(insert(list, CALLER, region, within(span.pieces, start, 1n << 65n), lost), 'Failed to initialize memory');
  });
  const initrd = firmware.modules[0];
  if (initrd !== undefined && initrd.len > 0n) {
    const range = { ...initrd, name: 'initrd' };
    insertLoaded(
      list,
      CALLER,
      'initrd',
      'INITRD',
      FLAG_READ | FLAG_WRITE,
      range,
      'initial RAM disk',
      'Failed to initialize memory',
    );
  }
  list.stage('inserted');
  coalesce(list, CALLER);
  list.stage('coalesced');
}

/** The command line and its scratch copy; 0.18 and later have neither. */
export function xenCommandLine(list: ListBuilder): void {
  const { firmware, profile } = list;
  if (profile.scratch === undefined) return;
  const caller = '_libxenplat_x86bootinfo_setup_cmdl';
  const size = firmware.cmdline !== undefined && firmware.cmdline.len > 0n ? firmware.cmdline.len : BigInt(firmware.image.length);
  const what = [
    ['CMDLINE', 'command line', 'Could not allocate command-line memory'],
    ['KERNEL', 'scratch command line', 'Could not allocate scratch command-line memory'],
  ] as const;
  for (const [type, name, crash] of what) {
    if (alloc(list, { size, type, flags: FLAG_READ, caller, what: name }) === 0n)
      throw new Stopped({ kind: 'crash', message: crash });
  }
}
