import { FIELD_NAMES } from '../../regions/descriptor';
import type { Descriptor, Era, Field, FieldName, Hints, RegionMap } from '../../regions/descriptor';
import { ERA_PROFILES, eraOf } from '../../regions/eras';
import type { Problem } from '../../regions/problem';
import { choicesFor, MOST_CHOICES } from './choices';
import type { Choice } from './choices';
import { eraOfMembers } from './declarations';
import type { Draft, Notice, Values } from './draft';
import { readMacroStatements, readStatements } from './function-body';
import { readInitializers } from './initializer';
import type { Parsed } from './parsed';
import { splitItems } from './items';
import type { Item } from './items';
import { LineIndex } from './scan';
import { Source } from './source';
import type { CContext } from './source';
import { parse } from './syntax';
import { exclude, mergeReadings } from './variants';
import type { Variant } from './variants';

/** Characters given to the parser at most, in all and of one function or declaration: some seconds. Real files have a hundredth of that. */
const MOST_PARSED = 2_000_000;
const LONGEST_ITEM = 1_000_000;
/** Deeper nesting than any code has; the walks over the tree are recursive. */
const DEEPEST = 250;
const MOST_PROBLEMS = 200;
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
  private readonly notices: Notice[] = [];
  private readonly noticed = new Set<string>();
  private parsedSoFar = 0;

  constructor(text: string, context: CContext) {
    this.text = text;
    this.context = context;
    this.source = new Source(text, context);
    this.lines = new LineIndex(text);
  }

  read(): RegionMap {
    const { scan, preprocessor } = this.source;
    for (const { what, at } of scan.open) {
      const message = what === 'comment' ? 'This comment is never closed' : 'This string is not closed on its line';
      this.notice({
        severity: what === 'comment' ? 'error' : 'warning',
        code: 'cut-off',
        message,
        from: at,
        to: Math.min(at + 2, this.text.length),
      });
    }
    for (const { from } of preprocessor.unclosed) {
      this.notice({ severity: 'error', code: 'cut-off', message: 'This #if has no #endif', from, to: from + 1 });
    }
    for (const { name, from, to } of preprocessor.stray) {
      this.notice({ severity: 'error', code: 'unbalanced', message: `This #${name} has no #if`, from, to });
    }
    const variants = this.interesting(splitItems(scan.shape, scan.directives)).flatMap((item) => this.readItem(item));
    variants.sort((a, b) => a.draft.from - b.draft.from || a.draft.to - b.draft.to);
    const excluded = exclusions(variants);
    const descriptors = variants.map((v, i) => {
      const made = this.descriptor(v);
      const excludes = excluded.get(i);
      return excludes === undefined ? made : { ...made, excludes };
    });
    const hints = this.hints(descriptors);
    return { kind: 'c', descriptors, hints, problems: this.problems() };
  }

  private notice = (notice: Notice): void => {
    const key = `${notice.code} ${notice.from} ${notice.message}`;
    if (this.noticed.has(key)) return;
    this.noticed.add(key);
    this.notices.push(notice);
  };

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
      this.notice({
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
      this.notice({ severity: 'warning', code: 'too-many-conditions', message, ...head(item) });
    }
    const errors = new Set<number>();
    const readings = choices.map((choice) => this.readChoice(item, choice, errors));
    const variants = mergeReadings(choices, readings, preprocessor.groups);
    this.damage(item, variants, errors);
    return variants;
  }

  private readChoice(item: Item, choice: Choice, errors: Set<number>): Draft[] {
    if (this.parsedSoFar > MOST_PARSED) {
      this.notice({
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
      this.notice({
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
      notice: (n) => this.notice({ ...n, from: n.from + item.from, to: n.to + item.from }),
    };
    const parsed: Parsed = { base: 0, values, declarations: this.source.declarations, era: this.source.era };
    const body = readStatements(parsed, top);
    if (body.cutShort) {
      const message = 'Too many combinations of if conditions lead to different descriptors; some are not shown';
      this.notice({ severity: 'warning', code: 'too-many-conditions', message, ...head(item) });
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
      this.notice({ severity: item.unclosed ? 'error' : 'warning', code: 'cut-off', message, ...head(item) });
    }
    for (const at of errors) {
      const inside = (x: { readonly from: number; readonly to: number } | undefined): boolean =>
        x !== undefined && x.from <= at && at <= x.to;
      // Inside a value the parser's opinion does not count: values are evaluated, and those that cannot be are told of.
      const inValue = ({ draft }: Variant): boolean => inside(draft.name) || [...draft.fields.values()].some(inside);
      if (!variants.some(({ draft }) => inside(draft)) || variants.some(inValue)) continue;
      const text = this.text.slice(at, at + 20).split(/\s/)[0] ?? '';
      this.notice({
        severity: 'warning',
        code: 'syntax',
        message: `${text === '' ? 'What stands here' : text} is not understood as C`,
        from: at,
        to: at + Math.max(1, text.length),
      });
    }
  }

  private descriptor({ draft, condition, fieldConditions }: Variant): Descriptor {
    const era = this.eraOf(draft);
    const where = this.lines.range(draft.from, draft.to);
    if (draft.guess !== undefined) {
      const message = `The order of these values is a guess: taken as ${orderText(era)}; give the release to be sure`;
      this.notice({ severity: 'info', code: 'era-guess', message, from: draft.from, to: draft.to });
    }
    const fields: Partial<Record<FieldName, Field>> = {};
    const own = layoutOf(era).fields;
    for (const name of FIELD_NAMES) {
      const field = draft.fields.get(name);
      const layout = own.find((f) => f.name === name);
      if (field === undefined) {
        if (draft.zeroed && layout !== undefined) fields[name] = { value: 0n, text: '0' };
        continue;
      }
      const at = { from: field.from, to: field.to };
      if (layout === undefined) {
        this.notice({
          severity: 'warning',
          code: 'unknown-field',
          message: `${name} is no member of the ${era} descriptor (${orderText(era)})`,
          ...at,
        });
      }
      for (const warning of field.warnings)
        this.notice({ severity: 'warning', code: 'overflow', message: `${name}: ${warning}`, ...at });
      const onlyIf = fieldConditions.get(name);
      if (onlyIf !== undefined)
        this.notice({ severity: 'info', code: 'conditional-field', message: `${name} is set only if ${onlyIf}`, ...at });
      const base: Field = { text: field.text, where: this.lines.range(field.from, field.to) };
      const made = onlyIf === undefined ? base : { ...base, condition: onlyIf };
      if (field.value === undefined) {
        this.notice({
          severity: 'info',
          code: 'unknown-value',
          message: `${name} cannot be known from the source: ${field.unknown ?? ''}`,
          ...at,
        });
        fields[name] = made;
      } else {
        fields[name] = { ...made, value: this.stored(name, field.value, (layout?.bytes ?? 8) * 8, at) };
      }
    }
    const descriptor: Descriptor = { era, fields, where, ...(condition === undefined ? {} : { condition }) };
    const name = draft.name?.text;
    if (draft.name !== undefined && name === undefined) {
      this.notice({
        severity: 'info',
        code: 'unknown-value',
        message: 'The name cannot be known from the source: it is no string literal',
        from: draft.name.from,
        to: draft.name.to,
      });
    }
    return name === undefined || name === '' ? descriptor : { ...descriptor, name };
  }

  /** The value as the member holds it. */
  private stored(name: FieldName, value: bigint, bits: number, at: { from: number; to: number }): bigint {
    const stored = BigInt.asUintN(bits, value);
    if (bits < 64 && stored !== value && BigInt.asIntN(bits, value) !== value) {
      this.notice({
        severity: 'warning',
        code: 'overflow',
        message: `${name} has ${bits} bits and holds 0x${stored.toString(16)} of this`,
        ...at,
      });
    }
    return stored;
  }

  private eraOf(draft: Draft): Era {
    const own = eraOfMembers(new Set(draft.fields.keys()));
    if (own === 'classic' || own === 'paged') return own;
    if (draft.guess !== undefined) return draft.guess;
    const file = this.source.era;
    if (own === undefined) return file ?? 'paged';
    return file === 'paged' ? file : own;
  }

  private hints(descriptors: readonly Descriptor[]): Hints {
    const first = descriptors[0];
    const { release } = this.context;
    if (first === undefined) return {};
    if (release !== undefined) {
      const other = descriptors.find((d) => d.era !== eraOf(release));
      const message = `These descriptors are those of ${eraReleases(other?.era ?? first.era)}, not of ${release}`;
      if (other !== undefined) this.problemAt(other, 'warning', 'era-mismatch', message);
      return {};
    }
    if (first.era === 'paged') return {};
    const assumed = this.source.release;
    if (eraOf(assumed) !== first.era) return {};
    this.problemAt(
      first,
      'info',
      'release-assumed',
      `The members are those of ${eraReleases(first.era)}; ${assumed} is assumed. Name the release to change that`,
    );
    return { release: assumed };
  }

  private problemAt(d: Descriptor, severity: Notice['severity'], code: string, message: string): void {
    this.extra.push({ severity, code, message, ...(d.where === undefined ? {} : { where: d.where }) });
  }

  private readonly extra: Problem[] = [];

  private problems(): Problem[] {
    const sorted = [...this.notices].sort((a, b) => a.from - b.from);
    const made = sorted.map(({ severity, code, message, from, to }): Problem => ({
      severity,
      code,
      message,
      where: this.lines.range(from, to),
    }));
    const all = [...this.extra, ...made];
    if (all.length <= MOST_PROBLEMS) return all;
    const rank = { error: 0, warning: 1, info: 2 };
    const kept = [...all].sort((a, b) => rank[a.severity] - rank[b.severity]).slice(0, MOST_PROBLEMS);
    return [
      ...all.filter((p) => kept.includes(p)),
      { severity: 'info', code: 'too-many-problems', message: `${all.length - MOST_PROBLEMS} more problems are not listed` },
    ];
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

function layoutOf(era: Era): (typeof ERA_PROFILES)[number]['layout'] {
  return ERA_PROFILES.find((p) => p.era === era)!.layout;
}

function orderText(era: Era): string {
  return [...layoutOf(era).fields.map((f) => f.name), 'name'].join(', ');
}

function eraReleases(era: Era): string {
  return era === 'classic' ? 'releases up to 0.11' : era === 'typed' ? 'releases 0.12 to 0.16' : 'releases from 0.17 on';
}
