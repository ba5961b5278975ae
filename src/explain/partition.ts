// Every byte of a set of overlapping intervals under one heading: a sweep over their borders.

export interface Interval<K extends string> {
  readonly base: bigint;
  readonly end: bigint;
  readonly kind: K;
}

/**
 * @param precedence which kind gets a byte that several claim, first wins
 * @param settle decides before that, from all kinds that claim it
 * @returns bytes covered by any interval, and how many of them each kind got; the latter add up to the former
 */
export function partition<K extends string>(
  intervals: readonly Interval<K>[],
  precedence: readonly K[],
  settle: (open: ReadonlySet<K>) => K | undefined = () => undefined,
): { readonly total: bigint; readonly bytes: ReadonlyMap<K, bigint> } {
  const borders = intervals
    .filter((i) => i.end > i.base)
    .flatMap((i) => [
      { at: i.base, kind: i.kind, by: 1 },
      { at: i.end, kind: i.kind, by: -1 },
    ])
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const bytes = new Map<K, bigint>();
  const counts = new Map<K, number>();
  const open = new Set<K>();
  let total = 0n;
  let from = 0n;
  for (const { at, kind, by } of borders) {
    if (at > from && open.size > 0) {
      const winner = settle(open) ?? precedence.find((k) => open.has(k))!;
      bytes.set(winner, (bytes.get(winner) ?? 0n) + at - from);
      total += at - from;
    }
    from = at;
    const count = (counts.get(kind) ?? 0) + by;
    counts.set(kind, count);
    if (count === 0) open.delete(kind);
    else open.add(kind);
  }
  return { total, bytes };
}
