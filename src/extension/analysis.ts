// One input, read and judged: its descriptors, what is wrong with each, and what ukboot would do with it.

import type { Decision } from '../boot/decision';
import { regionSentences } from '../explain/regions';
import { resolveMap } from '../firmware/resolve';
import { checkDescriptors } from '../regions/checks';
import type { DescriptorProblem } from '../regions/checks';
import { FIELD_NAMES } from '../regions/descriptor';
import type { Descriptor, RegionMap } from '../regions/descriptor';
import type { TextRange } from '../regions/problem';
import { Simulation, cannotSimulate } from '../timeline/simulation';
import type { Choices } from '../timeline/choices';

/** A descriptor that stands somewhere in the text. */
export interface Placed {
  readonly descriptor: Descriptor;
  /** Its index in the map; undefined when the map has no such region. */
  readonly index?: number;
}

export class Analysis {
  /** With the list that the boot works on, also where it is made from a firmware's map. */
  readonly map: RegionMap;
  readonly choices: Choices;
  /** What was assumed, in few words each. */
  readonly assumed: readonly string[];
  readonly problems: readonly DescriptorProblem[];
  /** Further printings of the same list: a debugger's transcript shows it many times. */
  private readonly printedElsewhere: readonly Descriptor[];
  private booted: readonly Decision[] | undefined;

  constructor(map: RegionMap, choices: Choices, assumed: readonly string[], printedElsewhere: readonly Descriptor[] = []) {
    this.printedElsewhere = printedElsewhere;
    this.map = resolveMap(map, choices).map;
    this.choices = choices;
    this.assumed = assumed;
    this.problems = checkDescriptors(this.map, choices.release, choices.arch, choices.config);
  }

  /** The innermost descriptor at a place of the text. */
  descriptorAt(line: number, column: number): Placed | undefined {
    const listed = innermost(this.map.descriptors, line, column);
    if (listed !== undefined) return { descriptor: listed, index: this.map.descriptors.indexOf(listed) };
    const descriptor = innermost(this.printedElsewhere, line, column);
    if (descriptor === undefined) return undefined;
    const index = this.map.descriptors.findIndex((d) => sameValues(d, descriptor));
    return index < 0 ? { descriptor } : { descriptor, index };
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
    const simulation = Simulation.create({ map: this.map, ...this.choices, workload: [] });
    return regionSentences(simulation).map(({ region, kind, text }) => ({ region, kind, reason: text }));
  }
}

function innermost(descriptors: readonly Descriptor[], line: number, column: number): Descriptor | undefined {
  let found: Descriptor | undefined;
  for (const descriptor of descriptors) {
    const { where } = descriptor;
    if (where === undefined || !holds(where, line, column)) continue;
    if (found?.where === undefined || within(where, found.where)) found = descriptor;
  }
  return found;
}

/** Do two printings agree on every field that both know? */
function sameValues(a: Descriptor, b: Descriptor): boolean {
  let shared = 0;
  for (const name of FIELD_NAMES) {
    const [x, y] = [a.fields[name]?.value, b.fields[name]?.value];
    if (x === undefined || y === undefined) continue;
    if (x !== y) return false;
    shared++;
  }
  return shared >= 2;
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
