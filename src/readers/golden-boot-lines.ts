// The lines of a golden trace that only boot traces have: regions, what firmware gave, calls on the region list, how the boot ended.

import { FIRMWARE_PROTOCOLS, e820Kind } from '../regions/firmware-map';
import type { FirmwareEntry, LoadedRange } from '../regions/firmware-map';
import type { Region } from '../regions/descriptor';
import type { At, TraceLine } from './golden-trace';
import { isObject, readInteger, textOr, type JsonObject } from './json-values';

/** The lines that only boot traces have; undefined for any other. */
export function readBootLine(
  json: JsonObject,
  at: At,
  number: (name: string) => bigint | undefined,
): TraceLine | string | undefined {
  const needs = (...names: string[]): string => `${String(json.op)} needs ${names.map((n) => `"${n}"`).join(', ')}`;
  switch (json.op) {
    case 'regions': {
      const list = Array.isArray(json.regions) ? json.regions : [];
      const regions = list.map(readRegion).filter((r) => r !== undefined);
      if (typeof json.stage !== 'string' || regions.length !== list.length) return needs('stage', 'regions');
      return { ...at, kind: 'regions', stage: json.stage, regions };
    }
    case 'log': {
      if (!Array.isArray(json.lines)) return needs('lines');
      const lines = json.lines.filter(isObject).map((l) => ({ level: textOr(l.level, 'info'), msg: textOr(l.msg, '') }));
      return { ...at, kind: 'log', lines };
    }
    case 'boot':
      return typeof json.outcome === 'string' ? { ...at, kind: 'boot', outcome: json.outcome } : needs('outcome');
    case 'crash':
    case 'assert':
      return typeof json.msg === 'string' ? { ...at, kind: json.op, msg: json.msg } : needs('msg');
    case 'memregion_insert': {
      const [region, ret] = [readRegion(json.region, 0), number('ret')];
      return region && ret !== undefined ? { ...at, kind: 'memregion_insert', region, ret } : needs('region', 'ret');
    }
    case 'memregion_alloc': {
      const [size, type, flags] = [number('size'), number('type'), number('flags')];
      if (size === undefined || type === undefined || flags === undefined) return needs('size', 'type', 'flags');
      return { ...at, kind: 'memregion_alloc', size, type: Number(type), flags: Number(flags), ret: number('ret') ?? null };
    }
    case 'mem_init': {
      const ret = number('ret');
      return ret !== undefined ? { ...at, kind: 'mem_init', ret } : needs('ret');
    }
    case 'frames': {
      const freeMemory = number('free_memory');
      return freeMemory !== undefined ? { ...at, kind: 'frames', freeMemory } : needs('free_memory');
    }
    case 'page_map': {
      const [vaddr, pages] = [number('vaddr'), number('pages')];
      return vaddr !== undefined && pages !== undefined ? { ...at, kind: 'page_map', vaddr, pages } : needs('vaddr', 'pages');
    }
    case 'vma_map_anon': {
      const [vaddr, len] = [number('vaddr'), number('len')];
      return vaddr !== undefined && len !== undefined ? { ...at, kind: 'vma_map_anon', vaddr, len } : needs('vaddr', 'len');
    }
    case 'firmware':
      return readFirmware(json, at) ?? needs('protocol', 'cmdline', 'modules', 'mmap');
    default:
      return undefined;
  }
}

function readFirmware(json: JsonObject, at: At): TraceLine | undefined {
  const protocol = FIRMWARE_PROTOCOLS.find((p) => p === json.protocol);
  const { mmap, modules } = json;
  if (protocol === undefined || !Array.isArray(mmap) || !Array.isArray(modules)) return undefined;
  const entries = mmap.map((e: unknown): FirmwareEntry | undefined => {
    if (!isObject(e)) return undefined;
    const [base, len, type] = [readInteger(e.addr), readInteger(e.len), readInteger(e.type)];
    if (base === undefined || len === undefined || type === undefined) return undefined;
    return { base, len, kind: e820Kind(type), type: String(type) };
  });
  const loaded = modules.map((m: unknown): LoadedRange | undefined => {
    if (!isObject(m)) return undefined;
    const [start, end] = [readInteger(m.start), readInteger(m.end)];
    return start === undefined || end === undefined ? undefined : { base: start, len: end - start, name: textOr(m.name, '') };
  });
  const line = isObject(json.cmdline) ? json.cmdline : {};
  const [base, len] = [readInteger(line.addr), readInteger(line.len)];
  if (entries.includes(undefined) || loaded.includes(undefined)) return undefined;
  return {
    ...at,
    kind: 'firmware',
    protocol,
    entries: entries.filter((e) => e !== undefined),
    modules: loaded.filter((m) => m !== undefined),
    ...(base !== undefined && len !== undefined && { cmdline: { base, len } }),
  };
}

function readRegion(value: unknown, index: number): Region | undefined {
  if (!isObject(value)) return undefined;
  const number = (name: string): bigint | undefined => readInteger(value[name]);
  const pbase = number('pbase') ?? number('base');
  const len = number('len');
  if (pbase === undefined || len === undefined) return undefined;
  const pgOff = number('pg_off') ?? 0n;
  return {
    index,
    pbase,
    vbase: number('vbase') ?? pbase,
    pgOff,
    len,
    pgCount: number('pg_count') ?? (pgOff + len + 4095n) / 4096n,
    type: Number(number('type') ?? 0n),
    flags: Number(number('flags') ?? 0n),
    name: textOr(value.name, ''),
  };
}
