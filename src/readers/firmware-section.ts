// The `firmware` of a memory-map file: what the kernel found when it was entered, from which its region list is made.

import type { Node } from 'jsonc-parser';
import { FLAG_EXECUTE, FLAG_READ, FLAG_WRITE } from '../regions/eras';
import { ENTRY_KINDS, FIRMWARE_PROTOCOLS, e820Kind, efiKind } from '../regions/firmware-map';
import type {
  EntryKind,
  FirmwareEntry,
  FirmwareMap,
  FirmwareProtocol,
  KernelSegment,
  LoadedRange,
} from '../regions/firmware-map';
import type { JsonDocument, Property } from './json-document';

export const FIRMWARE_KEYS = ['protocol', 'map', 'kernel', 'image', 'cmdline', 'modules', 'devicetree', 'devices'] as const;
/** Keys of what stands in its lists, those that must be there first. */
export const RANGE_KEYS = {
  map: ['base', 'len', 'type'],
  kernel: ['base', 'len', 'flags', 'name'],
  cmdline: ['base', 'len'],
  modules: ['base', 'len', 'name'],
  devicetree: ['base', 'len'],
  devices: ['base', 'len', 'name'],
} as const;
export const PERMISSION_NAMES = ['READ', 'WRITE', 'EXECUTE'] as const;

const PERMISSIONS: Readonly<Record<string, number>> = { READ: FLAG_READ, WRITE: FLAG_WRITE, EXECUTE: FLAG_EXECUTE };
const MOST_ENTRIES = 4096;
const TOP = 1n << 64n;

/** Undefined when it is no object, or its protocol is not known. */
export function readFirmwareSection(json: JsonDocument, node: Node): FirmwareMap | undefined {
  if (!json.isObject(node, '"firmware"')) return undefined;
  const properties = json.properties(node);
  json.refuseOthers(properties, FIRMWARE_KEYS, '"firmware"');
  const protocol = protocolOf(json, properties, node);
  if (protocol === undefined) return undefined;
  const reader = new Section(json, properties, protocol);
  const entries = reader.entries();
  const kernel = reader.kernel();
  if (properties.get('map') === undefined)
    json.report('error', 'missing-key', '"firmware" needs "map", the list of its entries.', node);
  if (kernel.length === 0) {
    const message = '"firmware" has no "kernel": the image is not known, so the heap would lie over it.';
    json.report('warning', 'no-kernel', message, properties.get('kernel')?.value ?? node);
  }
  const cmdline = reader.one('cmdline');
  const devicetree = reader.one('devicetree');
  const image = properties.get('image')?.value;
  const name = (image && json.string(image, '"image"')) ?? kernel[0]?.name ?? '';
  return {
    protocol,
    entries,
    kernel,
    modules: reader.several('modules'),
    devices: reader.several('devices'),
    image: name.slice(0, 256),
    ...(cmdline && { cmdline }),
    ...(devicetree && { devicetree }),
  };
}

function protocolOf(json: JsonDocument, properties: ReadonlyMap<string, Property>, node: Node): FirmwareProtocol | undefined {
  const value = properties.get('protocol')?.value;
  const known = FIRMWARE_PROTOCOLS.find((p) => value?.type === 'string' && p === value.value);
  if (known === undefined) {
    const found = value === undefined ? 'nothing' : json.shown(value);
    json.report(
      'error',
      'unknown-protocol',
      `"protocol" must be one of ${FIRMWARE_PROTOCOLS.join(', ')}, found ${found}.`,
      value ?? node,
    );
  }
  return known;
}

class Section {
  private readonly json: JsonDocument;
  private readonly properties: ReadonlyMap<string, Property>;
  private readonly protocol: FirmwareProtocol;

  constructor(json: JsonDocument, properties: ReadonlyMap<string, Property>, protocol: FirmwareProtocol) {
    this.json = json;
    this.properties = properties;
    this.protocol = protocol;
  }

  entries(): FirmwareEntry[] {
    return this.list('map').flatMap((node) => {
      const read = this.range(node, 'map', 'An entry of "map"');
      if (read === undefined) return [];
      const { properties, base, len, where } = read;
      const type = properties.get('type')?.value;
      if (type === undefined) {
        this.json.report('error', 'missing-key', 'An entry of "map" needs "type".', node);
        return [];
      }
      const kind = this.kind(type);
      if (kind === undefined) return [];
      return [
        { base, len, kind, type: type.type === 'string' ? String(type.value).slice(0, 60) : this.json.source(type), where },
      ];
    });
  }

