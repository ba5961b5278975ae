// What the panel shows and exports, without a panel: SVG, tables, the report.

import { writeFileSync } from 'node:fs';
import { allocatorFor } from '../allocators/registry';
import type { AllocatorId } from '../regions/allocator-id';
import { reportHtml } from '../report/html';
import { TABLE_IDS, tableCsv, tableJson } from '../report/table';
import { tableNamed } from '../report/tables';
import type { Simulation } from '../timeline/simulation';
import { HeapView } from '../view/heap-view';
import type { Subject } from '../view/subject';
import { frameSvg } from '../view/svg';
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
export function formatOf(line: CommandLine): 'text' | 'json' | 'svg' | 'csv' {
  const table = textOption(line, 'table') !== undefined;
  const words = table ? (['csv', 'json'] as const) : (['text', 'json', 'svg'] as const);
  return choiceOption<'text' | 'json' | 'svg' | 'csv'>(line, 'format', words) ?? (table ? 'csv' : 'text');
}

/** Prints what `--table` or `--format svg` asks for, and writes `--report`; false when the command has to print by itself. */
export function drawn(line: CommandLine, subject: Subject): boolean {
  const report = textOption(line, 'report');
  if (report !== undefined) write(report, reportHtml(subject));
  const id = choiceOption(line, 'table', TABLE_IDS);
  const format = formatOf(line);
  if (id !== undefined) {
    const table = tableNamed(new HeapView(subject), id);
    process.stdout.write(format === 'json' ? tableJson(table) : tableCsv(table));
    return true;
  }
  if (format !== 'svg') return false;
  const view = new HeapView(subject);
  view.look({ ...FIRST_VIEWPORT, map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT } });
  console.log(frameSvg(view.frame()));
  return true;
}

export function simulationSubject(simulation: Simulation, path: string, assumed: readonly string[]): Subject {
  const { release, arch, allocator } = simulation.input;
  return {
    kind: 'simulation',
    title: nameOf(path),
    source: 'simulation',
    release,
    arch,
    inspect: inspectorOf(allocator),
    assumptions: assumed,
    simulation,
  };
}

export function dumpSubject(dump: DecodedDump, path: string): Subject {
  const { snapshot, choices, map, assumed } = dump;
  return {
    kind: 'dump',
    title: nameOf(path),
    source: 'dump',
    release: snapshot.release,
    arch: choices.arch,
    inspect: inspectorOf(snapshot.allocator),
    assumptions: assumed,
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
