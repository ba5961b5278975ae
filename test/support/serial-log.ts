// Lines of a boot log, and what a reader made of them, for tests.

import { readSerialLog } from '../../src/readers/serial-log';
import type { RegionMap } from '../../src/regions/descriptor';
import type { Release } from '../../src/regions/release';

export const PREFIX = '[    0.000000] Info: [libkvmplat] <bootinfo.c @  104> ';
export const MAP_17 = [
  '[    0.000000] Info: [libkvmplat] <bootinfo.c @   56> Unikraft Calypso (0.17.0)',
  '[    0.000000] Info: [libkvmplat] <bootinfo.c @   69> Boot memory map:',
  PREFIX + ' 000000012000-0000000a0000 000000012000-0000000a0000 rw- 0000000000012000  ',
  PREFIX + ' 000000100000-000000130000 000000100000-000000130000 r-x 0000000000100000 krnl helloworld_qemu-x86_64',
  PREFIX + ' 00000017f000-000000180000 00000017f000-00000017f017 r-- 000000000017f000 cmdl ',
  '[    0.000000] Info: [libkvmplat] <setup.c @  136> Switch from bootstrap stack to stack @0x12000',
];

/** Known fields as numbers, in hex; `?` where a value is not known. */
export function rows(map: RegionMap): string[] {
  return map.descriptors.map((d) =>
    [
      ...Object.values(d.fields).map((f) => (f.value === undefined ? '?' : f.value.toString(16))),
      ...(d.name === undefined ? [] : [d.name]),
    ].join(' '),
  );
}

export function read(lines: readonly string[], release?: Release): RegionMap {
  return readSerialLog(lines.join('\n') + '\n', release);
}

export const codes = (map: RegionMap): string[] =>
  map.problems.map((p) => `${p.severity} ${p.code}${p.where === undefined ? '' : `@${p.where.line}`}`);
