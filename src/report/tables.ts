// The tables behind the panes, with exact values instead of rounded ones: what the panel exports and what the report prints.

import type { Decision } from '../boot/decision';
import type { Descriptor, RegionMap } from '../regions/descriptor';
import { FIELD_NAMES } from '../regions/descriptor';
import type { Release } from '../regions/release';
import type { HeapSnapshot } from '../snapshot/snapshot';
import type { HeapView } from '../view/heap-view';
import { hex } from '../view/numbers';
import { buildLog, seriesOf } from '../view/steps';
import { regionSpans } from '../view/strip';
import type { Steppable } from '../view/subject';
import { tableOf } from './table';
import type { Cell, Column, Table, TableId } from './table';

/** One table of what a heap view shows at its cursor. Of what the subject does not have, the table is empty. */
export function tableNamed(view: HeapView, id: TableId): Table {
  const { subject, snapshot } = view;
  const simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
  switch (id) {
    case 'regions':
      return regionsTable(
        simulation?.input.map ?? (subject.kind === 'dump' ? subject.map : undefined),
        simulation,
        subject.release,
      );
    case 'blocks':
      return blocksTable(snapshot, view);
    case 'lists':
      return listsTable(snapshot);
    case 'structs':
      return structsTable(snapshot);
    case 'metrics':
      return metricsTable(view);
    case 'findings':
      return findingsTable(snapshot);
    case 'steps':
      return stepsTable(simulation);
    case 'log':
      return logTable(simulation);
  }
}

const column = (name: string, title: string): Column => ({ name, title });
const figures = (name: string, title: string): Column => ({ name, title, figures: true });

/** Numbers of −1 stand for what memory does not tell. */
const known = (value: number): number | null => (value < 0 || Number.isNaN(value) ? null : value);

function regionsTable(map: RegionMap | undefined, simulation: Steppable | undefined, release: Release): Table {
  const descriptors = map?.descriptors ?? [];
  const fields = FIELD_NAMES.filter((f) => descriptors.some((d) => d.fields[f] !== undefined));
  const kinds = new Map(map === undefined ? [] : regionSpans(map, release).map((s): [number, string] => [s.index, s.look]));
  const decisions = new Map((simulation?.decisions() ?? []).map((d): [number, Decision] => [d.region, d]));
  return tableOf(
    'regions',
    'Memory regions',
    [figures('region', 'Region'), ...fields.map((f) => column(f, f)), column('kind', 'Kind'), column('name', 'Name'), column('decision', 'Decision'), column('reason', 'Reason')],
    descriptors.map((d, i) => [
      i,
      ...fields.map((f) => fieldCell(d, f)),
      kinds.get(i) ?? '',
      d.name ?? '',
      decisions.get(i)?.kind ?? null,
      decisions.get(i)?.reason ?? null,
    ]),
  ); // prettier-ignore
}

function fieldCell(descriptor: Descriptor, name: (typeof FIELD_NAMES)[number]): Cell {
  const field = descriptor.fields[name];
  if (field === undefined) return null;
  return field.value === undefined ? field.text : hex(field.value);
}

function blocksTable(snapshot: HeapSnapshot | undefined, view: HeapView): Table {
  const blocks = snapshot?.blocks;
  return {
    id: 'blocks',
    title: 'Blocks',
    columns: [column('address', 'Address'), column('end', 'End'), figures('size', 'Size'), column('state', 'State'), figures('class', 'Class'), figures('asked', 'Asked for'), figures('slack', 'Slack'), column('owner', 'Held by'), figures('since_step', 'Since step')],
    count: blocks?.length ?? 0,
    row: (i) => {
      const b = blocks!.at(i);
      const end = blocks!.end(i);
      const owner = b.state === 'used' ? view.ownerOf(b.base, end) : undefined;
      const asked = b.state === 'used' ? known(b.asked) : null;
      return [hex(b.base), hex(end), b.size, b.state, known(b.sizeClass), asked, asked === null ? null : b.size - asked, owner?.text ?? null, owner === undefined ? null : owner.operation + 1];
    },
  }; // prettier-ignore
}

function listsTable(snapshot: HeapSnapshot | undefined): Table {
  const rows = (snapshot?.lists ?? []).flatMap((list) =>
    list.entries.map((address, i): Cell[] => [
      list.name,
      hex(list.head),
      known(list.sizeClass),
      i + 1,
      hex(address),
      list.memberSize > 0 ? list.memberSize : (snapshot!.blocks.holding(address)?.size ?? null),
      list.complete ? 'whole' : 'broken off',
    ]),
  );
  return tableOf(
    'lists',
    'Free lists',
    [column('list', 'List'), column('head', 'Head'), figures('class', 'Class'), figures('position', 'Position'), column('address', 'Address'), figures('size', 'Size'), column('walk', 'Walk')],
    rows,
  ); // prettier-ignore
}

function structsTable(snapshot: HeapSnapshot | undefined): Table {
  const rows = (snapshot?.structs ?? []).flatMap((s) =>
    s.fields.map((f): Cell[] => [
      s.type,
      hex(f.address),
      f.name,
      f.length,
      f.value === undefined ? null : f.kind === 'count' || f.kind === 'number' ? Number(f.value) : hex(f.value),
      f.note ?? '',
    ]),
  );
  return tableOf(
    'structs',
    'Structures',
    [column('type', 'Type'), column('address', 'Address'), column('field', 'Field'), figures('length', 'Bytes'), column('value', 'Value'), column('note', 'Meaning')],
    rows,
  ); // prettier-ignore
}

function metricsTable({ metrics }: HeapView): Table {
  const rows = Object.entries(metrics ?? {}).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'number' ? [[name, known(value)]] : [],
  );
  return tableOf('metrics', 'Metrics', [column('figure', 'Figure'), figures('value', 'Value')], rows);
}

function findingsTable(snapshot: HeapSnapshot | undefined): Table {
  return tableOf(
    'findings',
    'Findings',
    [column('severity', 'Severity'), column('code', 'Code'), column('address', 'Address'), column('message', 'Message')],
    (snapshot?.findings ?? []).map((f) => [f.severity, f.code, f.address === undefined ? null : hex(f.address), f.message]),
  );
}

function stepsTable(simulation: Steppable | undefined): Table {
  return {
    id: 'steps',
    title: 'Steps',
    columns: [figures('step', 'Step'), column('phase', 'Phase'), column('operation', 'Operation'), column('result', 'Result'), column('outcome', 'Outcome'), figures('free', 'Free after'), figures('used', 'Used after'), figures('largest_free', 'Largest free after'), column('caller', 'Caller'), column('mismatch', 'Recorded otherwise')],
    count: simulation?.operationCount ?? 0,
    row: (i) => {
      const info = simulation!.info(i);
      const { free, used, largestFree } = seriesOf(simulation!);
      return [i + 1, info.phase, info.title, info.result, info.outcome, known(free[i]!), known(used[i]!), known(largestFree[i]!), info.caller ?? null, info.mismatch ?? null];
    },
  }; // prettier-ignore
}

/** The kernel's messages up to the cursor. */
function logTable(simulation: Steppable | undefined): Table {
  const printed = simulation === undefined ? [] : buildLog(simulation, { first: 0, count: Infinity, follow: false }).rows;
  const rows = printed.map((l): Cell[] => [l.operation + 1, l.level, l.lib, l.text]);
  return tableOf('log', 'Kernel log', [figures('step', 'Step'), column('level', 'Level'), column('lib', 'Library'), column('text', 'Message')], rows); // prettier-ignore
}
