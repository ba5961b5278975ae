// What stands over a view whose program has gone on: that it runs or is being read, and of when what is shown is.

import { sizeText } from './numbers';
import type { Subject } from './subject';

export interface Banner {
  readonly kind: 'stale' | 'reading';
  readonly text: string;
  /** Share that was read, where it is known how much there is. */
  readonly share?: number;
}

export function bannerOf(subject: Subject): Banner | undefined {
  if (subject.kind !== 'dump') return undefined;
  const { reading, stale, stop } = subject;
  const shown = stop === undefined ? 'What is shown is of an earlier time.' : `Showing the ${stop}.`;
  if (reading !== undefined) {
    const { bytes, of } = reading;
    const share = of === undefined || of === 0 ? undefined : Math.min(1, bytes / of);
    const rest = of === undefined ? '' : ` of some ${sizeText(of)}, as at the last stop`;
    return { kind: 'reading', text: `Reading: ${sizeText(bytes)}${rest}. ${shown}`, ...(share !== undefined && { share }) };
  }
  if (stale === undefined) return undefined;
  return { kind: 'stale', text: stale.startsWith('running') ? `The target is running. ${shown}` : `Not up to date: ${shown}` };
}
