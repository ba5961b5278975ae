// What a frame shows of a heap: its map, lists, own picture, the selection and the table around it.

import type { Decision } from '../../boot/decision';
import type { AddressRange } from '../../memory/reader';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import type { Cursor } from '../../timeline/types';
import { blockRows } from '../block-rows';
import type { BlockWindow, Frame, FrameInput } from './frame';
import { buildLists } from '../lists';
import { buildMap } from '../map/map';
import type { MapView } from '../map/map';
import { cellAt } from '../map/cell';
import { classText } from '../map/labels';
import { PAGE_LEVEL } from '../map/layout';
import { buildMarked } from '../search/marked';
import { sizeText } from '../numbers';
import { buildOwn } from '../own/own';
import { buildSelected } from '../selected';
import { regionAt, regionSpans } from '../spans';
import type { RegionSpan } from '../spans';
import { orderOfUse } from '../strip';
import type { Subject } from '../subject';
import type { Viewport } from '../viewport';

/** Rows of the block table in a frame. */
const TABLE_ROWS = 24;

export function heapParts(
  input: FrameInput,
  snapshot: HeapSnapshot,
  decisions: readonly Decision[],
  viewport: Viewport,
): Pick<Frame, 'map' | 'lists' | 'own' | 'selected' | 'cell' | 'table' | 'marked'> {
  const { subject, reader, owner } = input;
  const block = viewport.selection === undefined ? undefined : snapshot.blocks.holding(BigInt(viewport.selection));
  const range = block && { base: block.base, end: snapshot.blocks.end(block.index) };
  const changedBlocks = new Set(input.touched.flatMap((t) => blocksIn(snapshot, t)));
  const changed = [...changedBlocks]
    .sort((a, b) => a - b)
    .map((i) => ({ base: snapshot.blocks.base(i), end: snapshot.blocks.end(i) }));
  const inList = block?.state === 'free' ? snapshot.lists.find((l) => l.entries.includes(block.base)) : undefined;
  const next = inList?.entries[inList.entries.indexOf(block!.base) + 1];
  const linked =
    next === undefined ? undefined : { base: next, text: `next in ${classText(snapshot, inList!.sizeClass) ?? inList!.name}` };
  const spans = input.map === undefined ? [] : regionSpans(input.map, subject.release);
  const map = buildMap(
    snapshot,
    {
      spans,
      marks: orderOfUse(decisions),
      areaText: (i) => areaText(snapshot, i),
      owner,
      holders: input.holders,
      freed: input.freed,
      reader,
      inspect: (address) => subject.inspect(reader, snapshot, address),
      changed,
      differing: input.differing,
      selected: range ?? otherRegion(spans, viewport.selection),
      beside: rangeOf(snapshot, viewport.beside),
      range: viewport.range && { base: BigInt(viewport.range.from), end: BigInt(viewport.range.to) },
      bookmarks: (viewport.bookmarks ?? []).map((b) => BigInt(b)),
      linked,
      matches: input.matches,
    },
    viewport.map,
  );
  const own = buildOwn({
    snapshot,
    selection: viewport.selection === undefined ? undefined : BigInt(viewport.selection),
    probe: viewport.probe,
    owner,
    simulation: subject.kind === 'simulation' ? subject.simulation : undefined,
    past: input.shadows,
  });
  const isChanged = (base: bigint) => changedBlocks.has(snapshot.blocks.lastAtOrBelow(base));
  const marked = buildMarked(snapshot, viewport, owner);
  const cell =
    map.level > PAGE_LEVEL && viewport.selection !== undefined
      ? cellAt(snapshot, BigInt(viewport.selection), map.level)
      : undefined;
  return {
    map,
    ...(marked && { marked }),
    ...(own && { own }),
    ...(cell && { cell }),
    table: tableOf(snapshot, block?.index, map, owner),
    lists: buildLists(snapshot, viewport.listMembers, isChanged, range),
    ...(block && {
      selected: buildSelected(
        snapshot,
        reader,
        block,
        subject.inspect(reader, snapshot, block.base),
        owner(block.base, snapshot.blocks.end(block.index)),
        owner,
        input,
        lastChangeOf(subject, range!),
        linked,
      ),
    }),
  };
}

/** The step that last wrote into a block, as far as that is found in passing. */
function lastChangeOf(subject: Subject, range: AddressRange): { readonly text: string; readonly cursor?: Cursor } | undefined {
  if (subject.kind !== 'simulation') return undefined;
  const { simulation } = subject;
  const found = simulation.changes.last(range, false);
  if (found === undefined) return undefined;
  if (found === 'further') return { text: 'further back' };
  const { fn } = simulation.steps(found.operation)[found.step - 1] ?? { fn: '' };
  return { text: [simulation.info(found.operation).title, fn].filter((t) => t !== '').join(' · '), cursor: found };
}

/** Rows of the block table on either side of the selection, or from the top of the map on. */
function tableOf(snapshot: HeapSnapshot, selected: number | undefined, map: MapView, owner: FrameInput['owner']): BlockWindow {
  const top = map.items.find((i) => i.kind === 'row' && i.y >= map.top);
  const at = selected ?? (top?.kind === 'row' ? snapshot.blocks.lastAtOrBelow(BigInt(top.base)) : 0);
  const first = Math.max(0, at - TABLE_ROWS / 2);
  const rows = blockRows(snapshot, first, TABLE_ROWS, owner).map((r, i) => ({ ...r, selected: first + i === selected }));
  return { total: snapshot.blocks.length, first, rows };
}

/** Blocks other than metadata that a range of written bytes meets; a range over very many is cut. */
function blocksIn(snapshot: HeapSnapshot, range: AddressRange): number[] {
  const { blocks } = snapshot;
  const found: number[] = [];
  for (
    let i = Math.max(0, blocks.lastAtOrBelow(range.base));
    i < blocks.length && blocks.base(i) < range.end && found.length < 4096;
    i++
  )
    if (blocks.end(i) > range.base) found.push(i);
  return found;
}

/** The block that holds an address. */
function rangeOf({ blocks }: HeapSnapshot, address: string | undefined): AddressRange | undefined {
  const block = address === undefined ? undefined : blocks.holding(BigInt(address));
  return block && { base: block.base, end: blocks.end(block.index) };
}

/** The region that an address lies in, where that is none that a heap could have. */
function otherRegion(spans: readonly RegionSpan[], address: string | undefined): AddressRange | undefined {
  const span = address === undefined ? undefined : regionAt(spans, BigInt(address));
  return span?.look === 'free' ? undefined : span;
}

/** How an area came to the heap, and what of it is the allocator's own. */
function areaText(snapshot: HeapSnapshot, index: number): string {
  const area = snapshot.areas[index]!;
  const { blocks } = snapshot;
  let own = 0;
  for (let i = Math.max(0, blocks.lastAtOrBelow(area.base)); i < blocks.length && blocks.base(i) < area.end; i++) {
    if (blocks.base(i) < area.base) continue;
    if (blocks.state(i) !== 'metadata') break;
    own += blocks.size(i);
  }
  return `${area.by === 'init' ? 'init' : 'addmem'} took it: ${sizeText(own)} for the allocator, ${sizeText(Number(area.end - area.base) - own)} of heap`;
}
