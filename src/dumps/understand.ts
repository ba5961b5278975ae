// Which build a heap is of: what was said about it, held against what its structures tell.

import { hex } from '../memory/address';
import type { MemoryImage } from '../memory/image';
import type { Reader } from '../memory/reader';
import type { RegionMap } from '../regions/descriptor';
import type { Problem } from '../regions/problem';
import type { Config } from '../regions/release';
import { assume, type known } from '../timeline/choices';
import { blockHeaders, descriptorForm, narrow, noBootinfo, releasesText, symbolNames } from './evidence';
import type { FoundHeap } from './find-heap';
import type { OpenedDump } from './open';
import { checksOf, functionCheck, optionsOf, releaseOf, type Check, type KnownBuild } from './recognise';
import type { Sources } from './sources';

type Understood = Pick<OpenedDump, 'choices' | 'assumed' | 'releases' | 'checks'>;

/** Holds what was said against what the structures tell. */
export function understand(
  reader: Reader,
  image: MemoryImage,
  heap: FoundHeap,
  build: KnownBuild,
  said: ReturnType<typeof known>,
  map: RegionMap,
  sources: Sources,
  problems: Problem[],
): Understood {
  const [reading] = heap.readings;
  const given = { ...said, ...(build.arch && { arch: build.arch }) };
  if (reading === undefined) {
    problems.push({
      severity: 'warning',
      code: 'not-recognised',
      message: `no allocator's structures were recognised at ${hex(heap.address)}: it is read as said or assumed`,
    });
    return { ...assume(given, map), releases: [], checks: [] };
  }
  const evidence = [
    ...descriptorForm(map),
    ...[symbolNames(sources.symbols), noBootinfo(image, reading, map), blockHeaders(reader, heap.address, reading, build)].filter(
      (n) => n !== undefined,
    ),
  ];
  const { releases, checks } = narrow(reading.releases, evidence);
  const functions = functionCheck(reading, sources.symbols);
  const release = releaseOf({ ...reading, releases }, said.release);
  const allocator = reading.allocator.id;
  // What memory shows of the layout counts more than a configuration that was found beside it, but not more than what was said.
  const config = { ...reading.config, ...said.config };
  const options = optionsOf(reading.allocator, release, { ...build, config });
  for (const check of checks.filter((c) => !c.holds)) {
    problems.push({ severity: 'warning', code: 'release-differs', message: `read as ${release}, but ${check.says}` });
  }
  if (said.allocator !== undefined && said.allocator !== allocator) {
    const message = `the allocator is said to be ${said.allocator}, but what stands at ${hex(heap.address)} is ${allocator}`;
    problems.push({ severity: 'warning', code: 'allocator-differs', message });
  }
  const assumed =
    said.release === undefined && releases.length > 1
      ? [`release ${release} of ${releasesText(releases)}, which look the same`]
      : [];
  return {
    choices: { release, allocator, arch: options.arch, config: options.config },
    assumed,
    releases,
    checks: [
      ...checksOf(reading, heap.address),
      ...(functions ? [functions] : []),
      ...checks,
      ...optionChecks(reading.config, map, said.config),
    ],
  };
}

/** The name option shows in the size of descriptors, the others in the layout of struct uk_alloc. */
function optionChecks(read: Config, map: RegionMap, said: Config): Check[] {
  const checks: Check[] = [];
  const named = map.descriptors.length === 0 ? undefined : map.descriptors.some((d) => d.name !== undefined);
  if (named !== undefined && map.kind === 'image') {
    const text = said.CONFIG_UKPLAT_MEMRNAME;
    const says = `the descriptors have ${named ? '' : 'no '}names: CONFIG_UKPLAT_MEMRNAME=${named ? 'y' : 'n'}`;
    checks.push({ about: 'options', by: 'descriptors', says, holds: text === undefined || (text === 'y') === named });
  }
  for (const [symbol, value] of Object.entries(read)) {
    const by = symbol.startsWith('CONFIG_LIBUKALLOC_') ? 'struct uk_alloc' : 'private structure';
    checks.push({
      about: 'options',
      by,
      says: `${symbol}=${value}`,
      holds: said[symbol] === undefined || said[symbol] === value,
    });
  }
  return checks;
}
