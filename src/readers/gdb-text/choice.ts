// Which printing of a list counts, when a session prints it several times: what the last complete one says, in the fullest
// printing that says the same. What that leaves out (`/x` has no text behind a pointer) is taken from the others that agree.

import type { Descriptor, Field, FieldName } from '../../regions/descriptor';
import type { Problem, TextRange } from '../../regions/problem';
import type { ListFacts, Listed, Listing } from './listings';

export interface Choice {
  readonly descriptors: readonly Descriptor[];
  readonly problems: readonly Problem[];
}

export function chooseListing({ count, listings }: ListFacts): Choice {
  const candidates = [...listings.filter((l) => l.kind !== 'single'), ...combined(listings)].filter((l) => l.items.length > 0);
  const last = lastComplete(candidates, count);
  const chosen = last === undefined ? mostComplete(candidates) : fullest(candidates, last);
  const problems = brokenOnes(listings, chosen);
  if (chosen === undefined) return { descriptors: [], problems };
  const others = candidates.filter((l) => l !== chosen);
  const complete = others.filter((l) => isComplete(l, count) && l.items.length >= chosen.items.length);
  const descriptors = chosen.items.map((item, i) => enriched(item.descriptor, item.index ?? i, others));
  problems.push(...chosen.problems, ...missingOnes(chosen, count), ...severalOnes(chosen, complete));
  return { descriptors, problems };
}

function isComplete(listing: Listing, count: number | undefined): boolean {
  if (listing.missing !== 'nothing') return false;
  return count === undefined || listing.items.length >= count;
}

/** With the kernel's own count the last that has as many; without it the longest, and of those the last. */
function lastComplete(listings: readonly Listing[], count: number | undefined): Listing | undefined {
  const complete = listings.filter((l) => isComplete(l, count));
  const longest = Math.max(0, ...listings.map((l) => l.items.length));
  return byPlace(count === undefined ? complete.filter((l) => l.items.length === longest) : complete).at(-1);
}

/** Printings by how readable they are, where they say the same. */
const KINDS: readonly Listing['kind'][] = ['memory', 'rows', 'single', 'array'];

/** Of the printings that agree with `last` the one with the most fields; of those the most readable one, and the last. */
function fullest(listings: readonly Listing[], last: Listing): Listing {
  const same = listings.filter(
    (l) =>
      l.missing === 'nothing' &&
      l.items.length === last.items.length &&
      l.items.every((item, i) => agree(item.descriptor, last.items[i]!.descriptor)),
  );
  const rank = (l: Listing): number => fieldCount(l) * KINDS.length + KINDS.indexOf(l.kind);
  return byPlace(same).reduce((best, l) => (rank(l) >= rank(best) ? l : best), last);
}

function fieldCount(listing: Listing): number {
  return listing.items.reduce((sum, { descriptor: d }) => sum + Object.keys(d.fields).length + (d.name === undefined ? 0 : 1), 0);
}

function mostComplete(listings: readonly Listing[]): Listing | undefined {
  let best: Listing | undefined;
  for (const listing of byPlace(listings)) if (listing.items.length >= (best?.items.length ?? 0)) best = listing;
  return best;
}

function byPlace(listings: readonly Listing[]): Listing[] {
  return [...listings].sort((a, b) => a.where.endLine - b.where.endLine || a.where.endColumn - b.where.endColumn);
}

/**
 * Descriptors that were printed one at a time, put together: by index where the commands say it, else in order. One that is
 * printed again in another format is the same one.
 */
function combined(listings: readonly Listing[]): Listing[] {
  const singles = listings.filter((l) => l.kind === 'single' && l.items.length > 0);
  const indexed = new Map<number, Listed>();
  const inOrder: { item: Listed; expression: string }[] = [];
  for (const { items, expression } of singles) {
    const item = items[0]!;
    if (item.index !== undefined) {
      const before = indexed.get(item.index);
      indexed.set(item.index, before ? { ...item, descriptor: merged(item.descriptor, before.descriptor) } : item);
      continue;
    }
    const before = inOrder.at(-1);
    if (
      before !== undefined &&
      expression !== '' &&
      before.expression === expression &&
      agree(before.item.descriptor, item.descriptor)
    ) {
      before.item = { descriptor: merged(item.descriptor, before.item.descriptor) };
    } else inOrder.push({ item, expression });
  }
  const sorted = [...indexed.values()].sort((a, b) => a.index! - b.index!);
  return [sorted, inOrder.map((o) => o.item)].filter((items) => items.length > 0).map((items) => together(items, singles));
}

