// ukboot decode: a heap out of a memory dump.

import { allocatorFor } from '../allocators/registry';
import { hex } from '../memory/address';
import type { Reader } from '../memory/reader';
import { readSymbols } from '../readers/symbols';
import { placeOf } from '../view/where';
import {
  choiceOption,
  Exit,
  onlyInput,
  parseCommandLine,
  textOption,
  Unusable,
  type CommandLine,
  type ExitStatus,
} from './command-line';
import { addressOption, DUMP_OPTIONS, readDumpFile, type DumpFile } from './dump-file';
import { readText } from './files';
import { snapshotSvg } from './drawing';
import { heapText } from './heap-text';
import { printJson } from './json';
import { problemText } from './regions-text';
import { SETTING_OPTIONS, settingsFor } from './settings';
import { blocksJson } from './simulate';

/** Names of the pointer to the first registered allocator: since 0.5, and before. */
const HEAD_SYMBOLS = ['_uk_alloc_head', 'uk_alloc_head'];

export function decode(args: readonly string[]): ExitStatus {
  const line = parseCommandLine(args, [...SETTING_OPTIONS, ...DUMP_OPTIONS, 'heap', 'symbols', 'address', 'format'], [], ['set']);
  const format = choiceOption(line, 'format', ['text', 'json', 'svg']) ?? 'text';
  const path = onlyInput(line, 'decode');
  const dump = readDumpFile(path, line);
  const { image, problems } = dump;
  const { choices, assumed } = settingsFor(line, { descriptors: [], hints: dump.hints ?? {} });
  const reader = image.reader();
  const symbols = symbolsOf(line, dump);
  const heap = heapAddress(line, dump, reader, symbols);
  const snapshot = allocatorFor(choices.allocator)!.decode(reader, heap, { ...choices, ...(symbols && { symbols }) });
  const address = addressOption(line, 'address');
  const place = address === undefined ? undefined : placeOf(snapshot, address);

  if (format === 'json') {
    const { allocator, release, profile, areas, state, metrics, findings, absent } = snapshot;
    const facts = { kind: 'decoded', allocator, release, profile, heap: hex(heap), areas, state, metrics, findings, absent };
    console.log(printJson({ ...facts, ...(place !== undefined && { place }), problems, blocks: blocksJson(snapshot.blocks) }));
  } else if (format === 'svg') console.log(snapshotSvg(snapshot, reader, path));
  else {
    const lines = [
      ...assumed.map((a) => `assumed: ${a} (not said)`),
      ...problems.map((p) => problemText(p)),
      ...heapText(snapshot),
      ...(place === undefined
        ? []
        : ['', place.text, `  before: ${place.before ?? 'nothing'}`, `  after:  ${place.after ?? 'nothing'}`]),
    ];
    console.log(lines.join('\n'));
  }
  const damaged = snapshot.findings.some((f) => f.severity === 'error');
  return damaged ? Exit.doesNotHold : Exit.done;
}

/** From nm output, else from the dump itself. */
function symbolsOf(line: CommandLine, dump: DumpFile): ReadonlyMap<string, bigint> | undefined {
  const path = textOption(line, 'symbols');
  return path === undefined ? dump.symbols : readSymbols(readText(path));
}

/** Said outright, or read from the pointer that a symbol names. */
function heapAddress(
  line: CommandLine,
  dump: DumpFile,
  reader: Reader,
  symbols: ReadonlyMap<string, bigint> | undefined,
): bigint {
  const said = addressOption(line, 'heap') ?? dump.heap;
  if (said !== undefined) return said;
  if (symbols === undefined)
    throw new Unusable('where is the heap? Give the address of its struct uk_alloc with --heap, or nm output with --symbols');
  const path = textOption(line, 'symbols') ?? 'the dump';
  const head = HEAD_SYMBOLS.map((name) => symbols.get(name)).find((a) => a !== undefined);
  if (head === undefined) throw new Unusable(`${path}: no symbol ${HEAD_SYMBOLS.join(' or ')}`);
  const heap = reader.u64(head);
  if (heap === undefined) throw new Unusable(`${hex(head)}, where ${path} has _uk_alloc_head, is not in the dump`);
  if (heap === 0n) throw new Unusable(`_uk_alloc_head at ${hex(head)} is NULL: no allocator is registered in this dump`);
  return heap;
}
