// Cases in cases/c/*.txt, several a file:
//
//   ### title
//   release: 0.17.0            optional; also `config: CONFIG_A=y CONFIG_B=4` and `header:` followed by indented lines
//   ---
//   C source
//   ==>
//   one line a descriptor      3-5 paged pbase=0x1000 len=?end - start "heap" [CONFIG_A]
//   one line a problem         ! info unknown-value 3:10
//
// UPDATE_CASES=1 writes what is read now into the files, to be looked at with git diff.
// Fields that an initialiser leaves zero are shown like the others; a field is `?text` when its value is not known.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCSource } from '../../src/readers/c-source';
import type { CContext } from '../../src/readers/c-source';
import { placeText } from '../../src/regions/problem';
import type { RegionMap } from '../../src/regions/descriptor';
import { parseRelease } from '../../src/regions/release';

const CASES = join(__dirname, 'cases', 'c');

interface Case {
  readonly title: string;
  readonly context: CContext;
  readonly source: string;
  readonly expected: readonly string[];
}

function parseCases(text: string): Case[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [, title, settings, source, expected] = /^(.*)\n([^]*?)^---\n([^]*?)^==>\n([^]*)$/m.exec(part)!;
      return {
        title: title!,
        context: parseContext(settings!),
        source: source!,
        expected: expected!.split('\n').filter((l) => l !== ''),
      };
    });
}

function parseContext(settings: string): CContext {
  const release = /^release: (.*)$/m.exec(settings)?.[1];
  const config = /^config: (.*)$/m.exec(settings)?.[1];
  const header = /^header:\n((?: {2}.*\n)+)/m.exec(settings)?.[1];
  return {
    ...(release === undefined ? {} : { release: parseRelease(release) }),
    ...(config === undefined
      ? {}
      : { config: Object.fromEntries(config.split(' ').map((c) => c.split('='))) as Record<string, string> }),
    ...(header === undefined ? {} : { headers: [{ name: 'given.h', text: header.replace(/^ {2}/gm, '') }] }),
  };
}

function lines(map: RegionMap): string[] {
  const descriptors = map.descriptors.map((d) => {
    const fields = Object.entries(d.fields).map(([name, field]) => {
      const value = field.value === undefined ? `?${field.text}` : `0x${field.value.toString(16)}`;
      return `${name}=${value}${field.condition === undefined ? '' : `{${field.condition}}`}`;
    });
    const where = d.where!.line === d.where!.endLine ? `${d.where!.line + 1}` : `${d.where!.line + 1}-${d.where!.endLine + 1}`;
    return [
      where,
      d.era,
      ...fields,
      ...(d.name === undefined ? [] : [JSON.stringify(d.name)]),
      ...(d.condition === undefined ? [] : [`[${d.condition}]`]),
      ...(d.excludes === undefined ? [] : [`not with ${d.excludes.join(', ')}`]),
    ].join(' ');
  });
  const problems = map.problems.map((p) => `! ${p.severity} ${p.code} ${p.where === undefined ? '' : placeText(p.where)}`.trim());
  return [...descriptors, ...problems];
}

function update(path: string): void {
  const cases = parseCases(readFileSync(path, 'utf8'));
  let next = 0;
  const text = readFileSync(path, 'utf8').replace(/^==>\n[^]*?(?=^### |(?![^]))/gm, () => {
    const { source, context } = cases[next++]!;
    return ['==>', ...lines(readCSource(source, context)), '', ''].join('\n');
  });
  writeFileSync(path, text.trimEnd() + '\n');
}

describe('c-source', () => {
  for (const file of readdirSync(CASES).sort()) {
    if (process.env['UPDATE_CASES'] !== undefined) update(join(CASES, file));
    describe(file.replace('.txt', ''), () => {
      for (const { title, context, source, expected } of parseCases(readFileSync(join(CASES, file), 'utf8'))) {
        it(title, () => assert.deepEqual(lines(readCSource(source, context)), expected));
      }
    });
  }
});
