// Replays the operations of a golden trace on one simulated allocator and holds everything recorded against what comes out.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Globals, KernelStop, stopOf, type Kernel, type LogLine } from '../../allocators/kernel';
import { sizeFrom, type Allocator, type AllocatorOptions, type Heap, type RecordedOperation } from '../../allocators/ukalloc';
import { hex, NULL, toBigInt, toNumber } from '../../memory/address';
import { simReader } from '../../memory/reader';
import type { MaskedRange, TraceLine } from '../../readers/golden-trace';
import { execute } from '../../timeline/execute';
import { mismatchOf } from '../../timeline/expectation';

/** What differs at a line: `expected …, got …`. */
export type Mismatch = string | undefined;

export class HeapReplay {
  readonly kernel: Kernel;
  heap: Heap | undefined;
  private readonly allocator: Allocator;
  private readonly options: AllocatorOptions;
  private readonly objects = new Map<number, number>();

  constructor(kernel: Kernel, allocator: Allocator, options: AllocatorOptions) {
    this.kernel = kernel;
    this.allocator = allocator;
    this.options = options;
  }

  /** Holds one line of the kinds that concern a heap. */
  replay(line: TraceLine): Mismatch {
    switch (line.kind) {
      case 'operation':
        return this.operation(line.recorded) ?? this.canonical(line);
      case 'state':
        return this.state(line.state);
      case 'bytes': {
        const got = createHash('sha256')
          .update(this.memory(line.base, line.len, line.masked))
          .digest('hex');
        return got === line.sha256 ? undefined : `bytes at ${hex(line.base)}: expected sha256 ${line.sha256}, got ${got}`;
      }
      case 'word': {
        const got = Buffer.from(this.memory(line.addr, line.len, line.masked)).toString('hex');
        return got === line.hex ? undefined : `bytes at ${hex(line.addr)}: ${firstByteThatDiffers(line.hex, got)}`;
      }
      default:
        return `a line of kind ${line.kind} does not belong into a trace of the allocator ${this.allocator.id}`;
    }
  }

  private operation({ operation, expected }: RecordedOperation): Mismatch {
    const before = this.kernel.console.take();
    if (before.length > 0) throw new Error('replay: messages of an earlier operation were not taken');
    try {
      if (operation.op === 'init') {
        this.kernel.mem.setPtr(Globals.uk_alloc_head, NULL); // each init of a trace starts with an empty list of allocators
        const made = this.allocator.init(this.kernel, toNumber(operation.base), toNumber(operation.len), this.options);
        if (made !== undefined) this.heap = made; // what follows a refused init refers to the allocator before it
        // Oscar's init is the shim's first addmem, whose result is 0; the shim itself is no part of the region.
        const ret = made === undefined ? NULL : this.allocator.id === 'oscar' ? 0 : made.address;
        return mismatchOf(expected ?? {}, ret, undefined, this.takeLines());
      }
      const initDirectly = operation.op === 'direct' ? this.allocator.directInit?.[operation.fn] : undefined;
      if (operation.op === 'direct' && initDirectly !== undefined) {
        const { ret, heap } = initDirectly(this.kernel, operation.args.map(sizeFrom), this.options);
        this.heap = heap ?? this.heap;
        return mismatchOf(expected ?? {}, ret, undefined, this.kernel.console.take());
      }
      if (this.heap === undefined) return `${operation.op} without a heap`;
      const { ret, err, access } = execute(this.heap, operation, (id) => {
        const address = this.objects.get(id);
        if (address === undefined) throw new KernelStop('wild', `object ${String(id)} was never allocated`);
        return address;
      });
      if ('id' in operation && operation.id !== undefined) this.objects.set(operation.id, ret ?? NULL);
      return mismatchOf(expected ?? {}, ret, err, this.takeLines(), access);
    } catch (problem) {
      return `the simulated kernel stops: ${stopOf(problem).message}`;
    }
  }

  /** Messages as the traces of this allocator have them: Oscar's hold those of the canonical allocator alone, debug ones among them. */
  private takeLines(): readonly LogLine[] {
    const lines = this.kernel.console.take();
    if (this.allocator.id !== 'oscar') return lines;
    return lines.filter((l) => l.lib !== 'libwilde').map((l) => ({ ...l, level: l.level === 'debug' ? 'info' : l.level }));
  }

  /** Oscar: the canonical address behind the pointer that the operation gave. */
  private canonical(line: TraceLine & { readonly kind: 'operation' }): Mismatch {
    const { operation } = line.recorded;
    const id = 'id' in operation ? operation.id : undefined;
    if (line.real === undefined || id === undefined) return undefined;
    const got = this.heap?.direct?.wilde_map_get?.(this.objects.get(id) ?? NULL) ?? NULL;
    return got === toNumber(line.real) ? undefined : `recorded the canonical address ${hex(line.real)}, got ${hex(got)}`;
  }

  private state(want: Readonly<Record<string, unknown>>): Mismatch {
    if (this.heap === undefined) return 'state without a heap';
    const got = this.allocator.decode(simReader(this.kernel.mem), toBigInt(this.heap.address), this.options).state;
    return isDeepStrictEqual(got, want) ? undefined : firstDifference('state', want, got);
  }

  private memory(base: bigint, length: number, masked: readonly MaskedRange[]): Uint8Array {
    const bytes = this.kernel.mem.bytes(toNumber(base), length);
    for (const [offset, count] of masked) bytes.fill(0, offset, offset + count);
    return bytes;
  }
}

/** Path of the first value that differs in two JSON values, with both. */
export function firstDifference(path: string, want: unknown, got: unknown): string {
  if (typeof want === 'object' && want !== null && typeof got === 'object' && got !== null) {
    const w = want as Readonly<Record<string, unknown>>;
    const g = got as Readonly<Record<string, unknown>>;
    for (const key of new Set([...Object.keys(w), ...Object.keys(g)])) {
      if (!isDeepStrictEqual(w[key], g[key]))
        return firstDifference(Array.isArray(want) ? `${path}[${key}]` : `${path}.${key}`, w[key], g[key]);
    }
  }
  return `${path}: expected ${valueText(want)}, got ${valueText(got)}`;
}

function valueText(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function firstByteThatDiffers(want: string, got: string): string {
  let at = 0;
  while (at < want.length && want.slice(at, at + 2) === got.slice(at, at + 2)) at += 2;
  return `at offset ${String(at / 2)} expected ${want.slice(at, at + 16)}, got ${got.slice(at, at + 16)}`;
}
