// From a firmware's map to the list that heap_init gets: which source's code runs, and what the platform does after it.

import { pointerText, toNumber } from '../memory/address';
import { FLAG_READ, FLAG_WRITE } from '../regions/eras';
import type { FirmwareMap } from '../regions/firmware-map';
import { isSet } from '../regions/release';
import { alloc } from './alloc';
import { ListBuilder, regionAt, Stopped, type ListChoices } from './builder';
import { coalesce } from './coalesce';
import { insert } from './insert';
import { descriptorLine } from './lines';
import { memInit } from './mem-init';
import { PAGE } from './numbers';
import { VIDEO } from './profiles';
import { efi } from './sources/efi';
import { kernelEntries, must, sourceOf } from './sources/entries';
import { deviceTree } from './sources/kvm-arm';
import { hasVga, linuxBoot, multiboot } from './sources/kvm-x86';
import { layout, stackSize } from './sources/layout';
import { xen, xenCommandLine } from './sources/xen';
import type { ListRun, ListStop } from './types';

/**
 * Makes the list. Always gives a run: where the boot stops in it (an assertion, a crash), `stop` says so and the list is as it was
 * then. The cost is that of the kernel's own code, times the length of the list for each step that is kept.
 */
export function buildList(firmware: FirmwareMap, choices: ListChoices): ListRun {
  const list = new ListBuilder(firmware, choices);
  let stop: ListStop | undefined;
  try {
    if (usesLayout(list)) layout(list);
    else typedList(list);
    list.stage('final');
  } catch (problem) {
    if (!(problem instanceof Stopped)) throw problem;
    stop = problem.stop;
    list.accountFor(stop);
  }
  return list.result(stop);
}

/** 0.12 and 0.13 of arm64 and Xen still answer from their own tables. */
function usesLayout(list: ListBuilder): boolean {
  const { protocol } = list.firmware;
  return list.profile.way === 'layout' || (list.profile.way === 'split' && protocol !== 'multiboot' && protocol !== 'lxboot');
}

function typedList(list: ListBuilder): void {
  kernelEntries(list);
  const { protocol } = list.firmware;
  if (protocol === 'xen') {
    xen(list);
    if (list.profile.earlyInit) coalesce(list, 'uk_boot_early_init');
    xenCommandLine(list);
    return;
  }
  if (protocol === 'multiboot') multiboot(list);
  else if (protocol === 'lxboot') linuxBoot(list);
  else if (protocol === 'efi') efi(list);
  else deviceTree(list);
  list.stage('inserted');
  if (list.profile.way === 'coalesce') {
    earlyDevices(list);
    const result = coalesce(list, coalescer(list));
    if (result !== 0n && list.choices.arch === 'x86_64') {
      throw new Stopped({ kind: 'crash', message: `Could not coalesce memory regions (${result})` });
    }
  }
  list.stage('coalesced');
  platformEntry(list);
}

const CALLERS = {
  multiboot: 'multiboot_entry',
  lxboot: 'lxboot_entry',
  efi: 'uk_efi_main',
  devicetree: 'ukplat_early_init',
  xen: '_init_mem',
};

function coalescer(list: ListBuilder): string {
  return list.profile.earlyInit ? 'uk_boot_early_init' : CALLERS[list.firmware.protocol];
}

/** What the early console drivers insert: the VGA driver its memory (0.18+), memory-mapped UARTs their page (0.17+, arm64). */
function earlyDevices(list: ListBuilder): void {
  const { profile, firmware, choices } = list;
  if (profile.earlyInit && choices.arch === 'x86_64' && hasVga(list)) {
    const range = { base: VIDEO.base, len: VIDEO.len, name: '' };
    const region = regionAt(profile, VIDEO.base, VIDEO.len, list.type('RESERVED'), FLAG_READ | FLAG_WRITE);
    must(insert(list, 'vgacons_init', region, sourceOf(list, 'legacy', VIDEO.what, range)), 'Could not insert VGA memory');
  }
  if (list.type('DEVICE') === 0) return;
  for (const device of firmware.devices) {
    const base = device.base - (device.base % PAGE);
    const range = { ...device, base, len: PAGE };
    const region = regionAt(profile, base, PAGE, list.type('DEVICE'), FLAG_READ | FLAG_WRITE);
    must(
      insert(list, 'early console', region, sourceOf(list, 'device', `console ${device.name}`, range)),
      'Could not insert device memory',
    );
  }
}

