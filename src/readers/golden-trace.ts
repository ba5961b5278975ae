// Golden traces: JSON Lines, a header and then one recorded line each. Every field is kept, typed.

import type { RecordedOperation } from '../allocators/ukalloc';
import type { Region } from '../regions/descriptor';
import type { FirmwareMap } from '../regions/firmware-map';
import type { Problem, Severity } from '../regions/problem';
import { readBootLine } from './golden-boot-lines';
import { found, isObject, parseJson, readInteger, textOr, type JsonObject } from './json-values';
import { inLine } from './lines';
import { LiveObjects } from './live-objects';
import { OPERATION_NAMES, parseOperation } from './operation';

/** The first line. Keys that are not known are kept in `other`. */
export interface TraceHeader {
  readonly format: string;
  readonly allocator: string;
  /** `RELEASE-0.17.0` */
  readonly unikraft: string;
  readonly arch: string;
  /** Kconfig symbols, values as text: `1`, `y`, `0x400000000`. */
  readonly config: Readonly<Record<string, string>>;
  readonly workload: string;
  /** Boot traces: `direct`, `coalesce`, `multiboot`, `lxboot`, `paging`, `vmem`. */
  readonly mode?: string;
  readonly note: string;
  readonly other: JsonObject;
}

/** A range of masked bytes: offset from the line's base, length. */
export type MaskedRange = readonly [offset: number, length: number];

/** What the firmware gave, without the image: that is the list of stage `kernel`. */
export type TraceFirmware = Pick<FirmwareMap, 'protocol' | 'entries' | 'modules' | 'cmdline'>;

export interface At {
  /** Line in the file, from 0. */
  readonly line: number;
  /** The line's JSON as it stands. */
  readonly json: JsonObject;
}

export type TraceLine = At &
  (
    | {
        readonly kind: 'operation';
        readonly recorded: RecordedOperation;
        /** Oscar: the canonical address behind an alias, and the order of a palloc. */
        readonly real?: bigint;
        readonly order?: number;
      }
    | {
        readonly kind: 'state';
        /** The `state` object; where the allocator's keys stand in the line itself, those. */
        readonly state: JsonObject;
      }
    | {
        readonly kind: 'bytes';
        readonly base: bigint;
        readonly len: number;
        readonly masked: readonly MaskedRange[];
        readonly sha256: string;
      }
    | {
        readonly kind: 'word';
        readonly addr: bigint;
        readonly len: number;
        readonly masked: readonly MaskedRange[];
        readonly hex: string;
      }
    | { readonly kind: 'regions'; readonly stage: string; readonly regions: readonly Region[] }
    | { readonly kind: 'log'; readonly lines: readonly { readonly level: string; readonly msg: string }[] }
    | { readonly kind: 'boot'; readonly outcome: string }
    | { readonly kind: 'crash' | 'assert'; readonly msg: string }
    | { readonly kind: 'memregion_insert'; readonly region: Region; readonly ret: bigint }
    | {
        readonly kind: 'memregion_alloc';
        readonly size: bigint;
        readonly type: number;
        readonly flags: number;
        readonly ret: bigint | null;
      }
    | { readonly kind: 'mem_init'; readonly ret: bigint }
    | { readonly kind: 'frames'; readonly freeMemory: bigint }
    | { readonly kind: 'page_map'; readonly vaddr: bigint; readonly pages: bigint }
    | { readonly kind: 'vma_map_anon'; readonly vaddr: bigint; readonly len: bigint }
    | ({ readonly kind: 'firmware' } & TraceFirmware)
  );

export interface Trace {
  readonly header?: TraceHeader;
  readonly lines: readonly TraceLine[];
  readonly problems: readonly Problem[];
}

