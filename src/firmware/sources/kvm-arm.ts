// KVM arm64, 0.14 and later: the device tree (plat/common/bootinfo_fdt.c). Only the first bank of the first memory node is used, and
// the image lies in it: what is before and behind the image is free.

import { FLAG_READ, FLAG_WRITE } from '../../regions/eras';
import { regionAt, Stopped, type ListBuilder } from '../builder';
import { insert } from '../insert';
import { u64 } from '../numbers';
import { dropped, outside, within } from '../pieces';
import { imageEnd, imageStart, insertLoaded, leaveOut, must, spanOf } from './entries';

const MEMORY = 'fdt_bootinfo_mem_mrd';
const FILE = 'plat/common/bootinfo_fdt.c';

export function deviceTree(list: ListBuilder): void {
  const { firmware, profile } = list;
  const read = FLAG_READ | profile.mapFlag;
  const { devicetree } = firmware;
  if (devicetree !== undefined) {
    const range = { ...devicetree, name: '' };
    insertLoaded(
      list,
      'fdt_bootinfo_fdt_mrd',
      'devicetree',
      'DEVICETREE',
      read,
      range,
      'device tree',
      'Could not insert DT memory descriptor',
    );
  }
  const bank = firmware.entries.findIndex((e) => e.kind === 'usable');
  if (bank < 0) throw new Stopped({ kind: 'crash', message: 'No memory found in DTB' });
  firmware.entries.forEach((entry, index) => {
    const span = spanOf(list, entry, index, 0n, 'page-zero');
    if (index === bank) insertBank(list, span.start, span.end, span.pieces);
    else leaveOut(list, MEMORY, FILE, entry, span, 'only the first bank is used', 'not-looked-at');
  });
  const initrd = firmware.modules[0];
  if (initrd !== undefined) {
    const range = { ...initrd, name: '' };
    insertLoaded(
      list,
      'fdt_bootinfo_initrd_mrd',
      'initrd',
      'INITRD',
      read,
      range,
      'initial RAM disk',
      'Could not add initrd memory descriptor',
    );
  }
}

function insertBank(list: ListBuilder, base: bigint, end: bigint, pieces: ReturnType<typeof spanOf>['pieces']): void {
  const [first, last] = [imageStart(list), imageEnd(list)];
  if (list.firmware.kernel.length === 0) {
    put(list, base, end, pieces, []);
    return;
  }
  if (first < base || last > end) throw new Stopped({ kind: 'crash', message: 'Image outside of RAM' });
  const under = within(pieces, first, last);
  const image = list.items.flatMap((i) => i.pieces).filter((p) => p.base >= first && p.end <= last);
  const lost = dropped(under, 'overlapped', image);
  const rest = outside(pieces, first, last);
  if (first > base) put(list, base, first, within(rest, base, first), lost);
  if (end > last) put(list, last, end, within(rest, last, end), first > base ? [] : lost);
  if (first > base || end > last) return;
  list.call({ kind: 'leave-out', fn: MEMORY, file: FILE, caller: MEMORY, title: 'the image fills the bank' }, () => {
    list.step({ text: 'nothing is left of the bank', lost });
    return undefined;
  });
}

function put(
  list: ListBuilder,
  base: bigint,
  end: bigint,
  pieces: ReturnType<typeof spanOf>['pieces'],
  lost: ReturnType<typeof dropped>,
): void {
  const region = regionAt(list.profile, base, u64(end - base), list.type('FREE'), FLAG_READ | FLAG_WRITE);
  must(insert(list, MEMORY, region, pieces, lost), 'Could not add free memory descriptor');
}