/** _ukplat_entry of KVM, and on arm64 what comes right before it. */
function platformEntry(list: ListBuilder): void {
  const { firmware, profile, choices } = list;
  const smp = isSet(choices.config, 'CONFIG_HAVE_SMP') && choices.arch === 'x86_64' && profile.way === 'coalesce';
  if (smp && !profile.earlyInit) startupCode(list);
  let cmdline = firmware.cmdline?.len ?? 0n;
  if (firmware.protocol === 'devicetree' && profile.cmdlineRegion && cmdline > 0n) {
    cmdline = armCommandLine(list, cmdline);
  }
  if (profile.scratch !== undefined) {
    const size = (cmdline > 0n ? cmdline : BigInt(firmware.image.length)) + 1n;
    const flags = FLAG_READ | FLAG_WRITE;
    take(
      list,
      { size, type: profile.scratch, flags, caller: 'cmdline_init', what: 'scratch command line' },
      'Cmdline init failed',
    );
  }
  const size = stackSize(list);
  const stack = { size, type: 'STACK', flags: FLAG_READ | FLAG_WRITE, caller: '_ukplat_entry', what: 'stack' };
  const base = take(list, stack, 'Boot stack alloc failed');
  memInit(list, '_ukplat_entry');
  if (choices.arch === 'x86_64' && !profile.earlyInit) printMap(list);
  if (smp && profile.earlyInit) startupCode(list);
  list.call(
    { kind: 'print', fn: '_ukplat_entry', file: 'plat/kvm/x86/setup.c', caller: '_ukplat_entry', title: 'switch stacks' },
    () => {
      list.print('info', `Switch from bootstrap stack to stack @${pointerText(toNumber(base + size))}`);
      return undefined;
    },
  );
}

/** ukplat_memregion_alloc_sipi_vect: start-up code of the other CPUs, a page below the video memory. */
function startupCode(list: ListBuilder): void {
  const request = { size: PAGE, type: 'RESERVED', flags: FLAG_READ | FLAG_WRITE, what: 'start-up code of other CPUs' };
  const base = take(list, { ...request, caller: 'ukplat_memregion_alloc_sipi_vect' }, 'Could not insert SIPI vector region');
  if (base >= VIDEO.base) throw new Stopped({ kind: 'crash', message: 'Could not insert SIPI vector region' });
}

/** fdt_bootinfo_cmdl_mrd: `<image name> <bootargs>`. Gives the new length. `bootargs` is counted without its terminator. */
function armCommandLine(list: ListBuilder, bootargs: bigint): bigint {
  const property = bootargs + 1n;
  const name = BigInt(list.firmware.image.length) + 1n;
  const size = property + name + 1n;
  take(
    list,
    { size, type: 'CMDLINE', flags: FLAG_READ, caller: 'fdt_bootinfo_cmdl_mrd', what: 'command line' },
    'Command-line alloc failed',
  );
  return property + name;
}

function take(list: ListBuilder, request: Parameters<typeof alloc>[1], crash: string): bigint {
  const base = alloc(list, request);
  if (base === 0n) throw new Stopped({ kind: 'crash', message: crash });
  return base;
}

/** ukplat_bootinfo_print, its last part. */
function printMap(list: ListBuilder): void {
  const head = {
    kind: 'print',
    fn: 'ukplat_bootinfo_print',
    file: 'plat/common/bootinfo.c',
    caller: '_ukplat_entry',
    title: 'boot memory map',
  } as const;
  list.call(head, () => {
    list.print('info', 'Boot memory map:');
    for (const { region } of list.items) {
      if (region.type !== 0) list.print('info', descriptorLine(region, list.choices.release, list.named, true));
    }
    return undefined;
  });
}
