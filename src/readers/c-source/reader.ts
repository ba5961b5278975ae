// A C source as a whole: what is parsed of it, each combination of its #if arms, and the descriptors that come out.

import type { RegionMap } from '../../regions/descriptor';
import { choicesFor, MOST_CHOICES } from './choices';
import type { Choice } from './choices';
import type { Draft, Values } from './draft';
import { readMacroStatements, readStatements } from './function-body';
import { readInitializers } from './initializer';
import { splitItems } from './items';
import type { Item } from './items';
import { Notices } from './notices';
import type { Parsed } from './parsed';
import { LineIndex } from './scan';
import { Source } from './source';
import type { CContext } from './source';
import { DescriptorMaker, hintsOf } from './stored-descriptor';
import { parse } from './syntax';
import { exclude, mergeReadings } from './variants';
import type { Variant } from './variants';

/** Characters given to the parser at most, in all and of one function or declaration: some seconds. Real files have a hundredth of that. */
const MOST_PARSED = 2_000_000;
const LONGEST_ITEM = 1_000_000;
/** Deeper nesting than any code has; the walks over the tree are recursive. */
const DEEPEST = 250;
/** Descriptors under conditions that are held against each other, all with all. */
const MOST_CONDITIONAL = 400;

/** Reads every region descriptor of a C source. Never throws; what could not be read is in the problems. */
export function readCSource(text: string, context: CContext): RegionMap {
  return new CReader(text, context).read();
}

class CReader {
  private readonly text: string;
  private readonly context: CContext;
  private readonly source: Source;
  private readonly lines: LineIndex;
  private readonly notices: Notices;
  private parsedSoFar = 0;

  constructor(text: string, context: CContext) {
    this.text = text;
    this.context = context;
    this.source = new Source(text, context);
    this.lines = new LineIndex(text);
    this.notices = new Notices(this.lines);
  }

  read(): RegionMap {
    const { scan, preprocessor } = this.source;
    for (const { what, at } of scan.open) {
      const message = what === 'comment' ? 'This comment is never closed' : 'This string is not closed on its line';
      this.notices.add({
        severity: what === 'comment' ? 'error' : 'warning',
        code: 'cut-off',
        message,
        from: at,
        to: Math.min(at + 2, this.text.length),
      });
    }
    for (const { from } of preprocessor.unclosed) {
      this.notices.add({ severity: 'error', code: 'cut-off', message: 'This #if has no #endif', from, to: from + 1 });
    }
    for (const { name, from, to } of preprocessor.stray) {
      this.notices.add({ severity: 'error', code: 'unbalanced', message: `This #${name} has no #if`, from, to });
    }
    const variants = this.interesting(splitItems(scan.shape, scan.directives)).flatMap((item) => this.readItem(item));
    variants.sort((a, b) => a.draft.from - b.draft.from || a.draft.to - b.draft.to);
    const excluded = exclusions(variants);
    const maker = new DescriptorMaker(this.source, this.lines, this.notices);
    const descriptors = variants.map((v, i) => {
      const made = maker.descriptor(v);
      const excludes = excluded.get(i);
      return excludes === undefined ? made : { ...made, excludes };
    });
    const { hints, problems } = hintsOf(descriptors, this.context.release, this.source.release);
    return { kind: 'c', descriptors, hints, problems: this.notices.problems(problems) };
  }

  /** The items in which a descriptor can stand. */
  private interesting(items: readonly Item[]): Item[] {
    const { shape } = this.source.scan;
    const aliases = [...this.source.declarations.typeNames, ...this.source.descriptorMacros].join('|');
    const sign = new RegExp(`\\b(?:base|pbase|vbase|pg_off|pg_count|mrds?|\\w{0,40}memregion\\w*|${aliases})\\b`, 'g');
    const chosen: Item[] = [];
    for (const item of items) {
      sign.lastIndex = item.from;
      const found = sign.exec(shape);
      if (found === null) break;
      if (found.index < item.to) chosen.push(item);
    }
    return chosen;
  }

  private readItem(item: Item): Variant[] {
    const { scan, preprocessor } = this.source;
    if (item.depth > DEEPEST) {
      this.notices.add({
        severity: 'error',
        code: 'too-deep',
        message: `Brackets are nested ${item.depth} deep here; this part is not read`,
        ...head(item),
      });
      return [];
    }
    const { choices, complete } = choicesFor(item, scan.code, preprocessor.groups);
    if (!complete) {
      const message = `More than ${MOST_CHOICES} combinations of #if conditions in one function; some are not shown`;
      this.notices.add({ severity: 'warning', code: 'too-many-conditions', message, ...head(item) });
    }
    const errors = new Set<number>();
    const readings = choices.map((choice) => this.readChoice(item, choice, errors));
    const variants = mergeReadings(choices, readings, preprocessor.groups);
    this.damage(item, variants, errors);
    return variants;
  }

