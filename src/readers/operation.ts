// One operation on a heap as JSON has it: a line of a golden trace, or an entry of a memory-map file's `workload`.
//
//   malloc {id, size}           calloc {id, nmemb, size}      memalign, posix_memalign {id, align, size}
//   realloc {id, of, size}      free {of}                     palloc {id, pages}    pfree {of, pages, off = 0}
//   init, addmem {base, len}    availmem, maxalloc, pavailmem (pavail), pmaxalloc {}
//   access {of, off = 0, kind}: read, write or exec one byte at object `of` (live or freed) + off; of null: at address off
//
// The rest are direct calls: functions of one allocator that do not go through `struct uk_alloc`. Numbers are JSON numbers or
// hex strings everywhere. What came out of the operation stands beside it: `ret`, `err`, `log`, `dlog` (`dbg` in mimalloc's), `fault`.

import { ACCESS_KINDS, type AccessKind, type Expected, type Operation, type RecordedOperation } from '../allocators/ukalloc';
import { found, isObject, readInteger, type JsonObject } from './json-values';

/** Names that other files use for an operation. */
const ALIASES: Readonly<Record<string, string>> = { pavail: 'pavailmem', pmaxavail: 'pmaxalloc', zalloc: 'calloc' };

/** Arguments of the direct calls after `of`, in the order of the C function. */
const DIRECT_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  // lib/tlsf
  init_memory_pool: ['len', 'base'],
  add_new_area: ['base', 'len'],
  malloc_ex: ['size'],
  calloc_ex: ['nmemb', 'size'],
  realloc_ex: ['size'],
  free_ex: [],
  get_used_size: [],
  get_max_size: [],
  // lib/ukallocregion, 0.20 and later
  bump: ['size'],
  // mimalloc: its surroundings as the recorder changed them
  early: ['on'],
  process_init: ['size'],
  clock: ['ms'],
  collect: ['force'],
  usable: [],
};

/** Names that `op` may have, for messages. */
export const OPERATION_NAMES: readonly string[] = [
  ...['init', 'addmem', 'malloc', 'calloc', 'memalign', 'posix_memalign', 'realloc', 'free', 'palloc', 'pfree'],
  ...['availmem', 'maxalloc', 'pavailmem', 'pmaxalloc', 'access'],
  ...Object.keys(DIRECT_ARGUMENTS),
];

/**
 * Reads one operation with its recorded outcome. Never throws.
 *
 * @param value a parsed JSON value
 * @returns the operation, or one sentence saying what is wrong with it
 */
export function parseOperation(value: unknown): RecordedOperation | string {
  if (!isObject(value)) return `an operation is an object such as {"op": "malloc", "id": 1, "size": 100}, found ${found(value)}`;
  if (typeof value.op !== 'string') return `"op" must name the operation, found ${found(value.op)}`;
  const fields = new Fields(value);
  const operation = readOperation(ALIASES[value.op] ?? value.op, fields);
  if (operation === undefined) return fields.problem ?? `unknown operation "${value.op}"`;
  const expected = readExpected(value);
  if (typeof expected === 'string') return expected;
  const caller = typeof value.caller === 'string' ? value.caller : undefined;
  const mark = typeof value.mark === 'string' ? value.mark : undefined;
  return {
    operation,
    ...(expected && { expected }),
    ...(caller !== undefined && { caller }),
    ...(mark !== undefined && { mark }),
  };
}

function readOperation(op: string, fields: Fields): Operation | undefined {
  switch (op) {
    case 'init':
    case 'addmem':
      return fields.checked({ op, base: fields.size('base'), len: fields.size('len') });
    case 'malloc':
      return fields.checked({ op, id: fields.id('id'), size: fields.size('size') });
    case 'calloc':
      return fields.checked({ op, id: fields.id('id'), nmemb: fields.size('nmemb', 1n), size: fields.size('size') });
    case 'memalign':
    case 'posix_memalign':
      return fields.checked({ op, id: fields.id('id'), align: fields.size('align'), size: fields.size('size') });
    case 'realloc':
      return fields.checked({ op, id: fields.id('id'), of: fields.idOrNull('of'), size: fields.size('size') });
    case 'free':
      return fields.checked({ op, of: fields.idOrNull('of') });
    case 'palloc':
      return fields.checked({ op, id: fields.id('id'), pages: fields.size('pages') });
    case 'pfree':
      return fields.checked({ op, of: fields.id('of'), pages: fields.count('pages'), off: fields.count('off', 0) });
    case 'availmem':
    case 'maxalloc':
    case 'pavailmem':
    case 'pmaxalloc':
      return { op };
    case 'access':
      return fields.checked({ op, of: fields.idOrNull('of'), off: fields.size('off', 0n), kind: fields.accessKind('kind') });
    default:
      return readDirect(op, fields);
  }
}

