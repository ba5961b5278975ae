// What would put a descriptor right: lengths and page counts that do not fit each other. Nothing where only the writer knows.

import { PAGE_SIZE, hex } from '../memory/address';
import type { DescriptorProblem } from './checks';
import type { Descriptor, FieldName } from './descriptor';
import { TYPE_FREE } from './eras';
import type { TextRange } from './problem';
import { toRegion } from './regions';

const PAGE = BigInt(PAGE_SIZE);

/** A field whose value stands in the source, and what should stand there. */
export interface FieldChange {
  readonly field: FieldName;
  readonly where: TextRange;
  /** As the field is written: addresses and lengths in hex, counts in decimal. */
  readonly text: string;
}

/** Changes that go together; undefined where there is nothing to propose. Free memory is never made larger than it was said to be. */
export function fixFor(descriptor: Descriptor, problems: readonly DescriptorProblem[]): readonly FieldChange[] | undefined {
  const region = toRegion(descriptor, 0);
  if (region === undefined) return undefined;
  const { pbase, vbase, len, pgOff, pgCount, type } = region;
  const free = (type & TYPE_FREE) !== 0;
  const whole = len / PAGE;
  const named = (code: string): boolean => problems.some((p) => p.code === code);
  let values: Partial<Record<FieldName, bigint>> = {};
  if (named('pg-count')) {
    const covered = (pgOff + len + PAGE - 1n) / PAGE;
    if (!free) values = { pg_count: covered };
    else if (pgOff === 0n && whole > 0n)
      values = { ...(whole * PAGE !== len && { len: whole * PAGE }), ...(whole !== pgCount && { pg_count: whole }) };
  } else if (named('misaligned') && pbase % PAGE === 0n && vbase % PAGE === 0n && len % PAGE !== 0n && whole > 0n)
    // With both bases aligned, it is the length.
    values = { len: whole * PAGE };
  const changes = Object.entries(values).map(([name, value]) => {
    const field = name as FieldName;
    const where = descriptor.fields[field]?.where;
    return where && { field, where, text: field === 'pg_count' ? String(value) : hex(value) };
  });
  const known = changes.filter((c) => c !== undefined);
  return known.length > 0 && known.length === changes.length ? known : undefined;
}

/** `Set len to 0x3e5f000` */
export function fixText(changes: readonly FieldChange[]): string {
  return `Set ${changes.map(({ field, text }) => `${field} to ${text}`).join(' and ')}`;
}
