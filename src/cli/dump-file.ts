// A memory dump as a file: any of its forms, recognised by content, as one image.

import { MemoryImage } from '../memory/image';
import { entryFor, readIndex, readIndexedImage, readRawImage } from '../readers/raw-image';
import { isElf, readElfCore } from '../readers/elf-core';
import { readIntelHex } from '../readers/intel-hex';
import { readSRecords } from '../readers/s-record';
import { readVerilogHex } from '../readers/verilog-hex';
import { isUkbootDump, readUkbootDump } from '../readers/ukboot-dump';
import type { Hints } from '../regions/descriptor';
import type { Problem } from '../regions/problem';
import { parseInteger } from '../regions/text';
import { textOption, Unusable, type CommandLine } from './command-line';
import { readBytes, readText, textOf } from './files';

export interface DumpFile {
  readonly image: MemoryImage;
  readonly problems: readonly Problem[];
  /** What a dump may say besides its bytes: the heap's address, symbols, architecture and allocator. */
  readonly heap?: bigint;
  readonly symbols?: ReadonlyMap<string, bigint>;
  readonly hints?: Hints;
}

export const DUMP_OPTIONS = ['at', 'index'] as const;

/** @throws Unusable when the file holds no memory, or does not say where it belongs */
export function readDumpFile(path: string, line: CommandLine): DumpFile {
  const bytes = readBytes(path);
  if (bytes.length === 0) throw new Unusable(`${path}: the file is empty`);
  const dump = readAny(path, bytes, line);
  if (dump.image.segments.length === 0 && dump.image.zero.length === 0) {
    throw new Unusable(`${path}: ${dump.problems[0]?.message ?? 'no memory in it'}`);
  }
  return dump;
}

function readAny(path: string, bytes: Uint8Array, line: CommandLine): DumpFile {
  const at = addressOption(line, 'at');
  const index = textOption(line, 'index');
  if (isElf(bytes)) {
    const physical = readElfCore(bytes, 'physical');
    return physical.hasVirtual ? readElfCore(bytes, 'virtual') : physical;
  }
  if (index !== undefined) {
    const found = readIndex(readText(index));
    const entry = entryFor(found, path);
    if (entry !== undefined && entry.segments.length > 0) return readIndexedImage(bytes, entry);
    if (at === undefined) throw new Unusable(`${index}: ${found.problems[0]?.message ?? `no entry for ${path}`}`);
  }
  if (at !== undefined) return readRawImage(bytes, at);
  const start = textStart(bytes);
  if (isUkbootDump(start)) return readUkbootDump(textOf(path, bytes));
  if (/^:[0-9a-fA-F]{8}/.test(start)) return readIntelHex(textOf(path, bytes));
  if (/^S[0-9][0-9a-fA-F]{6}/.test(start)) return readSRecords(textOf(path, bytes));
  if (/^@[0-9a-fA-F]+\s/.test(start)) return readVerilogHex(textOf(path, bytes));
  throw new Unusable(
    `${path}: a raw binary does not say where it belongs: give its address with --at, or its index with --index`,
  );
}

function textStart(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 64)).trimStart();
}

/** An address as people write it: `0x…` or decimal. */
export function addressOption(line: CommandLine, name: string): bigint | undefined {
  const text = textOption(line, name);
  if (text === undefined) return undefined;
  const value = parseInteger(text);
  if (value === undefined || value < 0n || value >= 1n << 64n)
    throw new Unusable(`--${name} must be a 64-bit address, not “${text}”`);
  return value;
}