  kernel(): KernelSegment[] {
    return this.list('kernel').flatMap((node) => {
      const read = this.range(node, 'kernel', 'A segment of "kernel"');
      if (read === undefined) return [];
      const { properties, base, len, where } = read;
      const permissions = this.permissions(properties.get('flags')?.value);
      return [{ base, len, name: this.name(properties), permissions, where }];
    });
  }

  several(key: 'modules' | 'devices'): LoadedRange[] {
    return this.list(key).flatMap((node) => {
      const read = this.range(node, key, `An entry of "${key}"`);
      return read === undefined ? [] : [{ base: read.base, len: read.len, name: this.name(read.properties), where: read.where }];
    });
  }

  one(key: 'cmdline' | 'devicetree'): LoadedRange | undefined {
    const node = this.properties.get(key)?.value;
    const read = node && this.range(node, key, `"${key}"`);
    return read && { base: read.base, len: read.len, name: '', where: read.where };
  }

  private list(key: 'map' | 'kernel' | 'modules' | 'devices'): readonly Node[] {
    const node = this.properties.get(key)?.value;
    if (node === undefined) return [];
    const items = this.json.items(node, `"${key}"`);
    if (items.length > MOST_ENTRIES) {
      this.json.report('error', 'too-many', `"${key}" has ${items.length} entries; the first ${MOST_ENTRIES} are used.`, node);
    }
    return items.slice(0, MOST_ENTRIES);
  }

  private range(node: Node, of: keyof typeof RANGE_KEYS, what: string): Read | undefined {
    if (!this.json.isObject(node, what)) return undefined;
    const properties = this.json.properties(node);
    this.json.refuseOthers(properties, RANGE_KEYS[of], what.replace(/^An? /, 'an '));
    const number = (key: 'base' | 'len'): bigint | undefined => {
      const value = properties.get(key)?.value;
      if (value !== undefined) return this.json.integer(value, `"${key}"`);
      this.json.report('error', 'missing-key', `${what} needs "${key}".`, node);
      return undefined;
    };
    const [base, len] = [number('base'), number('len')];
    if (base === undefined || len === undefined) return undefined;
    if (base < 0n || len < 0n || base + len > TOP) {
      this.json.report('error', 'out-of-range', `${what} must lie in the 64-bit address space.`, node);
      return undefined;
    }
    return { properties, base, len, where: this.json.where(node) };
  }

  /** A kind by name, or by the protocol's own number. */
  private kind(node: Node): EntryKind | undefined {
    const named = ENTRY_KINDS.find((k) => node.type === 'string' && k === node.value);
    if (named !== undefined) return named;
    if (node.type === 'number' || (node.type === 'string' && /^\s*(0x[0-9a-f]+|\d+)\s*$/i.test(String(node.value)))) {
      const number = this.json.integer(node, '"type"') ?? 0n;
      return this.protocol === 'efi' ? efiKind(number) : e820Kind(number);
    }
    this.json.report(
      'error',
      'unknown-type-name',
      `"type" must be one of ${ENTRY_KINDS.join(', ')}, or the protocol's number, found ${this.json.shown(node)}.`,
      node,
    );
    return undefined;
  }

  private permissions(node: Node | undefined): number {
    if (node === undefined) return FLAG_READ;
    const names = node.type === 'array' ? (node.children ?? []) : [node];
    return names.reduce((bits, name) => {
      const bit = name.type === 'string' ? PERMISSIONS[String(name.value)] : undefined;
      if (bit === undefined) {
        this.json.report(
          'error',
          'unknown-flag-name',
          `${this.json.shown(name)} is no permission. Known: ${PERMISSION_NAMES.join(', ')}.`,
          name,
        );
      }
      return bits | (bit ?? 0);
    }, 0);
  }

  private name(properties: ReadonlyMap<string, Property>): string {
    const node = properties.get('name')?.value;
    return (node && this.json.string(node, '"name"')) ?? '';
  }
}

interface Read {
  readonly properties: ReadonlyMap<string, Property>;
  readonly base: bigint;
  readonly len: bigint;
  readonly where: ReturnType<JsonDocument['where']>;
}
