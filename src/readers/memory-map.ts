// Memory-map files, `*.ukboot.json`: JSON with comments that a person writes to try a boot, or that this tool writes to keep one.
// media/ukboot.schema.json describes the same keys to the editor; test/readers/memory-map-schema.test.ts holds the two together.

import type { Node } from 'jsonc-parser';
import type { RecordedOperation } from '../allocators/ukalloc';
import { ALLOCATOR_IDS, isAllocatorId } from '../regions/allocator-id';
import type { Descriptor, Era, Field, FieldName, Hints, RegionMap } from '../regions/descriptor';
import { bitsNamed, eraOf, profileOfEra } from '../regions/eras';
import type { EraProfile } from '../regions/eras';
import { ARCHITECTURES, DEFAULT_RELEASE, RELEASES, parseRelease } from '../regions/release';
import type { Architecture, Config, Release } from '../regions/release';
import { hex } from '../memory/address';
import { readFirmwareSection } from './firmware-section';
import { JsonDocument } from './json-document';
import type { Property } from './json-document';
import { readWorkload } from './memory-map-workload';

/** Keys of the document. */
export const MAP_KEYS = ['$schema', 'release', 'arch', 'allocator', 'config', 'regions', 'firmware', 'workload'] as const;
/** Keys of a region, in the order of the struct. */
export const REGION_KEYS: Readonly<Record<Era, readonly string[]>> = {
  classic: ['base', 'len', 'flags', 'name'],
  typed: ['pbase', 'vbase', 'len', 'type', 'flags', 'name'],
  paged: ['pbase', 'vbase', 'pg_off', 'len', 'pg_count', 'type', 'flags', 'name'],
};

/** Keys that follow from the others where they are left out. */
export const FILLED_IN: readonly string[] = ['vbase', 'pg_off', 'pg_count', 'name'];

/** Characters that `name[36]` holds beside its end. */
const LONGEST_NAME = 35;

export interface MemoryMapFile {
  readonly map: RegionMap;
  readonly workload: readonly RecordedOperation[];
}

/**
 * Reads a memory-map file. What is left out of a region and follows from the rest is filled in: `vbase` is `pbase`, `pg_off`
 * is 0, `pg_count` are the pages that `pg_off` and `len` fill.
 *
 * @param release decides the era of regions where the file does not name its release and their keys do not tell
 */
export function readMemoryMap(text: string, release?: Release): MemoryMapFile {
  const json = new JsonDocument(text);
  const { root } = json;
  if (root === undefined || !json.isObject(root, 'A memory map')) {
    return { map: { kind: 'memory-map', descriptors: [], hints: {}, problems: json.problems }, workload: [] };
  }
  const properties = json.properties(root);
  json.refuseOthers(properties, MAP_KEYS, 'a memory map');
  const hints = readHints(json, properties);
  const regions = properties.get('regions')?.value;
  const reader = new RegionReader(json, hints.release ?? release ?? DEFAULT_RELEASE);
  const descriptors = regions === undefined ? [] : json.items(regions, '"regions"').flatMap((node) => reader.read(node) ?? []);
  const section = properties.get('firmware')?.value;
  const firmware = section && readFirmwareSection(json, section);
  if (section !== undefined && regions !== undefined) {
    json.report('warning', 'two-lists', '"regions" is not used: the list is made from "firmware".', regions);
  } else if (section === undefined && regions === undefined)
    json.report('error', 'no-regions', 'There is no "regions" list and no "firmware" in this memory map.', root);
  else if (regions?.type === 'array' && regions.children?.length === 0)
    json.report('info', 'no-regions', '"regions" is empty: nothing can become heap.', regions);
  const operations = properties.get('workload')?.value;
  const workload = operations === undefined ? [] : readWorkload(json, operations);
  return { map: { kind: 'memory-map', descriptors, hints, problems: json.problems, ...(firmware && { firmware }) }, workload };
}

function readHints(json: JsonDocument, properties: ReadonlyMap<string, Property>): Hints {
  const text = (key: string): [string, Node] | undefined => {
    const node = properties.get(key)?.value;
    const value = node && json.string(node, `"${key}"`);
    return node === undefined || value === undefined ? undefined : [value, node];
  };
  const hints: { release?: Release; arch?: Architecture; allocator?: Hints['allocator']; config?: Config } = {};
  const release = text('release');
  if (release !== undefined) {
    const known = /^\s*v?\d/.test(release[0]) || release[0].startsWith('RELEASE-') ? parseRelease(release[0]) : undefined;
    if (known === undefined)
      json.report(
        'error',
        'unknown-release',
        `"release" must be a Unikraft release from ${RELEASES.at(-1)!} to ${RELEASES[0]!}, found ${json.shown(release[1])}.`,
        release[1],
      );
    else hints.release = known;
  }
  const arch = text('arch');
  if (arch !== undefined) {
    const known = ARCHITECTURES.find((a) => a === arch[0]);
    if (known === undefined)
      json.report(
        'error',
        'unknown-arch',
        `"arch" must be one of ${ARCHITECTURES.join(', ')}, found ${json.shown(arch[1])}.`,
        arch[1],
      );
    else hints.arch = known;
  }
  const allocator = text('allocator');
  if (allocator !== undefined) {
    if (isAllocatorId(allocator[0])) hints.allocator = allocator[0];
    else
      json.report(
        'error',
        'unknown-allocator',
        `"allocator" must be one of ${ALLOCATOR_IDS.join(', ')}, found ${json.shown(allocator[1])}.`,
        allocator[1],
      );
  }
  const config = properties.get('config')?.value;
  if (config !== undefined && json.isObject(config, '"config"')) hints.config = readConfig(json, config);
  return hints;
}

