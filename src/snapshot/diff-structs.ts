// Two heaps of one kernel at different times: the fields of their structures that differ, by name.

import { hex } from '../memory/address';
import type { Change } from './diff';
import type { StructField, StructView } from './snapshot';

/** Structures that stand in both are compared field by field; one that stands only in one is told as a whole. */
export function diffStructs(a: readonly StructView[], b: readonly StructView[]): Change[] {
  const key = (s: StructView): string => `${s.type} at ${hex(s.address)}`;
  const others = new Map(b.map((s) => [key(s), s]));
  const changes: Change[] = [];
  for (const view of a) {
    const other = others.get(key(view));
    others.delete(key(view));
    if (other === undefined) changes.push({ where: key(view), before: 'there', after: 'not there' });
    else changes.push(...diffFields(key(view), view.fields, other.fields));
  }
  for (const name of others.keys()) changes.push({ where: name, before: 'not there', after: 'there' });
  return changes;
}

function diffFields(where: string, a: readonly StructField[], b: readonly StructField[]): Change[] {
  const others = new Map(b.map((f) => [f.name, f]));
  return a.flatMap((field) => {
    const other = others.get(field.name);
    if (other === undefined || field.value === other.value) return [];
    return [{ where: `${where}: ${field.name}, ${hex(field.address)}`, before: valueText(field), after: valueText(other) }];
  });
}

function valueText({ value, kind }: StructField): string {
  if (value === undefined) return 'absent';
  return kind === 'count' || kind === 'size' || kind === 'number' ? String(value) : hex(value);
}
