// A heap image as JSON, which carries its own addresses and symbols:
//
//   { "format": "ukboot-dump/1", "allocator": "mimalloc", "arch": "x86_64", "heap": { "base": "0x40000000", "len": "0x30000000" },
//     "symbols": { "_mi_heap_main": { "addr": "0x4df100", "size": 3040 } }, "ranges": [{ "addr": "0x4df100", "len": 3040, "hex": "e0fc…" }] }
//
// Pages of the heap that no range lists are zero.

import type { Segment } from '../memory/image';
import { MemoryImage } from '../memory/image';
import { isAllocatorId } from '../regions/allocator-id';
import type { Hints } from '../regions/descriptor';
import type { Problem } from '../regions/problem';
import { ARCHITECTURES } from '../regions/release';
import { hexBytes, overlapProblem, problem, TOP, type Dump } from './dump';
import { found, isObject, parseJson, readInteger, type JsonObject } from './json-values';
import { disjointSegments } from './overlay';

export interface UkbootDump extends Dump {
  /** Address of the heap, where the image says it. */
  readonly heap?: bigint;
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly hints: Hints;
}

/** Does a text begin like such an image? */
export function isUkbootDump(start: string): boolean {
  return /^\s*\{\s*"format"\s*:\s*"ukboot-dump\//.test(start);
}

/** Never throws: ranges that cannot be read are left out and are problems. */
export function readUkbootDump(text: string): UkbootDump {
  const json = parseJson(text);
  if (!isObject(json)) {
    const problems = [problem('error', 'not-json', `expected one JSON object: ${typeof json === 'string' ? json : found(json)}`)];
    return { image: MemoryImage.of([]), symbols: new Map(), hints: {}, problems };
  }
  const problems: Problem[] = [];
  if (json.format !== 'ukboot-dump/1') {
    problems.push(problem('warning', 'format', `format is ${found(json.format)}; read as ukboot-dump/1`));
  }
  const segments = readRanges(json.ranges, problems);
  const base = isObject(json.heap) ? address(json.heap.base) : undefined;
  const length = isObject(json.heap) ? readInteger(json.heap.len) : undefined;
  const end = base !== undefined && length !== undefined && length > 0n ? base + length : undefined;
  const zero = base !== undefined && end !== undefined && end <= TOP ? [{ base, end }] : [];
  return {
    image: MemoryImage.of(disjointSegments(segments), zero),
    ...(base !== undefined && { heap: base }),
    symbols: readSymbolTable(json.symbols, problems),
    hints: hintsOf(json),
    problems: [...problems, ...overlapProblem(segments)],
  };
}

function readRanges(value: unknown, problems: Problem[]): Segment[] {
  if (!Array.isArray(value)) {
    problems.push(problem('error', 'no-ranges', `"ranges" must be a list of {"addr", "len", "hex"}, found ${found(value)}`));
    return [];
  }
  const segments: Segment[] = [];
  for (const [i, range] of value.entries()) {
    const at = isObject(range) ? address(range.addr) : undefined;
    const bytes =
      isObject(range) && typeof range.hex === 'string' && range.hex.length % 2 === 0
        ? hexBytes(range.hex, 0, range.hex.length)
        : undefined;
    if (at === undefined || bytes === undefined || at + BigInt(bytes.length) > TOP) {
      problems.push(problem('error', 'bad-range', `ranges[${i}]: expected an address and hex digits, found ${found(range)}`));
      continue;
    }
    const length = readInteger((range as JsonObject).len);
    if (length !== undefined && length !== BigInt(bytes.length)) {
      problems.push(problem('warning', 'range-length', `ranges[${i}]: len is ${length}, "hex" has ${bytes.length} bytes`));
    }
    segments.push({ base: at, bytes });
  }
  return segments;
}

function readSymbolTable(value: unknown, problems: Problem[]): ReadonlyMap<string, bigint> {
  const symbols = new Map<string, bigint>();
  if (value === undefined) return symbols;
  for (const [name, symbol] of Object.entries(isObject(value) ? value : {})) {
    const at = address(isObject(symbol) ? symbol.addr : symbol);
    if (at === undefined) problems.push(problem('warning', 'bad-symbol', `symbol ${name}: no address in ${found(symbol)}`));
    else symbols.set(name, at);
  }
  return symbols;
}

function hintsOf(json: JsonObject): Hints {
  const arch = ARCHITECTURES.find((a) => a === json.arch);
  const allocator = typeof json.allocator === 'string' && isAllocatorId(json.allocator) ? json.allocator : undefined;
  return { ...(arch !== undefined && { arch }), ...(allocator !== undefined && { allocator }) };
}

function address(value: unknown): bigint | undefined {
  const read = readInteger(value);
  return read !== undefined && read >= 0n && read < TOP ? read : undefined;
}
