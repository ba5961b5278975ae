// Where every byte that the firmware reported went: what the final list and the heap made of it, or why no list has it any more. The run
// that made the list says of each lost piece why (`firmware/types.ts`).

import type { ListRun, LossReason } from '../firmware/types';
import { conflictOf, ordered, PRECEDENCE, type LedgerKind } from './ledger-kinds';
import type { Ledger } from './ledger';
import { partition, type Interval } from './partition';

const TOP = 1n << 64n;

const LOST_AS: Readonly<Record<LossReason, LedgerKind>> = {
  'page-zero': 'page-zero',
  'too-small': 'too-small',
  'not-looked-at': 'not-looked-at',
  refused: 'not-inserted',
  overlapped: 'overlapped',
  duplicate: 'overlapped',
  'merge-defect': 'merge-defect',
  rounding: 'rounding',
  'outside-mapping': 'outside-mapping',
};

/** What was carved out of free memory, under the heading that it is for and not that of its type. */
const CARVED: Readonly<Record<string, LedgerKind>> = {
  'scratch command line': 'cmdline',
  'command line': 'cmdline',
  stack: 'stack',
};

/** Everything of the list and the heap, and `entry` for what the firmware reported: bytes without it are not counted. */
type Claim = LedgerKind | 'entry' | 'elsewhere';

/**
 * @param list what the regions of the final list and the blocks of the heap claim
 */
export function firmwareLedger(run: ListRun, list: readonly Interval<LedgerKind>[]): Ledger {
  const claims: Interval<Claim>[] = [...list, ...carvings(run), ...losses(run), ...held(run), ...entriesOf(run, () => true)];
  const settle = (open: ReadonlySet<Claim>): Claim | undefined => {
    if (!open.has('entry')) return 'elsewhere';
    return conflictOf(open as ReadonlySet<LedgerKind>) ?? (open.size === 1 ? 'unexplained' : undefined);
  };
  const { total, bytes } = partition<Claim>(claims, PRECEDENCE, settle);
  const counted = [...bytes].flatMap(([kind, count]) =>
    kind === 'elsewhere' || kind === 'entry' ? [] : [{ kind, bytes: count }],
  );
  const usable = partition(
    entriesOf(run, (kind) => kind === 'usable'),
    ['entry'],
  ).total;
  return { of: 'firmware', total: total - (bytes.get('elsewhere') ?? 0n), usable, entries: ordered(counted) };
}

/** The entries of the map themselves, for the bytes that are counted. */
function entriesOf({ firmware }: ListRun, wanted: (kind: string) => boolean): Interval<'entry'>[] {
  return firmware.entries
    .filter((e) => wanted(e.kind))
    .map(({ base, len }) => ({ base, end: base + len > TOP ? TOP : base + len, kind: 'entry' }));
}

/** Memory that an item of the final list took, also where its length does not say so: what was carved out takes whole pages. */
function held({ final }: ListRun): Interval<LedgerKind>[] {
  return final.flatMap(({ pieces }) =>
    pieces.map(({ base, end }): Interval<LedgerKind> => ({ base, end: end > TOP ? TOP : end, kind: 'page-rest' })),
  );
}

function losses({ lost, sources }: ListRun): Interval<LedgerKind>[] {
  return lost
    .filter((l) => sources[l.source]?.kind === 'entry')
    .map(({ base, end, reason }) => ({ base, end: end > TOP ? TOP : end, kind: LOST_AS[reason] }));
}

/** Items of the final list whose heading their type does not tell: what was carved out, and the legacy area. */
function carvings({ final, sources }: ListRun): Interval<LedgerKind>[] {
  return final.flatMap(({ region, pieces, carved }): Interval<LedgerKind>[] => {
    const kind = carved === undefined ? undefined : CARVED[carved];
    if (kind !== undefined) return [{ base: region.pbase + region.pgOff, end: region.pbase + region.pgOff + region.len, kind }];
    return pieces.filter((p) => sources[p.source]?.kind === 'legacy').map(({ base, end }) => ({ base, end, kind: 'legacy' }));
  });
}
