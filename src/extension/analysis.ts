// One input, read and judged: its descriptors, what is wrong with each, and what ukboot would do with it.

import type { Decision } from '../boot/decision';
import { checkDescriptors } from '../regions/checks';
import type { DescriptorProblem } from '../regions/checks';
import type { RegionMap } from '../regions/descriptor';
import type { TextRange } from '../regions/problem';
import { Simulation, cannotSimulate } from '../timeline/simulation';
import type { Choices } from '../timeline/choices';

export class Analysis {
  readonly map: RegionMap;
  readonly choices: Choices;
  /** What was assumed, in few words each. */
  readonly assumed: readonly string[];
  readonly problems: readonly DescriptorProblem[];
  private booted: readonly Decision[] | undefined;

  constructor(map: RegionMap, choices: Choices, assumed: readonly string[]) {
    this.map = map;
    this.choices = choices;
    this.assumed = assumed;
    this.problems = checkDescriptors(map, choices.release, choices.arch, choices.config);
  }

  /** Index of the innermost descriptor at a place of the text. */
  descriptorAt(line: number, column: number): number | undefined {
    let found: number | undefined;
    let smallest: TextRange | undefined;
    for (const [index, { where }] of this.map.descriptors.entries()) {
      if (where === undefined || !holds(where, line, column)) continue;
      if (smallest !== undefined && !within(where, smallest)) continue;
      found = index;
      smallest = where;
    }
    return found;
  }

  problemsOf(index: number): readonly DescriptorProblem[] {
    return this.problems.filter((problem) => problem.descriptor === index);
  }

  /** What ukboot would do with a region; undefined when this boot cannot be simulated. Boots once, on the first question. */
  decisionOn(index: number): Decision | undefined {
    this.booted ??= this.boot();
    return this.booted.find((decision) => decision.region === index);
  }

  private boot(): readonly Decision[] {
    if (cannotSimulate(this.choices) !== undefined) return [];
    return Simulation.create({ map: this.map, ...this.choices, workload: [] }).decisions();
  }
}

function holds(range: TextRange, line: number, column: number): boolean {
  return !before(line, column, range.line, range.column) && !before(range.endLine, range.endColumn, line, column);
}

function within(inner: TextRange, outer: TextRange): boolean {
  return holds(outer, inner.line, inner.column) && holds(outer, inner.endLine, inner.endColumn);
}

function before(line: number, column: number, otherLine: number, otherColumn: number): boolean {
  return line < otherLine || (line === otherLine && column < otherColumn);
}
