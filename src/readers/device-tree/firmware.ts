// What a boot takes from a device tree: banks of memory, the command line, the initial RAM disk, the console
// (plat/common/bootinfo_fdt.c).

import { hex } from '../../memory/address';
import type { FirmwareEntry, FirmwareMap, LoadedRange } from '../../regions/firmware-map';
import type { Problem, TextRange } from '../../regions/problem';
import { cellCount, cells, nodeAt, nodes, textOfProperty, type TreeNode, type TreeProperty } from './tree';

export interface TreeFirmware {
  readonly firmware?: FirmwareMap;
  readonly problems: readonly Problem[];
}

const TOP = 1n << 64n;

/** A tree without memory gives no map and a problem. */
export function firmwareOfTree(root: TreeNode): TreeFirmware {
  const problems: Problem[] = [];
  const say = (severity: Problem['severity'], code: string, message: string, where?: TextRange): void =>
    void problems.push({ severity, code, message, ...(where && { where }) });
  const entries: FirmwareEntry[] = [];
  for (const { node, parent } of nodes(root)) {
    if (!isMemory(node)) continue;
    for (const bank of banksOf(node, parent, say)) {
      if (entries.length > 0)
        say('info', 'further-bank', 'Unikraft uses the first bank of the first memory node only.', bank.where);
      entries.push(bank);
    }
  }
  if (entries.length === 0) return { problems };
  const chosen = nodeAt(root, '/chosen')?.node.properties;
  const bootargs = textOfProperty(chosen?.get('bootargs')) ?? '';
  const initrd = initrdOf(chosen);
  const device = consoleOf(root, textOfProperty(chosen?.get('stdout-path')));
  return {
    firmware: {
      protocol: 'devicetree',
      entries,
      kernel: [],
      modules: initrd === undefined ? [] : [initrd],
      devices: device === undefined ? [] : [device],
      ...(bootargs !== '' && { cmdline: { base: 0n, len: BigInt(bootargs.length) } }),
      image: '',
    },
    problems,
  };
}

function isMemory(node: TreeNode): boolean {
  const type = textOfProperty(node.properties.get('device_type'));
  return type === 'memory' || (type === undefined && /^memory(@|$)/.test(node.name));
}

function banksOf(
  node: TreeNode,
  parent: TreeNode,
  say: (s: Problem['severity'], code: string, message: string, where?: TextRange) => void,
): FirmwareEntry[] {
  const [address, size] = [cellCount(parent, 'address'), cellCount(parent, 'size')];
  const reg = node.properties.get('reg');
  const where = reg?.where ?? node.where;
  const damaged = (why: string): void =>
    say('error', 'damaged-line', `${why} in the memory node “${node.name.slice(0, 60)}”.`, where);
  if (address < 1 || address > 2 || size < 1 || size > 2) {
    damaged(`${address} cells of address and ${size} of size`);
    return [];
  }
  const banks: FirmwareEntry[] = [];
  const count = Math.floor((reg?.bytes.length ?? 0) / 4 / (address + size));
  for (let i = 0; i < Math.min(count, 64); i++) {
    const [base, len] = [cells(reg, i * (address + size), address)!, cells(reg, i * (address + size) + address, size)!];
    if (base + len > TOP) damaged(`A bank beyond the address space, ${hex(base)} and ${hex(len)} bytes,`);
    else banks.push({ base, len, kind: 'usable', type: 'memory', ...(where && { where }) });
  }
  if (banks.length === 0) damaged(`Expected ${address} cells of address and ${size} of size`);
  else if (address + size !== 4) {
    const message = `The tree has ${address} cells of address and ${size} of size; Unikraft reads two of each whatever it says.`;
    say('warning', 'narrow-cells', message, where);
  }
  return banks;
}

function initrdOf(chosen: ReadonlyMap<string, TreeProperty> | undefined): LoadedRange | undefined {
  const number = (name: string): bigint | undefined => {
    const property = chosen?.get(name);
    return cells(property, 0, property?.bytes.length === 4 ? 1 : 2);
  };
  const [start, end] = [number('linux,initrd-start'), number('linux,initrd-end')];
  const where = chosen?.get('linux,initrd-start')?.where;
  if (start === undefined || end === undefined || end <= start) return undefined;
  return { base: start, len: end - start, name: '', ...(where && { where }) };
}

/** The UART that `stdout-path` names: the early console's driver puts its page into the list. */
function consoleOf(root: TreeNode, path: string | undefined): LoadedRange | undefined {
  const found = path?.startsWith('/') === true ? nodeAt(root, path.split(':')[0]!) : undefined;
  if (found === undefined || !/pl011|ns16550/.test(textOfProperty(found.node.properties.get('compatible')) ?? ''))
    return undefined;
  const reg = found.node.properties.get('reg');
  const base = cells(reg, 0, cellCount(found.parent, 'address'));
  const where = reg?.where;
  return base === undefined ? undefined : { base, len: 4096n, name: found.node.name, ...(where && { where }) };
}
