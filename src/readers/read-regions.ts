// Region descriptors from any input that has some: finds out what it is and asks that reader.

import type { MemoryImage } from '../memory/image';
import type { Hints, RegionMap } from '../regions/descriptor';
import type { Problem } from '../regions/problem';
import { toDescriptor } from '../regions/regions';
import { DEFAULT_RELEASE, parseRelease } from '../regions/release';
import type { Config, Release } from '../regions/release';
import { isAllocatorId } from '../regions/allocator-id';
import { readCSource } from './c-source';
import { findBootinfo, readDescriptors } from './descriptor-array';
import { KIND_TITLES, detect, detectText } from './detect';
import type { DetectedKind } from './detect';
import type { Dump } from './dump';
import { readElfCore } from './elf-core';
import { readDeviceTreeBlob, readFirmwareMap, readMultibootBytes } from './firmware-map';
import { readGdbText } from './gdb-text';
import { readTrace } from './golden-trace';
import { readIntelHex } from './intel-hex';
import { readMemoryMap } from './memory-map';
import { readRawImage } from './raw-image';
import { readSRecords } from './s-record';
import { readSerialLog } from './serial-log';
import { textOf } from './text-encoding';
import { readVerilogHex } from './verilog-hex';

/** What is known beside the input. */
export interface ReadContext {
  readonly release?: Release;
  readonly config?: Config;
  /** C headers, in the order of their inclusion. */
  readonly headers?: readonly { readonly name: string; readonly text: string }[];
  /** Where the bytes of a raw dump lie; by default at 0. */
  readonly base?: bigint;
  /** Where in a dump the descriptors are; by default they are looked for. */
  readonly address?: bigint;
}

/**
 * Reads the regions of an input of any kind. Never throws; an input without regions gives none and a problem that says why.
 *
 * @param name file name, for kinds that the content leaves open
 * @param input the file, unpacked
 */
export function readRegions(name: string, input: string | Uint8Array, context: ReadContext = {}): RegionMap {
  if (typeof input === 'string') return readText(detectText(name, input), input, context);
  const kind = detect(name, input);
  if (kind === 'elf') {
    const core = readElfCore(input);
    return fromDump(core, context, core.arch);
  }
  if (kind === 'device-tree') return readDeviceTreeBlob(input, context.release);
  if (kind === 'multiboot-map') return readMultibootBytes(input, context.release);
  if (kind === 'raw') return fromDump(readRawImage(input, context.base ?? 0n), context);
  if (kind === 'gzip') return nothing('gzip', 'Unpack it first.');
  return readText(kind, textOf(input) ?? '', context);
}

function readText(kind: DetectedKind, text: string, context: ReadContext): RegionMap {
  const { release, config } = context;
  switch (kind) {
    case 'memory-map':
      return readMemoryMap(text, release).map;
    case 'c':
      return readCSource(text, context);
    case 'gdb':
      return readGdbText(text, { ...(release && { release }), ...(config && { config }) });
    case 'serial-log':
      return readSerialLog(text, release);
    case 'firmware-map':
      return readFirmwareMap(text, release);
    case 'golden-trace':
      return readTraceRegions(text);
    case 'intel-hex':
      return fromDump(readIntelHex(text), context);
    case 's-record':
      return fromDump(readSRecords(text), context);
    case 'verilog-hex':
      return fromDump(readVerilogHex(text), context);
    default:
      return nothing(kind, 'Regions are read from memory-map files, C source, GDB transcripts, console logs and dumps.');
  }
}

function nothing(kind: DetectedKind, hint: string): RegionMap {
  const message = `This is ${KIND_TITLES[kind]}: it has no region descriptors. ${hint}`;
  const where = { line: 0, column: 0, endLine: 0, endColumn: 0 };
  return {
    kind: 'memory-map',
    descriptors: [],
    hints: {},
    problems: [{ severity: 'error', code: 'no-regions', message, where }],
  };
}

/** The list of the bootinfo in use: of several copies in memory the last one, since the first is the image as it was loaded. */
function fromDump({ image, problems }: Dump, context: ReadContext, arch?: Hints['arch']): RegionMap {
  const { release, config } = context;
  const options = { ...(release && { release }), ...(config && { config }) };
  const address = context.address ?? findBootinfo(image, options).at(-1) ?? startOf(image);
  if (address === undefined) {
    const message = 'This dump holds no memory.';
    return {
      kind: 'image',
      descriptors: [],
      hints: {},
      problems: [...problems, { severity: 'error', code: 'no-descriptors', message }],
    };
  }
  const map = readDescriptors(image, address, options);
  return { ...map, hints: { ...(arch && { arch }), ...map.hints }, problems: [...problems, ...map.problems] };
}

/** An array that was dumped alone begins where the dump does. */
function startOf(image: MemoryImage): bigint | undefined {
  return image.segments[0]?.base;
}

/** The last list of a boot trace. */
function readTraceRegions(text: string): RegionMap {
  const { header, lines, problems } = readTrace(text);
  const release = header === undefined ? undefined : parseRelease(header.unikraft);
  const list = lines.findLast((l) => l.kind === 'regions');
  const hints: Hints = {
    ...(release && { release }),
    ...(header !== undefined && (header.arch === 'x86_64' || header.arch === 'arm64') && { arch: header.arch }),
    ...(header !== undefined && isAllocatorId(header.allocator) && { allocator: header.allocator }),
    ...(header !== undefined && { config: header.config }),
  };
  if (list?.kind !== 'regions') {
    const message = 'This trace has no list of regions: it records no boot.';
    return {
      kind: 'memory-map',
      descriptors: [],
      hints,
      problems: [...problems, { severity: 'error', code: 'no-regions', message } satisfies Problem],
    };
  }
  return {
    kind: 'memory-map',
    descriptors: list.regions.map((r) => toDescriptor(r, release ?? DEFAULT_RELEASE)),
    hints,
    problems,
  };
}
