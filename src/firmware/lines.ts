// Descriptor lines as ukplat_memregion_print_desc and ukplat_bootinfo_print write them (plat/common/include/uk/plat/common/memory.h,
// plat/common/bootinfo.c).

import type { Region } from '../regions/descriptor';
import { eraProfile, permissionsText } from '../regions/eras';
import type { Release } from '../regions/release';
import { pageBytes, u64 } from './numbers';

/** `%012lx` */
function twelve(value: bigint): string {
  return u64(value).toString(16).padStart(12, '0');
}

/** ` 000000001000-0000000a0000 … rw- 0000000000001000  name` */
export function descriptorLine(region: Region, release: Release, withName: boolean, inMap = false): string {
  const profile = eraProfile(release);
  const type = profile.types.find((t) => t.bit === region.type)?.printed ?? '';
  const word = inMap && type === 'device' ? 'device ' : type;
  const { pbase, len, pgOff } = region;
  const extent =
    profile.era === 'paged'
      ? `${twelve(pbase)}-${twelve(pbase + pageBytes(region))} ${twelve(pbase + pgOff)}-${twelve(pbase + pgOff + len)}`
      : `${twelve(pbase)}-${twelve(pbase + len)} ${twelve(len)}`;
  const vbase = u64(region.vbase).toString(16).padStart(16, '0');
  return ` ${extent} ${permissionsText(region.flags)} ${vbase} ${word} ${withName ? region.name : ''}`;
}

/** `Memory 00fd00000000-010000000000 outside mapped area` */
export function outsideLine(from: bigint, to: bigint): string {
  return `Memory ${twelve(from)}-${twelve(to)} outside mapped area`;
}
