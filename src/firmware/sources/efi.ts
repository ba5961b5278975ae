// EFI stub, 0.14 and later (plat/kvm/efi.c).

import { FLAG_READ, FLAG_WRITE } from '../../regions/eras';
import type { EntryKind } from '../../regions/firmware-map';
import { regionAt, type ListBuilder } from '../builder';
import { insert } from '../insert';
import { PAGE } from '../numbers';
import { insertLegacy, insertLoaded, leaveOut, must, spanOf } from './entries';
import { hasVga } from './kvm-x86';

const CALLER = 'uk_efi_setup_bootinfo_mrds';
const FILE = 'plat/kvm/efi.c';

/** uk_efi_md_to_bi_mrd: what becomes of each kind of memory; `skip` where the image's own entries stand for it. */
const BECOMES: Readonly<Record<EntryKind, 'free' | 'read' | 'read-write' | 'skip'>> = {
  usable: 'free',
  'boot-services': 'free',
  loader: 'skip',
  runtime: 'read-write',
  mmio: 'read-write',
  reserved: 'read',
  acpi: 'read',
  nvs: 'read',
  unusable: 'read',
  persistent: 'read',
};

export function efi(list: ListBuilder): void {
  const { firmware, profile, choices } = list;
  if (choices.arch === 'x86_64') insertLegacy(list, CALLER, 'Failed to insert legacy high memory region', hasVga(list));
  firmware.entries.forEach((entry, index) => {
    const becomes = BECOMES[entry.kind];
    const span = spanOf(list, entry, index, PAGE, 'page-zero');
    if (becomes === 'skip') {
      leaveOut(list, CALLER, FILE, entry, span, "the image's own entries stand for it", 'not-looked-at');
    } else if (span.end <= span.start || span.end - span.start < PAGE) {
      leaveOut(list, CALLER, FILE, entry, span, 'less than a page', 'too-small');
    } else {
      const free = becomes === 'free';
      const flags = (becomes === 'read' ? FLAG_READ : FLAG_READ | FLAG_WRITE) | (free ? 0 : profile.mapFlag);
      const region = regionAt(profile, span.start, span.end - span.start, list.type(free ? 'FREE' : 'RESERVED'), flags);
      must(insert(list, CALLER, region, span.pieces, span.early), 'Failed to insert mrd');
    }
  });
  const read = FLAG_READ | profile.mapFlag;
  const { cmdline, devicetree } = firmware;
  if (cmdline !== undefined && profile.cmdlineRegion) {
    const range = { ...cmdline, name: '' };
    insertLoaded(
      list,
      'uk_efi_setup_bootinfo_cmdl',
      'cmdline',
      'CMDLINE',
      read,
      range,
      'command line',
      'Failed to insert cmdl mrd',
    );
  }
  const initrd = firmware.modules[0];
  if (initrd !== undefined) {
    const range = { ...initrd, name: '' };
    insertLoaded(
      list,
      'uk_efi_setup_bootinfo_initrd',
      'initrd',
      'INITRD',
      read,
      range,
      'initial RAM disk',
      'Failed to insert initrd mrd',
    );
  }
  if (devicetree !== undefined) {
    const range = { ...devicetree, name: '' };
    insertLoaded(
      list,
      'uk_efi_setup_bootinfo_dtb',
      'devicetree',
      'DEVICETREE',
      read,
      range,
      'device tree',
      'Failed to insert dtb mrd',
    );
  }
}
