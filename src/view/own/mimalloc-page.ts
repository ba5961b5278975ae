// One page of mimalloc, block by block, with what the marks say in words and the sum that must come out.

import type { MimallocPage } from '../../snapshot/mimalloc';
import { counted, countText, groupedAddress, hex, sizeText } from '../numbers';
import type { OwnInput } from './own';

/** Blocks that are drawn. */
const MOST_CELLS = 512;
/** Blocks whose owners are named. */
const MOST_OWNERS = 3;

export interface BlockCell {
  readonly kind: 'used' | 'free' | 'local' | 'blank';
  /** `F1`, `L1`; empty for others. */
  readonly label: string;
  readonly address: string;
  /** Is the block that malloc pops after this one the next in memory? */
  readonly linked: boolean;
}

export interface LegendRow {
  readonly kind: BlockCell['kind'];
  /** `F1 → F2` */
  readonly mark: string;
  readonly text: string;
}

export interface PageView {
  readonly title: string;
  readonly range: string;
  readonly text: string;
  readonly cells: readonly BlockCell[];
  /** Blocks beyond those that are drawn. */
  readonly more: number;
  readonly legend: readonly LegendRow[];
  readonly check: string;
}

export function pageView(p: MimallocPage, owner: OwnInput['owner']): PageView {
  const cells = cellsOf(p);
  return {
    title: `bin ${String(p.bin)}, ${sizeText(Math.max(0, p.blockSize))} blocks · mi_page_t ${hex(p.descriptor)}`,
    range: `${groupedAddress(p.start)} – ${groupedAddress(p.end)}`,
    text: `${counted(p.reserved, 'block')} fit, ${countText(p.capacity)} ${p.capacity === 1 ? 'was' : 'were'} ever linked, ${countText(p.used)} ${p.used === 1 ? 'is' : 'are'} used`,
    cells,
    more: p.reserved - cells.length,
    legend: legendOf(p, cells, owner),
    check: checkOf(p),
  };
}

function cellsOf(p: MimallocPage): BlockCell[] {
  const size = BigInt(Math.max(0, p.blockSize));
  const place = new Map<number, { readonly kind: 'free' | 'local'; readonly label: string; readonly linked: boolean }>();
  const list = (blocks: readonly number[], kind: 'free' | 'local', letter: string): void => {
    blocks.forEach((block, i) =>
      place.set(block, { kind, label: `${letter}${String(i + 1)}`, linked: blocks[i + 1] === block + 1 }),
    );
  };
  list(p.free, 'free', 'F');
  list(p.localFree, 'local', 'L');
  return Array.from({ length: Math.min(p.reserved, MOST_CELLS) }, (_, i): BlockCell => {
    const address = hex(p.start + BigInt(i) * size);
    const listed = place.get(i);
    if (listed !== undefined) return { ...listed, address };
    return { kind: i < p.capacity ? 'used' : 'blank', label: '', address, linked: false };
  });
}

function legendOf(p: MimallocPage, cells: readonly BlockCell[], owner: OwnInput['owner']): LegendRow[] {
  const size = BigInt(Math.max(0, p.blockSize));
  const rows: LegendRow[] = [];
  const at = (block: number) => hex(p.start + BigInt(block) * size);
  if (p.free[0] !== undefined)
    rows.push({
      kind: 'free',
      mark: p.free.length > 1 ? 'F1 → F2' : 'F1',
      text: `free: malloc takes F1 next (${at(p.free[0])})`,
    });
  if (p.localFree.length > 0) rows.push({ kind: 'local', mark: 'L1', text: 'local_free: freed, joins when F is empty' });
  const used = cells.filter((c) => c.kind === 'used');
  if (used.length > 0) {
    const named = used.slice(0, MOST_OWNERS).map(({ address }) => {
      const who = owner(BigInt(address), BigInt(address) + size);
      return who === undefined ? address : `${address}: ${who.text}`;
    });
    const more = Math.max(p.used, used.length) - named.length;
    rows.push({ kind: 'used', mark: 'used', text: named.join(', ') + (more > 0 ? ` and ${countText(more)} more` : '') });
  }
  if (p.reserved > p.capacity) rows.push({ kind: 'blank', mark: 'blank', text: 'never linked: no bytes written yet' });
  return rows;
}

/** `2 free + 1 local + 1 used = 4 linked ≤ 64 ✓` */
function checkOf({ free, localFree, used, capacity, reserved, complete }: MimallocPage): string {
  if (!complete) return 'a free list could not be followed to its end';
  const linked = free.length + localFree.length + used;
  const sum = `${countText(free.length)} free + ${countText(localFree.length)} local + ${countText(used)} used = ${countText(linked)}`;
  if (linked !== capacity) return `${sum} ≠ ${countText(capacity)} linked`;
  return `${sum} linked ${capacity <= reserved ? '≤' : '>'} ${countText(reserved)}${capacity <= reserved ? ' ✓' : ''}`;
}
