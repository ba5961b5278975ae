// Opening a dump of 4 GiB: as a flat file made on the fly, packed, and sparse with its index. Nothing in it points at the heap, so all of
// it is searched.

import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { hex } from '../../memory/address';
import type { Descriptor, FieldName } from '../../regions/descriptor';
import { openFiles } from '../dump-parts';
import type { CommandLine } from '../command-line';
import { Simulation } from '../../timeline/simulation';
import type { RecordedOperation } from '../../allocators/ukalloc';
import { secondsSince, type Check, type Measurement, type Workload } from './workload';

const RAM = 4 * 2 ** 30;
/** Low memory, and what lies between the kernel's image and the end of RAM. */
const FREE: readonly (readonly [bigint, bigint])[] = [
  [0x12000n, 0x8e000n],
  [0x180000n, 0xffe5_f000n],
];
const PAGE = 4096;
/** More resident memory than this is too much. */
const MOST_MIB = 500;

type Form = 'flat' | 'packed' | 'sparse';

function simulated(): Simulation {
  const descriptors = FREE.map(([base, len]): Descriptor => {
    const values: readonly (readonly [FieldName, bigint])[] = [
      ['pbase', base], ['vbase', base], ['pg_off', 0n], ['len', len], ['pg_count', len / 4096n], ['type', 1n], ['flags', 3n],
    ]; // prettier-ignore
    return { era: 'paged', fields: Object.fromEntries(values.map(([name, value]) => [name, { value, text: hex(value) }])) };
  });
  const workload = Array.from({ length: 2000 }, (_, id): RecordedOperation => {
    const freed = id % 3 === 2;
    return { operation: freed ? { op: 'free', of: id - 1 } : { op: 'malloc', id, size: BigInt(100 + ((id * 7919) % 60_000)) } };
  });
  const map = { kind: 'memory-map', descriptors, hints: {}, problems: [] } as const;
  const simulation = Simulation.create({ map, release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', config: {}, workload });
  simulation.runToEnd();
  return simulation;
}

/** Pages of the heap that are not zero, in ascending order. */
function* pages(simulation: Simulation): Generator<readonly [at: number, bytes: Uint8Array]> {
  const reader = simulation.reader();
  const touched = new Set<number>();
  for (let i = 0; i < simulation.operationCount; i++) {
    for (const { base, end } of simulation.changes.byOperation(i)) {
      for (let at = Number(base) - (Number(base) % PAGE); at < Number(end) && at < RAM; at += PAGE) touched.add(at);
    }
  }
  for (const at of [...touched].sort((a, b) => a - b)) yield [at, reader.bytes(BigInt(at), PAGE)!];
}

async function write(folder: string, form: Form, simulation: Simulation): Promise<readonly string[]> {
  const path = join(folder, `ram.${form}.bin`);
  const file = openSync(path, 'w');
  const segments: unknown[] = [];
  let offset = 0;
  for (const [at, bytes] of pages(simulation)) {
    writeSync(file, bytes, 0, PAGE, form === 'sparse' ? offset : at);
    segments.push({ base: hex(at), length: PAGE, offset });
    offset += PAGE;
  }
  closeSync(file);
  if (form === 'sparse') {
    const index = join(folder, 'index.json');
    writeFileSync(
      index,
      JSON.stringify([
        { file: `ram.${form}.bin`, addressSpace: 'physical', segments, length: offset, covers: ['0x0', hex(RAM)] },
      ]),
    );
    return [path, index];
  }
  truncateSync(path, RAM);
  if (form === 'flat') return [path];
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), createGzip({ level: 1 }), createWriteStream(path + '.gz'));
  return [path + '.gz'];
}

async function run(form: Form): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'ukboot-bench-'));
  try {
    const simulation = simulated();
    const paths = await write(folder, form, simulation);
    const line: CommandLine = { positionals: [], options: form === 'sparse' ? {} : { at: '0' } };
    const start = performance.now();
    const { snapshot, heap } = await openFiles(paths, line);
    const seconds = secondsSince(start);
    const wanted = simulation.snapshot()!;
    const peak = process.resourceUsage().maxRSS / 1024;
    const checks: Check[] = [
      { name: 'heap', got: hex(heap?.address ?? 0n), expected: hex(wanted.heap) },
      { name: 'live blocks', got: String(snapshot?.metrics.usedBlocks), expected: String(wanted.metrics.usedBlocks) },
      { name: 'findings', got: String(snapshot?.findings.filter((f) => f.severity === 'error').length), expected: '0' },
      { name: `below ${String(MOST_MIB)} MiB`, got: peak < MOST_MIB ? 'yes' : `${peak.toFixed(0)} MiB`, expected: 'yes' },
    ];
    return { operations: 1, seconds, checks };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const workloads: readonly Workload[] = [
  { name: 'D1', what: 'open a flat dump of 4 GiB that says nothing of itself', run: () => run('flat') },
  { name: 'D2', what: 'the same, gzip-compressed', run: () => run('packed') },
  { name: 'D3', what: 'the same without its zero pages, with an index', run: () => run('sparse') },
];
