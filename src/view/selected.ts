// The detail pane: one block with the structures that describe it, byte by byte, and what people ask about it.

import type { AddressRange, Reader } from '../memory/reader';
import type { Block } from '../snapshot/blocks';
import type { HeapSnapshot, StructField, StructView } from '../snapshot/snapshot';
import { solidBytes } from './map/block-sums';
import { offsetsWithin } from './map/changed-bytes';
import { explainNotMerged } from './buddy';
import type { Merge } from './buddy';
import { classText } from './map/labels';
import { bytesText, countText, groupedAddress, hex, percentText, sizeText, UNKNOWN } from './numbers';
import type { FindingRow } from './frame/frame';
import type { Owner } from './time/owners';
import type { Cursor } from '../timeline/types';

/** Bytes of one field that are shown. */
const MAX_FIELD_BYTES = 16;
/** Bytes of the payload that are shown. */
const PAYLOAD_BYTES = 64;

export interface FieldRow {
  readonly address: string;
  /** `00 40 01 00 …`; `not in dump` where absent. */
  readonly bytes: string;
  readonly name: string;
  readonly value: string;
  /** Address that the value points to, when it is a pointer into memory. */
  readonly link: string;
  readonly note: string;
  /** Did the last step write it? */
  readonly changed: boolean;
  /** Which of the bytes shown are not what they were, counted from 0. */
  readonly differs: readonly number[];
}

export interface StructRows {
  readonly type: string;
  readonly address: string;
  readonly fields: readonly FieldRow[];
}

export interface Share {
  readonly label: string;
  readonly bytes: string;
  /** 0 … 1 of the block. */
  readonly share: number;
  readonly kind: 'header' | 'asked' | 'slack';
}

export interface SelectedView {
  readonly base: string;
  readonly end: string;
  /** `Free chunk, order 1`. */
  readonly title: string;
  /** `8 KiB · 2 pages`. */
  readonly size: string;
  /** `0x0018 8000 – 0x0018 a000`. */
  readonly range: string;
  readonly structs: readonly StructRows[];
  readonly findings: readonly Omit<FindingRow, 'address'>[];
  /** Where the bytes of a used block went. */
  readonly shares: readonly Share[];
  readonly shareText: string;
  readonly merge?: Merge;
  /** The same for a narrow panel: a size, where it begins, what it links to, and in one line why it is as it is. */
  readonly brief: {
    readonly size: string;
    readonly from: string;
    readonly link?: { readonly text: string; readonly address: string };
    readonly why: string;
  };
  /** What is known of the block's history, label and text, with the operation to go to. */
  readonly history: readonly {
    readonly label: string;
    readonly text: string;
    readonly operation?: number;
    /** The C-level step of it, where one is meant. */
    readonly step?: number;
  }[];
  /** The first bytes given to the caller, as read: 8 a line, as the fields of a structure. */
  readonly payload: readonly {
    readonly address: string;
    readonly bytes: string;
    readonly text: string;
    readonly differs: readonly number[];
  }[];
}

/** Bytes that were written, and those of them that are not what they were. */
interface Changes {
  readonly touched: readonly AddressRange[];
  readonly differing: readonly AddressRange[];
}

export function buildSelected(
  snapshot: HeapSnapshot,
  reader: Reader,
  block: Block,
  structs: readonly StructView[],
  owner: Owner | undefined,
  ownerOf: (base: bigint, end: bigint) => Owner | undefined,
  { touched, differing }: Changes,
  lastChange: { readonly text: string; readonly cursor?: Cursor } | undefined,
  linked: { readonly text: string; readonly base: bigint } | undefined,
): SelectedView {
  const { blocks } = snapshot;
  const end = blocks.end(block.index);
  const merge = explainNotMerged(snapshot, block, ownerOf);
  const held = owner && {
    label: block.state === 'free' ? 'Last held by' : 'Held by',
    text: owner.text,
    operation: owner.operation,
  };
  const slack = slackOf(snapshot, block, owner);
  const why = [
    merge === undefined ? held && `${held.label} ${held.text}` : `Not merged: ${merge.brief}`,
    slack && `${percentText(slack.bytes / block.size)} slack`,
  ];
  return {
    base: hex(block.base),
    end: hex(end),
    title: titleOf(snapshot, block),
    size:
      block.size % 4096 === 0
        ? `${sizeText(block.size)} · ${countText(block.size / 4096)} page${block.size === 4096 ? '' : 's'}`
        : `${sizeText(block.size)} · ${bytesText(block.size)}`,
    range: `${groupedAddress(block.base)} – ${groupedAddress(end)}`,
    structs: structs.map((s) => ({
      type: s.type,
      address: hex(s.address),
      fields: s.fields.map((f) => fieldRow(f, reader, touched, differing)),
    })),
    findings: snapshot.findings
      .filter((f) => f.address !== undefined && f.address >= block.base && f.address < end)
      .map(({ severity, code, message }) => ({ severity, code, message })),
    ...sharesOf(block, slack),
    ...(merge !== undefined && { merge }),
    brief: {
      size: sizeText(block.size),
      from: groupedAddress(block.base),
      ...(linked && { link: { text: linked.text, address: hex(linked.base) } }),
      why: why.filter((t) => t !== undefined).join(' · '),
    },
    history: [
      ...bitmapOf(structs),
      ...(held === undefined ? [] : [held]),
      ...(lastChange === undefined
        ? []
        : [
            {
              label: 'Last change',
              text: lastChange.text,
              ...(lastChange.cursor && { operation: lastChange.cursor.operation, step: lastChange.cursor.step }),
            },
          ]),
    ],
    payload: block.state === 'used' || block.state === 'metadata' ? payloadOf(reader, block.payload, end, differing) : [],
  };
}

