// What the reader has to say of a source, each thing once, by offsets until the end.

import type { Problem } from '../../regions/problem';
import type { Notice } from './draft';
import type { LineIndex } from './scan';

const MOST_PROBLEMS = 200;

export class Notices {
  private readonly lines: LineIndex;
  private readonly notices: Notice[] = [];
  private readonly noticed = new Set<string>();

  constructor(lines: LineIndex) {
    this.lines = lines;
  }

  add = (notice: Notice): void => {
    const key = `${notice.code} ${notice.from} ${notice.message}`;
    if (this.noticed.has(key)) return;
    this.noticed.add(key);
    this.notices.push(notice);
  };

  /** All of it in the order of the source, after what concerns it as a whole; of too many the gravest. */
  problems(whole: readonly Problem[]): Problem[] {
    const sorted = [...this.notices].sort((a, b) => a.from - b.from);
    const made = sorted.map(({ severity, code, message, from, to }): Problem => ({
      severity,
      code,
      message,
      where: this.lines.range(from, to),
    }));
    const all = [...whole, ...made];
    if (all.length <= MOST_PROBLEMS) return all;
    const rank = { error: 0, warning: 1, info: 2 };
    const kept = [...all].sort((a, b) => rank[a.severity] - rank[b.severity]).slice(0, MOST_PROBLEMS);
    return [
      ...all.filter((p) => kept.includes(p)),
      { severity: 'info', code: 'too-many-problems', message: `${all.length - MOST_PROBLEMS} more problems are not listed` },
    ];
  }
}