/** `true` is `y`, `false` is `n`, numbers and strings are as they stand. */
function readConfig(json: JsonDocument, object: Node): Config {
  const config: Record<string, string> = {};
  for (const [name, { key, value }] of json.properties(object)) {
    const symbol = name.startsWith('CONFIG_') ? name : `CONFIG_${name}`;
    if (!/^CONFIG_[A-Za-z0-9_]+$/.test(symbol)) {
      json.report(
        'error',
        'not-a-symbol',
        `${json.shown(key)} is no Kconfig symbol: those are written CONFIG_LIBUKBOOT_INITBBUDDY.`,
        key,
      );
    } else if (value.type === 'boolean') config[symbol] = value.value === true ? 'y' : 'n';
    else if (value.type === 'number') config[symbol] = json.source(value);
    else if (value.type === 'string') config[symbol] = String(value.value);
    else
      json.report(
        'error',
        'wrong-type',
        `"${name}" must be true, false, a number or a string, found ${json.shown(value)}.`,
        value,
      );
  }
  return config;
}

/** Reads the regions of one file. */
class RegionReader {
  private readonly json: JsonDocument;
  private readonly release: Release;

  constructor(json: JsonDocument, release: Release) {
    this.json = json;
    this.release = release;
  }

  read(node: Node): Descriptor | undefined {
    if (!this.json.isObject(node, 'A region')) return undefined;
    const properties = this.json.properties(node);
    const era = this.eraBy(properties);
    const keys = REGION_KEYS[era];
    this.json.refuseOthers(properties, keys, `a ${era} region (release ${this.release})`);
    const profile = profileOfEra(era, this.release);
    const fields: Partial<Record<FieldName, Field>> = {};
    for (const { name } of profile.layout.fields) {
      const value = properties.get(name)?.value;
      if (value !== undefined) fields[name] = this.field(value, name, profile);
    }
    this.fillIn(fields, era);
    const needed = profile.layout.fields.filter((f) => !FILLED_IN.includes(f.name) && fields[f.name] === undefined);
    const missing = needed.map((f) => `"${f.name}"`);
    if (missing.length > 0) this.json.report('error', 'missing-key', `This region needs ${missing.join(' and ')}.`, node);
    const name = this.name(properties.get('name')?.value, era);
    return { era, fields, ...(name !== undefined && { name }), where: this.json.where(node) };
  }

  /** Keys that only one era has decide; else the release does. */
  private eraBy(properties: ReadonlyMap<string, Property>): Era {
    const own = eraOf(this.release);
    if (properties.has('pg_off') || properties.has('pg_count')) return 'paged';
    if (properties.has('pbase') || properties.has('vbase') || properties.has('type')) return own === 'classic' ? 'typed' : own;
    return properties.has('base') ? 'classic' : own;
  }

  private field(node: Node, name: FieldName, profile: EraProfile): Field {
    const where = this.json.where(node);
    const text = node.type === 'string' ? String(node.value) : this.json.source(node);
    const value = name === 'type' || name === 'flags' ? this.bits(node, name, profile) : this.json.integer(node, `"${name}"`);
    // A page offset is signed in C; it is kept as the bits that are stored.
    const stored = name === 'pg_off' && value !== undefined && value >= -(1n << 63n) ? BigInt.asUintN(64, value) : value;
    return { ...(stored !== undefined && { value: stored }), text, where };
  }

  /** A number, a name, several names with `|`, or a list of names and numbers. */
  private bits(node: Node, field: 'type' | 'flags', profile: EraProfile): bigint | undefined {
    if (node.type === 'array') {
      const parts = (node.children ?? []).map((child) => this.bits(child, field, profile));
      return parts.every((p) => p !== undefined) ? parts.reduce((all, p) => all | p, 0n) : undefined;
    }
    if (node.type !== 'string' || /^\s*-?\d/.test(String(node.value))) return this.json.integer(node, `"${field}"`);
    let bits = 0n;
    for (const name of String(node.value).split('|')) {
      const bit = bitsNamed(name.trim(), field, profile);
      if (bit === undefined) {
        const names = (field === 'type' ? profile.types : profile.flags).map((b) => b.name);
        const masks = (field === 'type' ? profile.typeMasks : profile.flagMasks).map((m) => m.name);
        const message = `${this.json.shown(node)} is no ${field === 'type' ? 'type' : 'flag'} of release ${this.release}. Known: ${[...names, ...masks].join(', ')}.`;
        this.json.report('error', field === 'type' ? 'unknown-type-name' : 'unknown-flag-name', message, node);
        return undefined;
      }
      bits |= BigInt(bit);
    }
    return bits;
  }

  private fillIn(fields: Partial<Record<FieldName, Field>>, era: Era): void {
    if (era === 'classic') return;
    if (fields.vbase === undefined && fields.pbase !== undefined) fields.vbase = fields.pbase;
    if (era !== 'paged') return;
    fields.pg_off ??= { value: 0n, text: '0' };
    if (fields.pg_count !== undefined || fields.len?.value === undefined || fields.pg_off.value === undefined) return;
    const pages = (BigInt.asIntN(64, fields.pg_off.value) + fields.len.value + 4095n) / 4096n;
    fields.pg_count = { value: pages < 0n ? 0n : pages, text: hex(pages) };
  }

  private name(node: Node | undefined, era: Era): string | undefined {
    const name = node && this.json.string(node, '"name"');
    if (node === undefined || name === undefined) return undefined;
    if (era !== 'classic' && name.length > LONGEST_NAME) {
      this.json.report('warning', 'long-name', `The name has ${name.length} characters; the kernel keeps ${LONGEST_NAME}.`, node);
    }
    return name;
  }
}
