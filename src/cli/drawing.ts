// What the panel shows and exports, without a panel: SVG, tables, the report.

import { writeFileSync } from 'node:fs';
import { allocatorFor } from '../allocators/registry';
import type { AllocatorId } from '../regions/allocator-id';
import { presetColours } from '../report/colours';
import { csvChunks } from '../report/csv';
import { jsonChunks } from '../report/json';
import { htmlReport } from '../report/report';
import { frameSvg } from '../report/svg';
import { TABLE_IDS, type TableId } from '../report/table';
import { tablesOf } from '../report/tables';
import type { Simulation } from '../timeline/simulation';
import { HeapView } from '../view/heap-view';
import { DUMP_NAMES, SOURCE_NAMES, type Subject } from '../view/subject';
import { FIRST_VIEWPORT } from '../view/viewport';
import { choiceOption, textOption, Unusable } from './command-line';
import type { CommandLine } from './command-line';
import type { DecodedDump } from './decode';
import { nameOf, reason } from './files';

/** Pixels of map that are drawn: what a person would scroll through. */
const MAP_HEIGHT = 2400;

/** Options of a command that can draw, export tables and write a report. */
export const DRAWING_OPTIONS = ['format', 'table', 'report'] as const;

/** `--format`: a table has formats of its own. */
export function formatOf(line: CommandLine): Format {
  const table = textOption(line, 'table') !== undefined;
  const words = table ? (['csv', 'json'] as const) : (['text', 'json', 'svg', 'html'] as const);
  return choiceOption<Format>(line, 'format', words) ?? (table ? 'csv' : 'text');
}

type Format = 'text' | 'json' | 'svg' | 'html' | 'csv';

/** Prints what `--table` or a drawn `--format` asks for, and writes `--report`; false when the command has to print by itself. */
export function drawn(line: CommandLine, subject: Subject): boolean {
  const report = textOption(line, 'report');
  if (report !== undefined) write(report, htmlReport(subject));
  const id = choiceOption(line, 'table', TABLE_IDS);
  const format = formatOf(line);
  if (id !== undefined) printTable(subject, id, format === 'json');
  else if (format === 'html') console.log(htmlReport(subject));
  else if (format === 'svg') console.log(subjectSvg(subject));
  else return false;
  return true;
}

function printTable(subject: Subject, id: TableId, json: boolean): void {
  const tables = tablesOf(new HeapView(subject));
  const table = tables.find((t) => t.id === id);
  if (table === undefined) throw new Unusable(`--table: no ${id} here; there are ${tables.map((t) => t.id).join(', ')}`);
  for (const chunk of json ? jsonChunks(table) : csvChunks(table)) process.stdout.write(chunk);
}

function subjectSvg(subject: Subject): string {
  const view = new HeapView(subject);
  view.look({ ...FIRST_VIEWPORT, map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT, leastRow: 20 } });
  return frameSvg(view.frame(), presetColours('light'));
}

export function simulationSubject(simulation: Simulation, path: string, assumed: readonly string[]): Subject {
  const { release, arch, allocator } = simulation.input;
  return {
    kind: 'simulation',
    title: nameOf(path),
    source: SOURCE_NAMES[simulation.input.map.kind],
    release,
    arch,
    inspect: inspectorOf(allocator),
    assumptions: assumed,
    simulation,
  };
}

export function dumpSubject(dump: DecodedDump, path: string): Subject {
  const { snapshot, choices, map, heap, assumed } = dump;
  const guess = heap?.guess === true ? [`the heap's place is a guess: ${heap.says}`] : [];
  return {
    kind: 'dump',
    title: nameOf(path),
    source: DUMP_NAMES[dump.space],
    release: snapshot.release,
    arch: choices.arch,
    inspect: inspectorOf(snapshot.allocator),
    assumptions: [...guess, ...assumed],
    snapshot,
    reader: dump.reader(),
    ...(map.descriptors.length > 0 && { map }),
  };
}

function inspectorOf(id: AllocatorId): Subject['inspect'] {
  const allocator = allocatorFor(id)!;
  return (reader, snapshot, address) => allocator.inspect(reader, snapshot, address);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (problem) {
    throw new Unusable(`${path}: ${reason(problem)}`);
  }
}