  private readChoice(item: Item, choice: Choice, errors: Set<number>): Draft[] {
    if (this.parsedSoFar > MOST_PARSED) {
      this.notices.add({
        severity: 'error',
        code: 'too-long',
        message: 'The source is too long; what follows from here is not read',
        ...head(item),
      });
      return [];
    }
    const code = choice.code.slice(0, LONGEST_ITEM);
    if (code.length < choice.code.length) {
      const at = item.from + code.length;
      this.notices.add({
        severity: 'error',
        code: 'too-long',
        message: 'This is too long; it is read up to here',
        from: at,
        to: at + 1,
      });
    }
    this.parsedSoFar += code.length;
    const top = parse(code).topNode;
    const values: Values = {
      // Offsets of the whole text, with this choice's arms only.
      code,
      environmentAt: (offset) => this.source.environmentAt(offset + item.from, choice.decisions),
      notice: (n) => this.notices.add({ ...n, from: n.from + item.from, to: n.to + item.from }),
    };
    const parsed: Parsed = { base: 0, values, declarations: this.source.declarations, era: this.source.era };
    const body = readStatements(parsed, top);
    if (body.cutShort) {
      const message = 'Too many combinations of if conditions lead to different descriptors; some are not shown';
      this.notices.add({ severity: 'warning', code: 'too-many-conditions', message, ...head(item) });
    }
    const initializers = readInitializers(parsed, top, body.claimed);
    const made = readMacroStatements(parsed, top, this.source.descriptorMacros);
    const drafts = [...body.drafts, ...initializers, ...made].sort((a, b) => a.from - b.from);
    if (drafts.length > 0 || item.unclosed) {
      const cursor = top.cursor();
      do if (cursor.type.isError && errors.size < 1000) errors.add(cursor.from + item.from);
      while (cursor.next());
    }
    return drafts.map((d) => moved(d, item.from));
  }

  /** Says where what was read, or would have been, is damaged. */
  private damage(item: Item, variants: readonly Variant[], errors: ReadonlySet<number>): void {
    const { shape } = this.source.scan;
    const last = shape.slice(item.from, item.to).trimEnd().at(-1);
    const concerned = variants.length > 0 || /memregion_desc|(?:\.|->)\s*[pv]?base\b/.test(shape.slice(item.from, item.to));
    if (concerned && (item.unclosed || (last !== ';' && last !== '}'))) {
      const message = item.unclosed
        ? 'A closing brace is missing: the text ends, or goes on with something else, before this ends'
        : 'The text ends in the middle of this';
      this.notices.add({ severity: item.unclosed ? 'error' : 'warning', code: 'cut-off', message, ...head(item) });
    }
    for (const at of errors) {
      const inside = (x: { readonly from: number; readonly to: number } | undefined): boolean =>
        x !== undefined && x.from <= at && at <= x.to;
      // Inside a value the parser's opinion does not count: values are evaluated, and those that cannot be are told of.
      const inValue = ({ draft }: Variant): boolean => inside(draft.name) || [...draft.fields.values()].some(inside);
      if (!variants.some(({ draft }) => inside(draft)) || variants.some(inValue)) continue;
      const text = this.text.slice(at, at + 20).split(/\s/)[0] ?? '';
      this.notices.add({
        severity: 'warning',
        code: 'syntax',
        message: `${text === '' ? 'What stands here' : text} is not understood as C`,
        from: at,
        to: at + Math.max(1, text.length),
      });
    }
  }
}

/** Which variants contradict which, by index; only those with a condition can. */
function exclusions(variants: readonly Variant[]): Map<number, number[]> {
  const conditional = variants.flatMap((v, i) => (v.condition === undefined ? [] : [i])).slice(0, MOST_CONDITIONAL);
  const found = new Map<number, number[]>();
  for (const i of conditional) {
    const others = conditional.filter((j) => j !== i && exclude(variants[i]!, variants[j]!));
    if (others.length > 0) found.set(i, others);
  }
  return found;
}

function moved(draft: Draft, by: number): Draft {
  const move = <T extends { readonly from: number; readonly to: number }>(x: T): T => ({
    ...x,
    from: x.from + by,
    to: x.to + by,
  });
  const fields = new Map([...draft.fields].map(([n, f]) => [n, move(f)]));
  const branches = (draft.branches ?? []).map(move);
  const made = branches.length === 0 ? { ...move(draft), fields } : { ...move(draft), fields, branches };
  return draft.name === undefined ? made : { ...made, name: move(draft.name) };
}

/** The first characters of an item: enough to click on. */
function head(item: Item): { from: number; to: number } {
  return { from: item.from, to: Math.min(item.to, item.from + 40) };
}
