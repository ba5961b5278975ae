// A heap as an outline: its regions, its figures, its lists and what was found wrong, for a tree beside the panel.

import { UNDEFINED, UNKNOWN, counted, hex, sizeText } from './numbers';
import { isPartial, largestText, sumText } from './partial';
import type { HeapSnapshot } from '../snapshot/snapshot';
import type { AreaBox, RegionBox, StripView } from './strip';

/** What a node stands for; decides its icon and its menu. */
export type OutlineKind = 'group' | 'region' | 'area' | 'figure' | 'list' | 'block' | 'finding';

export interface OutlineNode {
  /** The same for the same thing at every step, so that what is open stays open. */
  readonly id: string;
  readonly kind: OutlineKind;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** Name of a codicon. */
  readonly icon: string;
  /** Where it is; the node is revealed when this is selected in the panel. */
  readonly address?: string;
  readonly region?: number;
  /** Open at first? */
  readonly open?: boolean;
  readonly children: readonly OutlineNode[];
}

/** Members of a list, and findings, that are shown. */
const MOST = 500;

export function buildOutline(snapshot: HeapSnapshot | undefined, strip: StripView): OutlineNode[] {
  return [regionsOf(strip), ...(snapshot === undefined ? [] : [figuresOf(snapshot), listsOf(snapshot), findingsOf(snapshot)])];
}

function group(
  id: string,
  label: string,
  description: string,
  icon: string,
  children: readonly OutlineNode[],
  open = false,
): OutlineNode {
  return { id, kind: 'group', label, description, tooltip: '', icon, open, children };
}

/** Regions, or where no list tells of them, the memory that the heap has. */
function regionsOf(strip: StripView): OutlineNode {
  const areas = strip.items.filter((i) => i.kind === 'area').map(areaNode);
  if (areas.length > 0) return group('areas', 'Memory of the heap', counted(areas.length, 'area'), 'layout', areas, true);
  const regions = strip.items.filter((i) => i.kind === 'region').map(regionNode);
  return group('regions', 'Regions', String(regions.length), 'layout', regions, true);
}

function regionNode(item: RegionBox): OutlineNode {
  return {
    id: `region:${String(item.index)}`,
    kind: 'region',
    label: `${String(item.index)} ${item.look} ${item.permissions}`.trimEnd(),
    description: [`${item.base} · ${item.size}`, item.label, item.name].filter((t) => t !== '').join(' · '),
    tooltip: [`${item.base} – ${item.end}`, item.reason].filter((t) => t !== '').join('\n'),
    icon: item.lost ? 'warning' : item.mark !== '' ? 'database' : 'circle-outline',
    address: item.base,
    region: item.index,
    children: [],
  };
}

function areaNode({ name, base, end, size }: AreaBox): OutlineNode {
  return {
    id: name,
    kind: 'area',
    label: name,
    description: `${base} · ${size}`,
    tooltip: `${base} – ${end}`,
    icon: 'database',
    address: base,
    children: [],
  };
}

function figuresOf(snapshot: HeapSnapshot): OutlineNode {
  const { metrics, allocator, release, profile, heap } = snapshot;
  const partial = isPartial(snapshot);
  const bytes = (n: number): string => sumText(n, partial);
  const largest = (n: number): string => largestText(n, partial);
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const figures: readonly (readonly [label: string, text: string])[] = [
    ['Free', bytes(metrics.free)],
    ['Used', bytes(metrics.used)],
    ['Largest free', largest(metrics.largestFree)],
    ['Largest malloc now', largest(metrics.largestRequest)],
    ['External fragmentation', partial ? UNKNOWN : metrics.free > 0 ? percent(metrics.externalFragmentation) : UNDEFINED],
    [
      'Internal fragmentation',
      metrics.slack < 0 ? UNKNOWN : metrics.used > 0 ? percent(metrics.internalFragmentation) : UNDEFINED,
    ],
    ['Blocks', `${partial ? '≥ ' : ''}${String(metrics.usedBlocks)} used · ${String(metrics.freeBlocks)} free`],
    ['Overhead', bytes(metrics.overhead)],
  ];
  const children = figures.map(([label, text]): OutlineNode => ({
    id: `figure:${label}`,
    kind: 'figure',
    label,
    description: text,
    tooltip: '',
    icon: 'symbol-number',
    children: [],
  }));
  return group('allocator', allocator, `${release} · ${profile} · ${hex(heap)}`, 'symbol-structure', children);
}

function listsOf(snapshot: HeapSnapshot): OutlineNode {
  const lists = snapshot.lists.filter((l) => l.entries.length > 0 || !l.complete);
  const children = lists.map((list): OutlineNode => {
    const members = list.entries.slice(0, MOST).map((address, i): OutlineNode => ({
      id: `member:${list.name}:${hex(address)}`,
      kind: 'block',
      label: hex(address),
      description: [sizeOf(snapshot, address), list.entries.length > MOST && i === MOST - 1 ? '…' : '']
        .filter((t) => t !== '')
        .join(' '),
      tooltip: '',
      icon: 'symbol-field',
      address: hex(address),
      children: [],
    }));
    const size = list.memberSize > 0 ? ` · ${sizeText(list.memberSize)} each` : '';
    return {
      id: `list:${list.name}`,
      kind: 'list',
      label: list.name,
      description: `${counted(list.entries.length, 'member')}${size}`,
      tooltip: list.complete ? '' : 'the walk along its links did not reach its end',
      icon: list.complete ? 'list-ordered' : 'warning',
      children: members,
    };
  });
  return group('lists', 'Free lists', counted(lists.length, 'list'), 'list-tree', children);
}

/** Size of the block at an address; empty where no block was read. */
function sizeOf({ blocks }: HeapSnapshot, address: bigint): string {
  const block = blocks.holding(address);
  return block === undefined ? '' : sizeText(block.size);
}

function findingsOf(snapshot: HeapSnapshot): OutlineNode {
  const { findings } = snapshot;
  const children = findings.slice(0, MOST).map((f, i): OutlineNode => ({
    id: `finding:${String(i)}:${f.code}`,
    kind: 'finding',
    label: f.code,
    description: f.message,
    tooltip: f.message,
    icon: f.severity,
    ...(f.address !== undefined && { address: hex(f.address) }),
    children: [],
  }));
  return group(
    'findings',
    'Findings',
    findings.length === 0 ? 'none' : String(findings.length),
    'checklist',
    children,
    findings.length > 0,
  );
}
