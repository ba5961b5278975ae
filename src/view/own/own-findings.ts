// What is wrong with the heap, for a pane in whose picture it would be missed.

import { hex } from '../numbers';
import type { HeapSnapshot } from '../../snapshot/snapshot';

/** Findings that are written out. */
const MOST = 6;

export interface OwnFinding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly address: string;
}

export function findingsOf({ findings }: HeapSnapshot): OwnFinding[] {
  const wrong = findings.flatMap(({ severity, message, address }): OwnFinding[] =>
    severity === 'info' ? [] : [{ severity, message, address: address === undefined ? '' : hex(address) }],
  );
  const errors = wrong.filter((f) => f.severity === 'error');
  const shown = [...errors, ...wrong.filter((f) => f.severity === 'warning')].slice(0, MOST);
  const rest = wrong.length - shown.length;
  return rest === 0 ? shown : [...shown, { severity: 'warning', message: `and ${String(rest)} more findings`, address: '' }];
}