/** What the bitmap says of the block: the number behind the answer, before its bytes. */
function bitmapOf(structs: readonly StructView[]): SelectedView['history'] {
  const word = structs.find((s) => s.type === 'mm_alloc_bitmap')?.fields[0];
  return word?.note === undefined ? [] : [{ label: 'Bitmap', text: `${word.note} (${hex(word.address)})` }];
}

function titleOf(snapshot: HeapSnapshot, block: Block): string {
  const name = classText(snapshot, block.sizeClass);
  switch (block.state) {
    case 'free':
      return name?.startsWith('o') ? `Free chunk, order ${String(block.sizeClass)}` : 'Free block';
    case 'used':
      return 'Used block';
    case 'metadata':
      return snapshot.heap >= block.base && snapshot.heap < block.base + BigInt(block.size)
        ? 'Allocator'
        : "Allocator's own memory";
    case 'unread':
      return 'Not in the dump';
  }
}

/** One field with its bytes as they were read. */
function fieldRow(
  field: StructField,
  reader: Reader,
  touched: readonly AddressRange[],
  differing: readonly AddressRange[],
): FieldRow {
  const raw = reader.bytes(field.address, Math.min(field.length, MAX_FIELD_BYTES));
  const more = field.length > MAX_FIELD_BYTES ? ' …' : '';
  return {
    address: hex(field.address),
    bytes: raw === undefined ? 'not in dump' : hexBytes(raw) + more,
    name: field.name,
    value: valueText(field),
    link: field.kind === 'pointer' && field.value !== undefined && field.value !== 0n ? hex(field.value) : '',
    note: field.note ?? '',
    changed: touched.some((t) => t.base < field.address + BigInt(field.length) && t.end > field.address),
    differs: raw === undefined ? [] : offsetsWithin(differing, field.address, raw.length),
  };
}

function valueText(field: StructField): string {
  if (field.value === undefined) return field.kind === 'bytes' ? '' : UNKNOWN;
  switch (field.kind) {
    case 'pointer':
      return field.value === 0n ? 'NULL' : hex(field.value);
    case 'size':
      return field.value < 10n ? String(field.value) : `${countText(field.value)} · ${sizeText(field.value)}`;
    case 'flags':
      return hex(field.value);
    case 'count':
    case 'number':
      return countText(field.value);
    case 'bytes':
      return '';
  }
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ');
}

interface Slack {
  /** Header and what was asked for. */
  readonly solid: number;
  readonly bytes: number;
}

/** Undefined where what was asked for is not known. */
function slackOf(snapshot: HeapSnapshot, block: Block, owner: Owner | undefined): Slack | undefined {
  const pageBytes = owner?.pageBytes ?? -1;
  if (block.state !== 'used' || (block.asked < 0 && pageBytes < 0)) return undefined;
  const solid = solidBytes(snapshot.blocks, block.index, pageBytes);
  return { solid, bytes: block.size - solid };
}

function sharesOf(block: Block, slack: Slack | undefined): { shares: Share[]; shareText: string } {
  if (slack === undefined) return { shares: [], shareText: '' };
  const header = Number(block.payload - block.base);
  const share = (kind: Share['kind'], label: string, bytes: number): Share => ({
    kind,
    label,
    bytes: bytesText(bytes),
    share: bytes / block.size,
  });
  return {
    shares: [
      share('header', 'header', header),
      share('asked', 'asked for', slack.solid - header),
      share('slack', 'slack', slack.bytes),
    ].filter((s) => s.share > 0),
    shareText: `${percentText(slack.bytes / block.size)} of the block is slack.`,
  };
}

function payloadOf(reader: Reader, from: bigint, end: bigint, differing: readonly AddressRange[]): SelectedView['payload'] {
  const room = end - from;
  const length = room < BigInt(PAYLOAD_BYTES) ? Number(room) : PAYLOAD_BYTES;
  const lines: SelectedView['payload'][number][] = [];
  for (let at = 0; at < length; at += 8) {
    const address = from + BigInt(at);
    const bytes = reader.bytes(address, Math.min(8, length - at));
    lines.push({
      address: hex(address),
      bytes: bytes === undefined ? 'not in dump' : hexBytes(bytes),
      differs: bytes === undefined ? [] : offsetsWithin(differing, address, bytes.length),
      text: bytes === undefined ? '' : Array.from(bytes, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join(''),
    });
  }
  return lines;
}
