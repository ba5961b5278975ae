// A heap in a terminal: free lists, blocks, metrics, findings.

import { hex } from '../memory/address';
import { sizeText, countText } from '../regions/text';
import type { Finding, HeapSnapshot, Metrics } from '../snapshot/snapshot';
import { table, wrapped } from './table';

const COLUMNS = 120;
/** Members of one list that are printed; the rest is counted. */
const MOST_MEMBERS = 12;

export function heapText(snapshot: HeapSnapshot): string[] {
  const { allocator, release, profile, heap } = snapshot;
  return [
    `Heap at ${hex(heap)}: ${allocator} of Unikraft ${release} (profile ${profile})`,
    ...snapshot.areas.map((a) => `  ${hex(a.base)} – ${hex(a.end)}  ${sizeText(a.end - a.base)}, by ${a.by}`),
    '',
    ...listsText(snapshot),
    'Metrics',
    ...metricsText(snapshot.metrics),
    ...findingsText(snapshot.findings),
  ];
}

function listsText(snapshot: HeapSnapshot): string[] {
  const lists = snapshot.lists.filter((l) => l.entries.length > 0);
  if (snapshot.lists.length === 0) return [];
  const lines = ['Free lists, in the order of their own links'];
  if (lists.length === 0) lines.push('  all empty');
  for (const list of lists) {
    const shown = list.entries.slice(0, MOST_MEMBERS).map((a, i) => (i === list.gap ? `✗ … ${hex(a)}` : hex(a)));
    if (list.entries.length > MOST_MEMBERS) shown.push(`… ${countText(list.entries.length - MOST_MEMBERS)} more`);
    if (!list.complete) shown.push('✗ broken off, see findings');
    const size = list.memberSize > 0 ? `, ${sizeText(list.memberSize)}` : '';
    lines.push(`  ${list.name}${size}  × ${countText(list.entries.length)}`, ...wrapped(shown, COLUMNS, '      '));
  }
  return [...lines, ''];
}

function metricsText(m: Metrics): string[] {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const unknown = '?';
  const rows = [
    ['free', sizeText(m.free), `${countText(m.freeBlocks)} blocks`],
    ['used', sizeText(m.used), `${countText(m.usedBlocks)} blocks`],
    ['  of it slack', m.slack < 0 ? unknown : sizeText(m.slack), ''],
    ['overhead', sizeText(m.overhead), ''],
    ['largest free block', sizeText(m.largestFree), ''],
    ['largest malloc now', sizeText(m.largestRequest), `${countText(m.largestRequest)} B`],
    ['external fragmentation', percent(m.externalFragmentation), '1 − largest free block / free'],
    ['internal fragmentation', m.slack < 0 ? unknown : percent(m.internalFragmentation), 'slack / used'],
  ];
  return table(['', '>', ''], rows).slice(1);
}

export function findingsText(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['', 'Findings: none, the walk found the heap intact'];
  return [
    '',
    'Findings',
    ...findings.map((f) => `  ${f.severity}: ${f.code}${f.address === undefined ? '' : ` at ${hex(f.address)}`}: ${f.message}`),
  ];
}
