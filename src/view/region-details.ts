// The detail pane where no block is selected: the region that an address lies in, with the fields of its descriptor and what became of it.

import type { Decision } from '../boot/decision';
import type { Descriptor, FieldName, RegionMap } from '../regions/descriptor';
import { FIELD_NAMES } from '../regions/descriptor';
import { flagNames, profileOfEra, typeName } from '../regions/eras';
import type { EraProfile } from '../regions/eras';
import type { Release } from '../regions/release';
import type { FindingRow } from './frame/frame';
import { bytesText, countText, groupedAddress, hex, sizeText } from './numbers';
import { regionAt, regionSpans } from './spans';
import type { RegionSpan } from './spans';

export interface RegionField {
  readonly name: string;
  /** As stored: `0x180000`, `15967`; the text of the source where no number is known. */
  readonly value: string;
  /** What that is: `62.4 MiB`, `READ | WRITE`; empty where the value says it. */
  readonly meaning: string;
}

export interface RegionDetails {
  /** Undefined for memory of which no descriptor tells. */
  readonly index?: number;
  readonly base: string;
  /** `Region 9, free rw-`. */
  readonly title: string;
  /** `62.4 MiB · 15 967 pages`; empty above the last region. */
  readonly size: string;
  /** `0x0018 0000 – 0x03fd f000`. */
  readonly range: string;
  /** What became of it and why, or between which regions the memory lies. */
  readonly says: string;
  /** Has the boot come to it, so that there is a card that says why? */
  readonly decided: boolean;
  /** Was free memory that the kernel did not get? */
  readonly lost: boolean;
  readonly fields: readonly RegionField[];
  readonly findings: readonly FindingRow[];
}

interface Listed {
  readonly map: RegionMap;
  readonly release: Release;
  readonly hasHeap: boolean;
  /** As of the cursor. */
  readonly decisions: readonly Decision[];
  readonly findings: readonly FindingRow[];
}

/** The region at an address, or the gap around it. Undefined without a list. */
export function regionDetails(
  { map, release, hasHeap, decisions, findings }: Listed,
  address: bigint,
): RegionDetails | undefined {
  if (map.descriptors.length === 0) return undefined;
  const spans = regionSpans(map, release);
  const span = regionAt(spans, address);
  if (span === undefined) return gapDetails(spans, address);
  const descriptor = map.descriptors[span.index]!;
  const decision = decisions.find((d) => d.region === span.index);
  const name = descriptor.name === undefined || descriptor.name === '' ? '' : ` “${descriptor.name}”`;
  return {
    index: span.index,
    base: hex(span.base),
    title: `Region ${String(span.index)}, ${span.look} ${span.permissions}${name}`,
    size: spanSize(span.end - span.base),
    range: rangeOf(span.base, span.end),
    says: saysOf(decision, span.look === 'free' && hasHeap),
    decided: decision !== undefined,
    lost: decision?.kind === 'failed',
    fields: fieldsOf(descriptor, profileOfEra(descriptor.era, release)),
    findings: findings.filter((f) => f.address !== '' && regionAt([span], BigInt(f.address)) !== undefined),
  };
}

/** What became of it; that it is lost is said apart. */
function saysOf(decision: Decision | undefined, unused: boolean): string {
  if (decision === undefined) return unused ? 'The heap has no memory in it.' : '';
  const text = decision.reason.replace(/^Lost: /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function gapDetails(spans: readonly RegionSpan[], address: bigint): RegionDetails {
  const [before] = spans.filter((s) => s.end <= address).sort((a, b) => (a.end < b.end ? 1 : -1));
  const after = spans.find((s) => s.base > address);
  const base = before?.end ?? 0n;
  const where = [before && `above region ${String(before.index)}`, after && `below region ${String(after.index)}`];
  return {
    base: hex(address),
    title: 'No region',
    size: after === undefined ? '' : spanSize(after.base - base),
    range: after === undefined ? `from ${groupedAddress(base)} on` : rangeOf(base, after.base),
    says: `No descriptor tells of the memory at ${hex(address)}: it lies ${where.filter((w) => w !== undefined).join(' and ')}.`,
    decided: false,
    lost: false,
    fields: [],
    findings: [],
  };
}

function rangeOf(base: bigint, end: bigint): string {
  return `${groupedAddress(base)} – ${end === 1n << 64n ? '2^64' : groupedAddress(end)}`;
}

function spanSize(bytes: bigint): string {
  const exact = bytes % 4096n === 0n && bytes > 0n;
  return `${sizeText(bytes)} · ${exact ? `${countText(bytes / 4096n)} page${bytes === 4096n ? '' : 's'}` : bytesText(bytes)}`;
}

function fieldsOf({ fields }: Descriptor, profile: EraProfile): RegionField[] {
  return FIELD_NAMES.flatMap((name): RegionField[] => {
    const field = fields[name];
    if (field === undefined) return [];
    if (field.value === undefined) return [{ name, value: field.text, meaning: 'not known from the source' }];
    return [{ name, ...valueOf(name, field.value, profile) }];
  });
}

function valueOf(name: FieldName, value: bigint, profile: EraProfile): Omit<RegionField, 'name'> {
  switch (name) {
    case 'len':
      return { value: hex(value), meaning: bytesText(value) };
    case 'pg_off':
      return { value: String(BigInt.asIntN(64, value)), meaning: 'bytes from the page’s start' };
    case 'pg_count':
      return { value: String(value), meaning: `${hex(value * 4096n)} bytes` };
    case 'type':
      return { value: hex(value), meaning: typeName(Number(value), profile) };
    case 'flags':
      return { value: hex(value), meaning: flagNames(Number(value), profile).join(' | ') || 'none' };
    default:
      return { value: hex(value), meaning: '' };
  }
}
