// KVM x86_64, 0.12 and later: multiboot (plat/kvm/x86/multiboot.c) and the Linux boot protocol (plat/kvm/x86/lxboot.c).

import { FLAG_READ, FLAG_WRITE } from '../../regions/eras';
import type { FirmwareEntry } from '../../regions/firmware-map';
import { isSet } from '../../regions/release';
import { regionAt, Stopped, type ListBuilder } from '../builder';
import { insert, insertSplit } from '../insert';
import { alignUp, PAGE } from '../numbers';
import { dropped, within, outside } from '../pieces';
import { freeLength, imageEnd, insertLegacy, insertLoaded, leaveOut, must, spanOf, type Span } from './entries';

const MULTIBOOT = 'multiboot_entry';
const MULTIBOOT_C = 'plat/kvm/x86/multiboot.c';
const LXBOOT_C = 'plat/kvm/x86/lxboot.c';
const ADD = 'Cannot insert bootinfo memory region';
const ADD_RAM = 'Unable to add ram mapping';

/** Is the VGA console compiled in? 0.17: both of its options; 0.18+: the driver, implied by QEMU but a choice of the build. */
export function hasVga(list: ListBuilder): boolean {
  const { config } = list.choices;
  return ['CONFIG_KVM_DEBUG_VGA_CONSOLE', 'CONFIG_KVM_KERNEL_VGA_CONSOLE', 'CONFIG_LIBVGACONS'].some((s) => isSet(config, s));
}

export function multiboot(list: ListBuilder): void {
  const { firmware, profile } = list;
  insertLegacy(list, MULTIBOOT, 'Could not insert legacy memory region', hasVga(list));
  const read = FLAG_READ | profile.mapFlag;
  const { cmdline } = firmware;
  if (cmdline !== undefined && profile.cmdlineRegion && cmdline.base !== 0n && cmdline.len > 0n) {
    insertLoaded(list, MULTIBOOT, 'cmdline', 'CMDLINE', read, { ...cmdline, name: '' }, 'command line', ADD);
  }
  for (const module of firmware.modules) {
    if (module.len === 0n) continue;
    insertLoaded(list, MULTIBOOT, 'initrd', 'INITRD', read, module, `module “${module.name}”`, ADD);
  }
  firmware.entries.forEach((entry, index) => {
    if (profile.way === 'split') splitEntry(list, entry, index, MULTIBOOT);
    else multibootEntry(list, entry, index);
  });
}

function multibootEntry(list: ListBuilder, entry: FirmwareEntry, index: number): void {
  const span = spanOf(list, entry, index, PAGE, 'page-zero');
  if (span.end <= span.start || span.end - span.start < PAGE) {
    leaveOut(list, MULTIBOOT, MULTIBOOT_C, entry, span, 'less than a page', 'too-small');
  } else insertEntry(list, MULTIBOOT, entry, span, ADD);
}

function insertEntry(list: ListBuilder, caller: string, entry: FirmwareEntry, span: Span, crash: string): void {
  const { start, end, pieces, early } = span;
  const usable = entry.kind === 'usable';
  const flags = usable ? FLAG_READ | FLAG_WRITE : FLAG_READ | list.profile.mapFlag;
  const region = regionAt(list.profile, start, end - start, list.type(usable ? 'FREE' : 'RESERVED'), flags);
  const ret = insert(list, caller, usable ? { ...region, len: freeLength(list, start, end) } : region, pieces, early);
  must(ret, crash);
}

/** 0.12, 0.13: only what lies above the image (multiboot) or page 0 (Linux boot) is looked at, around what is there already. */
function splitEntry(list: ListBuilder, entry: FirmwareEntry, index: number, caller: string): void {
  const lx = caller === LXBOOT;
  const span = lx ? alignedSpan(list, entry, index) : spanOf(list, entry, index, imageEnd(list), 'not-looked-at');
  const file = lx ? LXBOOT_C : MULTIBOOT_C;
  if (span.end <= span.start) {
    leaveOut(list, caller, file, entry, span, lx ? 'nothing above page 0' : 'it ends below the image', 'not-looked-at');
    return;
  }
  if (entry.kind !== 'usable') {
    insertEntry(list, caller, entry, span, lx ? ADD_RAM : ADD);
    return;
  }
  const region = regionAt(list.profile, span.start, span.end - span.start, list.type('FREE'), FLAG_READ | FLAG_WRITE);
  must(insertSplit(list, caller, region, span.pieces, PAGE, span.early), lx ? ADD_RAM : 'Unable to add region');
}

/** 0.13's Linux boot rounds the start of each entry up to a page. */
function alignedSpan(list: ListBuilder, entry: FirmwareEntry, index: number): Span {
  const span = spanOf(list, entry, index, PAGE, 'page-zero');
  const start = alignUp(span.start);
  return {
    ...span,
    start,
    pieces: outside(span.pieces, -1n, start),
    early: [...span.early, ...dropped(within(span.pieces, -1n, start), 'rounding')],
  };
}

const LXBOOT = 'lxboot_init_mem';

export function linuxBoot(list: ListBuilder): void {
  const { firmware, profile } = list;
  const read = FLAG_READ | profile.mapFlag;
  const { cmdline } = firmware;
  if (cmdline !== undefined && profile.cmdlineRegion) {
    if (cmdline.base === 0n) throw new Stopped({ kind: 'crash', message: 'Command line address is zero' });
    if (cmdline.len > 0n) {
      insertLoaded(
        list,
        'lxboot_init_cmdline',
        'cmdline',
        'CMDLINE',
        read,
        { ...cmdline, name: 'cmdline' },
        'command line',
        ADD_RAM,
      );
    }
  }
  const initrd = firmware.modules[0];
  if (initrd !== undefined && initrd.base !== 0n && initrd.len > 0n) {
    insertLoaded(
      list,
      'lxboot_init_initrd',
      'initrd',
      'INITRD',
      read,
      { ...initrd, name: 'initrd' },
      'initial RAM disk',
      ADD_RAM,
    );
  }
  firmware.entries.forEach((entry, index) => {
    if (profile.way === 'split') {
      splitEntry(list, entry, index, LXBOOT);
      return;
    }
    const span = spanOf(list, entry, index, PAGE, 'page-zero');
    if (span.end <= span.start) leaveOut(list, LXBOOT, LXBOOT_C, entry, span, 'nothing above page 0', 'too-small');
    else insertEntry(list, LXBOOT, entry, span, ADD_RAM);
  });
  insertLegacy(list, LXBOOT, 'Failed to insert legacy high memory region', hasVga(list));
}
