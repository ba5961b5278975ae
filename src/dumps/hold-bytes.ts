// Which bytes that the allocator wrote differ between a dump and the simulated heap, each by the name of its field and the step that
// should have written it.
//
// Only what the allocator wrote is compared. A word that lies in a block which was given out after the allocator last wrote it is the
// caller's: it may hold anything. Pointers to functions are held against NULL only: the simulator has no code.

import { CALLBACKS } from '../allocators/layers/struct';
import { allocatorFor } from '../allocators/registry';
import type { Operation } from '../allocators/ukalloc';
import { toBigInt } from '../memory/address';
import type { AddressRange, Reader } from '../memory/reader';
import { nameOfByte, type ByteName } from '../snapshot/name-bytes';
import type { HeapSnapshot } from '../snapshot/snapshot';
import type { Simulation } from '../timeline/simulation';
import { givesPointer } from '../timeline/text';
import type { OpenedDump } from './open';
import { addRange, without } from './ranges';

const MOST_DIFFERENCES = 256;

/** A field, or a stretch of bytes, that differs. */
export interface ByteDifference {
  readonly address: bigint;
  readonly name?: ByteName;
  /** The bytes of the field in the dump and in the simulation. */
  readonly dump: Uint8Array;
  readonly simulated: Uint8Array;
  /** The simulated step that last wrote them. */
  readonly operation: number;
  readonly step: number;
  /** That operation's title and the step's text. */
  readonly by: string;
  /** Set where both may be right: what the simulation leaves out. */
  readonly expected?: string;
}

/** What comparing the bytes gave. */
export interface ComparedBytes {
  /** Bytes that the allocator wrote and nobody else may have: so many were compared. */
  readonly compared: number;
  /** Of what the allocator wrote so many bytes are not in the dump. */
  readonly absent: number;
  /** Differing fields in ascending order, those that are expected included; at most some hundred. */
  readonly bytes: readonly ByteDifference[];
  /** More than that differ. */
  readonly more: boolean;
}

/** @param writes what each operation wrote, up to the one at which the two are compared */
export function compareBytes(
  dump: OpenedDump,
  real: HeapSnapshot,
  simulation: Simulation,
  simulated: HeapSnapshot,
  writes: readonly (readonly AddressRange[])[],
): ComparedBytes {
  const [mine, theirs] = [simulation.reader(), dump.reader()];
  const allocator = allocatorFor(real.allocator)!;
  const inspect = (address: bigint) => allocator.inspect(mine, simulated, address);
  let compared = 0;
  let absent = 0;
  let more = false;
  const bytes: ByteDifference[] = [];
  for (const { base, end } of ownWrites(simulation, simulated, writes)) {
    for (let at = base; at < end; at += 4096n) {
      const length = Number(end - at < 4096n ? end - at : 4096n);
      const [a, b] = [mine.bytes(at, length)!, theirs.bytes(at, length)];
      if (b === undefined) {
        absent += length;
        continue;
      }
      compared += length;
      for (let i = 0; i < length; i++) {
        if (a[i] === b[i]) continue;
        if (bytes.length >= MOST_DIFFERENCES) {
          more = true;
          break;
        }
        const address = at + BigInt(i);
        const difference = differenceAt(address, nameOfByte(simulated, inspect, address), mine, theirs, simulation, writes, real);
        if (difference !== undefined) bytes.push(difference);
        // The rest of the field is told with it.
        const rest = difference?.name === undefined ? 1n : difference.name.start + BigInt(difference.name.length) - address;
        i += Number(rest) - 1;
      }
    }
  }
  return { compared, absent, bytes, more };
}

/** What the allocator wrote into its areas and nobody was given since. */
function ownWrites(
  simulation: Simulation,
  simulated: HeapSnapshot,
  writes: readonly (readonly AddressRange[])[],
): readonly AddressRange[] {
  let own: AddressRange[] = [];
  for (const [i, ranges] of writes.entries()) {
    for (const range of ranges) own = addRange(own, range);
    const given = givenBy(simulation, i);
    if (given !== undefined) own = without(own, given);
  }
  const outside = own.map(({ base, end }) => {
    const area = simulated.areas.find((a) => base < a.end && end > a.base);
    return area === undefined ? undefined : { base: base > area.base ? base : area.base, end: end < area.end ? end : area.end };
  });
  return outside.filter((r) => r !== undefined);
}