function readDirect(fn: string, fields: Fields): Operation | undefined {
  const names = Object.hasOwn(DIRECT_ARGUMENTS, fn) ? DIRECT_ARGUMENTS[fn] : undefined;
  if (names === undefined) return undefined;
  const args = names.map((name) => fields.flagOrSize(name));
  return fields.checked({
    op: 'direct',
    fn,
    ...(fields.has('id') && { id: fields.id('id') }),
    ...(fields.has('of') && { of: fields.idOrNull('of') }),
    args,
  });
}

function readExpected(value: JsonObject): Expected | string | undefined {
  const { ret, err, log, fault } = value;
  const dlog = value.dlog ?? value.dbg;
  if (ret === undefined && err === undefined && log === undefined && dlog === undefined && fault === undefined) return undefined;
  const result = ret === null ? null : readInteger(ret);
  if (ret !== undefined && result === undefined) return `"ret" must be a number, a hex string or null, found ${found(ret)}`;
  const errno = readInteger(err);
  if (err !== undefined && errno === undefined) return `"err" must be a number, found ${found(err)}`;
  if (fault !== undefined && typeof fault !== 'boolean') return `"fault" must be true or false, found ${found(fault)}`;
  for (const [name, lines] of [
    ['log', log],
    ['dlog', dlog],
  ] as const) {
    if (lines !== undefined && !isStrings(lines)) return `"${name}" must be a list of strings, found ${found(lines)}`;
  }
  return {
    ...(result !== undefined && { ret: result }),
    ...(errno !== undefined && { err: Number(errno) }),
    ...(isStrings(log) && { log }),
    ...(isStrings(dlog) && { dlog }),
    ...(fault !== undefined && { fault }),
  };
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

/** Takes fields out of an object and keeps the first thing that is wrong with them. */
class Fields {
  problem: string | undefined;
  private readonly from: JsonObject;

  constructor(from: JsonObject) {
    this.from = from;
  }

  has(name: string): boolean {
    return this.from[name] !== undefined;
  }

  /** `operation` when everything in it could be read. */
  checked(operation: Operation): Operation | undefined {
    return this.problem === undefined ? operation : undefined;
  }

  /** A `size_t`: 0 … 2^64 − 1; a negative number is taken as C converts it. */
  size(name: string, missing?: bigint): bigint {
    if (missing !== undefined && !this.has(name)) return missing;
    const value = readInteger(this.from[name]);
    if (value === undefined || value >= 1n << 64n || value < -(1n << 63n)) {
      return this.fail(name, 'a number below 2^53 or a hex string of at most 64 bits', 0n);
    }
    return BigInt.asUintN(64, value);
  }

  count(name: string, missing?: number): number {
    if (missing !== undefined && !this.has(name)) return missing;
    const value = readInteger(this.from[name]);
    return value !== undefined && value >= 0n && value < 1n << 53n ? Number(value) : this.fail(name, 'a count', 0);
  }

  id(name: string): number {
    const value = readInteger(this.from[name]);
    return value !== undefined && value >= 0n && value < 1n << 53n
      ? Number(value)
      : this.fail(name, 'the number of an object', 0);
  }

  idOrNull(name: string): number | null {
    return this.from[name] === null ? null : this.id(name);
  }

  accessKind(name: string): AccessKind {
    return ACCESS_KINDS.find((kind) => kind === this.from[name]) ?? this.fail(name, ACCESS_KINDS.join(', '), 'read');
  }

  flagOrSize(name: string): bigint {
    const value = this.from[name];
    return typeof value === 'boolean' ? BigInt(value) : this.size(name);
  }

  private fail<T>(name: string, what: string, instead: T): T {
    this.problem ??= `"${name}" must be ${what}, found ${found(this.from[name])}`;
    return instead;
  }
}
