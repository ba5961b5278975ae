// What kind of input a file is, by its content: people rename files, and paste text into new ones. The name only decides between
// kinds that the content leaves open.

import { looksLikeC } from './c-source';
import { isDeviceTreeBlob } from './device-tree/dtb';
import { isElf } from './elf-core';
import { looksLikeFirmwareMap } from './firmware-map';
import { looksLikeGdb } from './gdb-text';
import { isMultibootMap } from './multiboot-map';
import { looksLikeSerialLog } from './serial-log';
import { textOf } from './text-encoding';

export const DETECTED_KINDS = [
  // text that has regions
  'memory-map',
  'golden-trace',
  'c',
  'gdb',
  'serial-log',
  'firmware-map',
  // text that has something else
  'heap-calls',
  'alloc-trace',
  'operations',
  'state',
  'dump-index',
  'kconfig',
  'kraftfile',
  'symbols',
  // memory
  'elf',
  'device-tree',
  'multiboot-map',
  'intel-hex',
  's-record',
  'verilog-hex',
  'raw',
  // neither
  'gzip',
  'empty',
  'text',
] as const;
export type DetectedKind = (typeof DETECTED_KINDS)[number];

/** As a sentence about a file names it: `a GDB transcript`. */
export const KIND_TITLES: Readonly<Record<DetectedKind, string>> = {
  'memory-map': 'a memory-map file',
  'golden-trace': 'a recorded trace',
  c: 'C source',
  gdb: 'a GDB transcript',
  'serial-log': 'a console log',
  'firmware-map': 'a firmware’s memory map',
  'heap-calls': 'a list of heap calls',
  'alloc-trace': 'a trace of allocator calls',
  operations: 'a list of heap operations',
  state: 'a simulated or decoded state',
  'dump-index': 'an index of dumps',
  kconfig: 'a Kconfig file',
  kraftfile: 'a Kraftfile',
  symbols: 'a list of symbols',
  elf: 'an ELF file',
  'device-tree': 'a device tree blob',
  'multiboot-map': 'a multiboot memory map',
  'intel-hex': 'an Intel HEX file',
  's-record': 'a Motorola S-record file',
  'verilog-hex': 'a Verilog hex file',
  raw: 'raw binary data',
  gzip: 'a gzip file',
  empty: 'an empty file',
  text: 'text of no kind that is known here',
};

/** Characters of a text that are looked at. */
const LOOKED_AT = 1024 * 1024;

/**
 * @param name file name or path; decides nothing that the content decides
 * @param bytes the file, unpacked or not (`gzip` says that it is packed)
 */
export function detect(name: string, bytes: Uint8Array): DetectedKind {
  if (bytes.length === 0) return 'empty';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (isElf(bytes)) return 'elf';
  if (isDeviceTreeBlob(bytes)) return 'device-tree';
  if (isMultibootMap(bytes)) return 'multiboot-map';
  const text = textOf(bytes);
  return text === undefined ? 'raw' : detectText(name, text);
}

/** As `detect`, for what is known to be text. */
export function detectText(name: string, text: string): DetectedKind {
  const head = text.slice(0, LOOKED_AT);
  const start = head.replace(/^\uFEFF/, '').trimStart();
  if (start === '') return 'empty';
  const json = jsonKind(start);
  if (json !== undefined) return json;
  if (/^:[0-9A-Fa-f]{10,}\s*$/m.test(firstLine(start))) return 'intel-hex';
  if (/^S[0-9][0-9A-Fa-f]{6,}\s*$/.test(firstLine(start))) return 's-record';
  if (/^@[0-9A-Fa-f]+\s+([0-9A-Fa-f]{2}\s|$)/.test(start.slice(0, 200))) return 'verilog-hex';
  if (looksLikeGdb(head) >= 0.9) return 'gdb';
  if (looksLikeKconfig(head)) return 'kconfig';
  if (looksLikeKraftfile(name, head)) return 'kraftfile';
  if (looksLikeSymbols(head)) return 'symbols';
  if (looksLikeSerialLog(head)) return 'serial-log';
  if (looksLikeFirmwareMap(head)) return 'firmware-map';
  const c = looksLikeC(head);
  if (c >= 0.5) return 'c';
  if (looksLikeGdb(head) > 0) return 'gdb';
  return byName(name) ?? (c > 0.25 ? 'c' : 'text');
}