/** Reads a trace. Lines that cannot be read are left out and are problems; never throws. */
export function readTrace(text: string): Trace {
  const problems: Problem[] = [];
  const lines: TraceLine[] = [];
  const live = new LiveObjects();
  let header: TraceHeader | undefined;
  let first = true;
  const complain = (line: number, text: string, code: string, message: string, severity: Severity = 'error'): void => {
    problems.push({ severity, code, message, where: inLine({ number: line, text }) });
  };
  for (const [number, source] of text.split('\n').entries()) {
    if (source.trim() === '') continue;
    const json = parseJson(source);
    if (!isObject(json)) {
      complain(number, source, 'not-json', `each line must be one JSON object: ${typeof json === 'string' ? json : found(json)}`);
    } else if (first && json.op === undefined) {
      header = readHeader(json);
      if (header === undefined) complain(number, source, 'trace-header', 'the header must name "format" and "allocator"');
    } else {
      const line = readLine(json, number);
      if (typeof line === 'string') complain(number, source, 'trace-line', line);
      else {
        lines.push(line);
        const wrong = line.kind === 'operation' ? live.take(line.recorded.operation, line.recorded.expected) : undefined;
        if (wrong !== undefined) complain(number, source, wrong.code, wrong.message, wrong.severity);
      }
    }
    first = false;
  }
  if (header === undefined && problems.length === 0 && lines.length === 0) {
    complain(0, '', 'empty', 'the trace is empty: expected a header line and operations');
  }
  return { ...(header && { header }), lines, problems };
}

function readHeader(json: JsonObject): TraceHeader | undefined {
  const { format, allocator, unikraft, arch, config, workload, mode, note, ...other } = json;
  if (typeof format !== 'string' || typeof allocator !== 'string') return undefined;
  const settings = isObject(config) ? Object.entries(config).map(([k, v]): [string, string] => [k, settingText(v)]) : [];
  return {
    format,
    allocator,
    unikraft: textOr(unikraft, ''),
    arch: textOr(arch, 'x86_64'),
    config: Object.fromEntries(settings),
    workload: textOr(workload, ''),
    ...(typeof mode === 'string' && { mode }),
    note: textOr(note, ''),
    other,
  };
}

function settingText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** One line after the header, or what is wrong with it. */
function readLine(json: JsonObject, line: number): TraceLine | string {
  const at: At = { line, json };
  const number = (name: string): bigint | undefined => readInteger(json[name]);
  switch (json.op) {
    case 'state': {
      const inline = Object.fromEntries(Object.entries(json).filter(([key]) => key !== 'op'));
      return { ...at, kind: 'state', state: isObject(json.state) ? json.state : inline };
    }
    case 'bytes': {
      const [base, len, masked] = [number('base'), number('len'), readMasked(json.masked)];
      if (base === undefined || len === undefined || masked === undefined || typeof json.sha256 !== 'string') {
        return 'bytes needs "base", "len", "masked" and "sha256"';
      }
      return { ...at, kind: 'bytes', base, len: Number(len), masked, sha256: json.sha256 };
    }
    case 'word': {
      const [addr, len, masked] = [number('addr'), number('len'), readMasked(json.masked)];
      if (addr === undefined || len === undefined || masked === undefined || typeof json.hex !== 'string') {
        return 'word needs "addr", "len" and "hex"';
      }
      return { ...at, kind: 'word', addr, len: Number(len), masked, hex: json.hex };
    }
    default:
      return readBootLine(json, at, number) ?? readOperationLine(json, at);
  }
}

function readOperationLine(json: JsonObject, at: At): TraceLine | string {
  const recorded = parseOperation(json);
  if (typeof recorded === 'string') {
    return recorded.startsWith('unknown operation') ? `${recorded}: expected one of ${OPERATION_NAMES.join(', ')}` : recorded;
  }
  const [real, order] = [readInteger(json.real), readInteger(json.order)];
  return {
    ...at,
    kind: 'operation',
    recorded,
    ...(real !== undefined && { real }),
    ...(order !== undefined && { order: Number(order) }),
  };
}

function readMasked(value: unknown): MaskedRange[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const ranges: MaskedRange[] = [];
  for (const pair of value) {
    const [offset, length] = Array.isArray(pair) ? pair.map(readInteger) : [];
    if (offset === undefined || length === undefined) return undefined;
    ranges.push([Number(offset), Number(length)]);
  }
  return ranges;
}