function together(items: readonly Listed[], singles: readonly Listing[]): Listing {
  const parts = singles.filter((s) => items.some((i) => i.descriptor.where === s.items[0]!.descriptor.where));
  const first = parts[0]!.where;
  const last = parts.at(-1)!.where;
  const where: TextRange = { ...first, endLine: last.endLine, endColumn: last.endColumn };
  return { kind: 'single', items, missing: 'nothing', where, expression: '', problems: [] };
}

/** Do two printings say the same where both say something? */
function agree(a: Descriptor, b: Descriptor): boolean {
  for (const [name, field] of Object.entries(a.fields)) {
    const other = b.fields[name as FieldName];
    if (other?.value !== undefined && field.value !== undefined && other.value !== field.value) return false;
  }
  return a.name === undefined || b.name === undefined || a.name === b.name;
}

/** `later`, with what only `earlier` says if they agree. */
function merged(later: Descriptor, earlier: Descriptor): Descriptor {
  if (!agree(later, earlier)) return later;
  const fields: Partial<Record<FieldName, Field>> = { ...earlier.fields, ...later.fields };
  const era = later.fields.pg_count ? later.era : earlier.fields.pg_count ? earlier.era : later.era;
  const name = later.name ?? earlier.name;
  return { ...later, era, fields, ...(name !== undefined && { name }) };
}

function enriched(descriptor: Descriptor, index: number, others: readonly Listing[]): Descriptor {
  let whole = descriptor;
  for (const other of others) {
    const same = itemAt(other, index);
    if (same !== undefined) whole = merged(whole, same.descriptor);
  }
  return whole;
}

/** The descriptor of the kernel's region `index` in a printing. Arrays hold a run of regions, singles any. */
function itemAt({ kind, items }: Listing, index: number): Listed | undefined {
  if (kind === 'single') return items.find((item, i) => (item.index ?? i) === index);
  return items[index - (items[0]!.index ?? 0)];
}

/** Broken printings listed at most. */
const MAX_BROKEN = 20;

/** Printings that break off: an error where it is the one that counts. */
function brokenOnes(listings: readonly Listing[], chosen: Listing | undefined): Problem[] {
  return listings
    .filter((l) => l.missing === 'cut')
    .slice(0, MAX_BROKEN)
    .map((l) => ({
      severity: l === chosen || chosen === undefined ? 'error' : 'warning',
      code: 'cut-off',
      message: `the printing breaks off here: expected the rest of a value, found the end or something else; ${count(l.items.length)} before it ${l.items.length === 1 ? 'is' : 'are'} whole`,
      where: l.missingAt ?? l.where,
    }));
}

function missingOnes(chosen: Listing, expected: number | undefined): Problem[] {
  if (expected === undefined ? chosen.missing !== 'elided' : chosen.items.length >= expected) return [];
  const [has, of] = [chosen.items.length, expected === undefined ? 'more' : String(expected)];
  const missing = expected === undefined ? '' : `: ${expected - has} missing`;
  const advice =
    chosen.missing === 'elided' && chosen.kind === 'array'
      ? '; GDB left the rest out, "set print elements unlimited" shows it'
      : '';
  return [
    {
      severity: 'warning',
      code: chosen.missing === 'elided' ? 'elided' : 'incomplete',
      message: `${count(has)} of ${of} printed${missing}${advice}`,
      where: chosen.missingAt ?? chosen.where,
    },
  ];
}

function severalOnes(chosen: Listing, others: readonly Listing[]): Problem[] {
  if (others.length === 0) return [];
  const differ = others.flatMap((other) => {
    const at = chosen.items.findIndex(
      (item, i) => other.items[i] !== undefined && !agree(item.descriptor, other.items[i].descriptor),
    );
    return at < 0 ? [] : [`${lines(other.where)} say something else about region ${at}`];
  });
  const message = `the list is printed ${others.length + 1} times; taken ${chosen.where.line === chosen.where.endLine ? 'is' : 'are'} ${lines(chosen.where)}${differ.length > 0 ? `, but ${differ.join(', ')}` : ''}`;
  return [{ severity: differ.length > 0 ? 'warning' : 'info', code: 'several-printings', message, where: chosen.where }];
}

function lines({ line, endLine }: TextRange): string {
  return line === endLine ? `line ${line + 1}` : `lines ${line + 1} to ${endLine + 1}`;
}

function count(n: number): string {
  return n === 1 ? '1 descriptor' : `${n} descriptors`;
}