/** Kinds for whose content there is no sign: a C file without a descriptor, a log without a message. */
function byName(name: string): DetectedKind | undefined {
  if (/\.(c|h|cc|cpp|inc)$/i.test(name)) return 'c';
  if (/\.ukboot\.json$/i.test(name)) return 'memory-map';
  if (/(^|[/\\])\.config(\.\w+)?$|\.(fragment|defconfig)$/i.test(name)) return 'kconfig';
  if (/(^|[/\\])(Kraftfile|kraft\.ya?ml)$/.test(name)) return 'kraftfile';
  return /\.log$/i.test(name) ? 'serial-log' : undefined;
}

/** JSON of any kind, and JSON Lines; undefined for what is neither. Looks at keys only, so a damaged file is still told. */
function jsonKind(start: string): DetectedKind | undefined {
  const json = withoutComments(start);
  if (!/^[{[]/.test(json) || !/^[{[]\s*(["\]}{[/]|$)/.test(json)) return undefined;
  const line = firstLine(json);
  if (/"format"\s*:\s*"ukboot-golden/.test(line)) return 'golden-trace';
  if (json.startsWith('{')) {
    if (/"fn"\s*:/.test(line) && /"args"\s*:|"seq"\s*:/.test(line)) return 'alloc-trace';
    if (/"op"\s*:/.test(line) && !/"regions"\s*:/.test(line)) return 'golden-trace';
    if (/"(regions|firmware)"\s*:/.test(json) && !/"decision"\s*:|"state"\s*:/.test(json)) return 'memory-map';
    if (/"state"\s*:|"metrics"\s*:|"findings"\s*:|"decision"\s*:/.test(json)) return 'state';
    if (/"segments"\s*:|"addressSpace"\s*:/.test(json)) return 'dump-index';
    return /"(\$schema|workload)"\s*:/.test(json) ? 'memory-map' : undefined;
  }
  const part = json.slice(0, 4000);
  if (/"mark"\s*:|"slot"\s*:/.test(part)) return 'heap-calls';
  if (/"op"\s*:/.test(part)) return 'operations';
  return /"segments"\s*:|"addressSpace"\s*:|"file"\s*:/.test(part) ? 'dump-index' : undefined;
}

function withoutComments(text: string): string {
  return text.replace(/^(?:\s+|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/, '');
}

function looksLikeKconfig(text: string): boolean {
  const lines = text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '');
  const symbols = lines.filter((l) => /^\s*CONFIG_\w+=|^\s*# CONFIG_\w+ is not set/.test(l)).length;
  const comments = lines.filter((l) => /^\s*#(?! CONFIG_)/.test(l)).length;
  return symbols > 0 && symbols * 2 >= lines.length - comments;
}

function looksLikeKraftfile(name: string, text: string): boolean {
  const named = /(^|[/\\])(Kraftfile|kraft\.ya?ml)$/.test(name);
  const keys = ['spec', 'specification', 'unikraft', 'targets', 'runtime', 'libraries'].filter((k) =>
    new RegExp(`^${k}[ \\t]*:`, 'm').test(text),
  );
  return keys.length >= (named ? 1 : 2);
}

/** What `nm` prints: address, size (with -S), a letter, the name. The command that was typed may stand in front. */
function looksLikeSymbols(text: string): boolean {
  const lines = text
    .slice(0, 4000)
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((l) => l.trim() !== '');
  const symbols = lines.filter((l) => /^\s*([0-9a-f]{8,16}\s+){0,2}[A-Za-z?]\s+\S+(\s+\S+:\d+)?$/.test(l)).length;
  return symbols > 0 && symbols * 10 >= lines.length * 9;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
