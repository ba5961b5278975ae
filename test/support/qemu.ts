// What QEMU's machines give a kernel for a command line, as QEMU and SeaBIOS document and do it. Recorded maps hold these functions
// (test/captures/lists.test.ts): where a capture does not hold its firmware's map, it comes from here.
//
//   hw/i386/pc_piix.c, pc_q35.c   RAM below 4 GiB: all of it below 3.5 GiB (pc: 0xe0000000) or 2.75 GiB (q35: 0xb0000000), else
//                                 3 GiB (pc) or 2 GiB (q35); the rest from 4 GiB on
//   SeaBIOS                       the last 128 KiB (pc) or 132 KiB (q35) of low RAM, EBDA, BIOS; q35: PCI configuration, root complex
//   hw/i386/multiboot.c           behind the image, from the next page on: module records of 16 bytes, the modules' strings, the kernel's
//                                 `<file> <append>`; then each module at a page
//   hw/arm/virt.c, boot.c         one bank from 1 GiB on; the device tree of 1 MiB in the middle of RAM, at most 128 MiB in

import type { CommandLine, FirmwareEntry, FirmwareMap, KernelSegment, LoadedRange } from '../../src/regions/firmware-map';

export interface QemuCommand {
  readonly machine: 'pc' | 'q35' | 'virt';
  readonly ram: bigint;
  readonly kernel: string;
  readonly append: string;
  readonly initrd?: string;
}

/** Reads the recorded command line; options without quotes end at the next option, as the shell's quotes are lost in it. */
export function qemuCommand(text: string): QemuCommand {
  const option = (name: string): string | undefined =>
    new RegExp(` -${name} (.*?)(?= -(?:machine|accel|cpu|m|nic|no-reboot|kernel|append|initrd|nographic|s|S)\\b|$)`).exec(
      text,
    )?.[1];
  const size = /^(\d+)([MG])$/.exec(option('m') ?? '')!;
  const machine = option('machine');
  if (machine !== 'pc' && machine !== 'q35' && machine !== 'virt') throw new Error(`machine ${String(machine)}`);
  const initrd = option('initrd');
  return {
    machine,
    ram: BigInt(size[1]!) << (size[2] === 'G' ? 30n : 20n),
    kernel: option('kernel')!,
    append: option('append')!.replace(/^""$/, ''),
    ...(initrd !== undefined && { initrd }),
  };
}

const entry = (base: bigint, len: bigint, usable = false): FirmwareEntry => ({
  base,
  len,
  kind: usable ? 'usable' : 'reserved',
  type: usable ? '1' : '2',
});

/** The multiboot memory map. */
export function pcMap({ machine, ram }: Pick<QemuCommand, 'machine' | 'ram'>): FirmwareEntry[] {
  const q35 = machine === 'q35';
  const low = ram < (q35 ? 0xb0000000n : 0xe0000000n) ? ram : q35 ? 0x80000000n : 0xc0000000n;
  const tail = q35 ? 0x21000n : 0x20000n;
  return [
    entry(0n, 0x9fc00n, true),
    entry(0x9fc00n, 0x400n),
    entry(0xf0000n, 0x10000n),
    entry(0x100000n, low - tail - 0x100000n, true),
    entry(low - tail, tail),
    ...(q35 ? [entry(0xb0000000n, 0x10000000n), entry(0xfed1c000n, 0x4000n)] : []),
    entry(0xfffc0000n, 0x40000n),
    ...(ram > low ? [entry(0x100000000n, ram - low, true)] : []),
    entry(0xfd00000000n, 0x300000000n),
  ];
}

const pageUp = (value: bigint): bigint => (value + 4095n) & ~4095n;

/** @param initrdLength bytes of the initial RAM disk's file, which is not recorded by itself */
export function multibootOf(command: QemuCommand, kernel: readonly KernelSegment[], initrdLength: bigint): FirmwareMap {
  const end = pageUp(kernel.reduce((top, s) => (s.base + s.len > top ? s.base + s.len : top), 0n));
  const { initrd } = command;
  const base = initrd === undefined ? end : end + 16n + BigInt(initrd.length + 1);
  const cmdline: CommandLine = { base, len: BigInt(`${command.kernel} ${command.append}`.length) };
  const module: LoadedRange | undefined =
    initrd === undefined ? undefined : { base: pageUp(base + cmdline.len), len: initrdLength, name: initrd };
  return {
    protocol: 'multiboot',
    entries: pcMap(command),
    kernel,
    cmdline,
    modules: module === undefined ? [] : [module],
    devices: [],
    image: 'helloworld',
  };
}

/** @param uart is the early console's driver compiled in (0.17 and later)? */
export function virtOf(command: QemuCommand, kernel: readonly KernelSegment[], uart: boolean): FirmwareMap {
  const base = 0x40000000n;
  const half = command.ram / 2n < 0x8000000n ? command.ram / 2n : 0x8000000n;
  return {
    protocol: 'devicetree',
    entries: [{ base, len: command.ram, kind: 'usable', type: 'memory' }],
    kernel,
    modules: [],
    devicetree: { base: base + half, len: 0x100000n, name: '' },
    devices: uart ? [{ base: 0x9000000n, len: 0x1000n, name: 'pl011' }] : [],
    image: 'helloworld',
  };
}