/** The bytes that an operation gave to its caller. */
function givenBy(simulation: Simulation, i: number): AddressRange | undefined {
  const info = simulation.info(i);
  const operation = simulation.recorded(i)?.operation;
  const { ret } = simulation.result(i);
  if (operation === undefined)
    return info.kind === 'malloc' && ret !== undefined && ret !== 0 ? range(ret, VMA_BYTES) : undefined;
  if (ret === undefined || ret === 0 || !givesPointer(operation)) return undefined;
  return range(ret, sizeOf(operation));
}

/** What the boot itself allocates with ukvmem: one struct uk_vma. */
const VMA_BYTES = 80n;

function range(pointer: number, bytes: bigint): AddressRange {
  const base = toBigInt(pointer);
  return { base, end: base + bytes };
}

function sizeOf(operation: Operation): bigint {
  switch (operation.op) {
    case 'calloc':
      return operation.nmemb * operation.size;
    case 'palloc':
      return operation.pages * 4096n;
    case 'malloc':
    case 'memalign':
    case 'posix_memalign':
    case 'realloc':
      return operation.size;
    default:
      return 0n;
  }
}

function differenceAt(
  address: bigint,
  name: ByteName | undefined,
  mine: Reader,
  theirs: Reader,
  simulation: Simulation,
  writes: readonly (readonly AddressRange[])[],
  real: HeapSnapshot,
): ByteDifference | undefined {
  const start = name?.start ?? address;
  const length = name?.length ?? 1;
  const [simulated, dump] = [mine.bytes(start, length), theirs.bytes(start, length)];
  if (simulated === undefined || dump === undefined) return undefined;
  const isCallback = (CALLBACKS as readonly string[]).includes(name?.field ?? '') && name?.structure === 'struct uk_alloc';
  const isNull = (b: Uint8Array): boolean => b.every((x) => x === 0);
  if (isCallback && isNull(simulated) === isNull(dump)) return undefined;
  const operation = writes.findLastIndex((ranges) => ranges.some((r) => address >= r.base && address < r.end));
  const step = operation < 0 ? 0 : simulation.changes.stepThatWrote(operation, address);
  const expected = expectation(address, name, simulated, dump, real);
  return {
    address: start,
    ...(name && { name }),
    dump,
    simulated,
    operation,
    step,
    by: operation < 0 ? '' : byText(simulation, operation, step),
    ...(expected !== undefined && { expected }),
  };
}

function byText(simulation: Simulation, operation: number, step: number): string {
  const { title } = simulation.info(operation);
  const text = simulation.steps(operation)[Math.max(0, step - 1)]?.text;
  return text === undefined || text === title ? title : `${title}: ${text}`;
}

/** Addresses of the simulated kernel's globals and functions: no memory of a real one lies there. */
const SIMULATED_IMAGE = (1n << 64n) - (1n << 32n);

/** What differs from kernel to kernel, or is left out of the simulation. */
function expectation(
  address: bigint,
  name: ByteName | undefined,
  simulated: Uint8Array,
  dump: Uint8Array,
  real: HeapSnapshot,
): string | undefined {
  if (allocatorFor(real.allocator)!.arbitrary?.(real, address) === true) return 'a value that differs from run to run';
  if (name?.length !== 8) return undefined;
  const [here, there] = [simulated, dump].map((b) => new DataView(b.buffer, b.byteOffset, 8).getBigUint64(0, true));
  const outside = real.areas.every((a) => there! < a.base || there! >= a.end);
  if (here! >= SIMULATED_IMAGE && there !== 0n && outside) return "the address of one of the kernel's own variables";
  if (name.structure !== 'struct uk_alloc' || name.field !== 'next' || here !== 0n) return undefined;
  const registered = real.blocks.holding(there!)?.state === 'used';
  return registered ? 'the kernel registered an allocator of its own, which is not simulated' : undefined;
}
