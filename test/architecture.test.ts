// Holds every import line of src/ and media/ against the table of who may import whom.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, resolve, sep } from 'node:path';

const ROOT = resolve(__dirname, '..');

const CORE = [
  'memory',
  'regions',
  'snapshot',
  'allocators',
  'firmware',
  'boot',
  'readers',
  'timeline',
  'dumps',
  'explain',
  'view',
  'report',
  'protocol',
] as const;

/** What boot and timeline see of the allocators' room: lib/ukalloc (interface, compat layers), its surroundings, the table of allocators. */
const ALLOCATOR_INTERFACE = [
  'allocators/ukalloc',
  'allocators/kernel',
  'allocators/registry',
  'allocators/layers',
  'allocators/reasoning',
];

/** What each room may import beside its own files: rooms, single files, or packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  memory: [],
  regions: ['memory'],
  snapshot: ['memory', 'regions'],
  allocators: ['memory', 'regions', 'snapshot', 'package:@noble/hashes'],
  firmware: ['memory', 'regions'],
  boot: ['memory', 'regions', 'firmware', ...ALLOCATOR_INTERFACE],
  readers: [
    'memory',
    'regions',
    'allocators/ukalloc',
    'package:@lezer/cpp',
    'package:@lezer/common',
    'package:jsonc-parser',
    'package:yaml',
  ],
  timeline: ['memory', 'regions', 'snapshot', 'firmware', 'boot', ...ALLOCATOR_INTERFACE],
  dumps: ['memory', 'regions', 'snapshot', 'boot', 'readers', 'timeline', ...ALLOCATOR_INTERFACE],
  explain: ['memory', 'regions', 'snapshot', 'firmware', 'boot', 'timeline', ...ALLOCATOR_INTERFACE],
  view: ['memory', 'regions', 'snapshot', 'firmware', 'timeline', 'explain'],
  report: ['memory', 'regions', 'snapshot', 'timeline', 'explain', 'view', 'package:@noble/hashes'],
  protocol: ['view', 'report/table'],
  media: ['protocol', 'view', 'package:preact', 'package:uplot', 'package:@vscode/codicons'],
  extension: [...CORE, 'package:vscode'],
  cli: [...CORE, 'package:@noble/hashes'],
};

/** Type-only imports that a room may have beyond the table: shapes that are carried through, not called. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  protocol: ['timeline/types'],
  view: ['boot/decision', 'allocators/kernel', 'allocators/ukalloc', 'allocators/reasoning'],
  report: ['boot/decision'],
};

/** Rooms and files that may name modules of Node. */
const NODE_ROOMS = ['cli', 'extension/dumps/large-file'];

/** Allocators that may import another allocator's files, because they really sit on it. */
const SITS_ON: Readonly<Record<string, readonly string[]>> = { mimalloc: ['region'] };

/** Folders in allocators/ that are no allocator but what several allocators share. */
const SHARED_BY_ALLOCATORS = ['layers'];

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const pattern =
    /^[ \t]*(?:(import|export)\s+(type\s)?[^'";]*?from\s+|import\s+)(['"])([^'"\n]+)\3|\b(?:import|require)\(\s*(['"])([^'"\n]+)\5/gm;
  for (const match of text.matchAll(pattern)) {
    const line = text.slice(0, match.index).split('\n').length;
    found.push({ file, line, target: match[4] ?? match[6]!, typeOnly: match[2] !== undefined });
  }
  return found;
}

/** Why an import is not allowed; undefined when it is. */
function refusal({ file, target, typeOnly }: Import): string | undefined {
  const room = file.split('/')[0]!;
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return `room ${room} does not stand in the table`;
  if (!target.startsWith('.')) return packageRefusal(room, file, allowed, target);
  const to = normalize(join(dirname(file), target))
    .split(sep)
    .join('/');
  const toRoom = to.split('/')[0]!;
  if (to.startsWith('..')) return 'leaves the source folders';
  if (toRoom === room) return room === 'allocators' ? otherAllocator(file, to) : undefined;
  const types = typeOnly ? (MAY_IMPORT_TYPES[room] ?? []) : [];
  if ([...allowed, ...types].some((a) => to === a || to.startsWith(`${a}/`))) {
    return room === 'protocol' && !typeOnly ? 'protocol takes types only' : undefined;
  }
  return `${room} may not import ${to}`;
}

function packageRefusal(room: string, file: string, allowed: readonly string[], target: string): string | undefined {
  if (target.startsWith('node:') || builtinModules.includes(target)) {
    return NODE_ROOMS.some((n) => n === room || file.endsWith(`${n}.ts`)) ? undefined : `${room} may not name Node modules`;
  }
  const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
  return allowed.includes(`package:${name}`) ? undefined : `${room} may not import package ${name}`;
}

function otherAllocator(file: string, to: string): string | undefined {
  const [from, target] = [file, to].map((f) => f.split('/'));
  if (from!.length < 3 || target!.length < 3) return undefined;
  const [own, other] = [from![1]!, target![1]!];
  if (own === other || SHARED_BY_ALLOCATORS.includes(other) || SITS_ON[own]?.includes(other)) return undefined;
  return `allocator ${own} may not import allocator ${other}`;
}

/** Source files below a folder, as paths relative to it with `/`. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => /\.(ts|tsx|mts|js|mjs)$/.test(f))
    .map((f) => f.split(sep).join('/'))
    .sort();
}

function allImports(): Import[] {
  const src = sourcesBelow(join(ROOT, 'src')).flatMap((f) => importsOf(f, readFileSync(join(ROOT, 'src', f), 'utf8')));
  const media = sourcesBelow(join(ROOT, 'media')).flatMap((f) =>
    importsOf(`media/${f}`, readFileSync(join(ROOT, 'media', f), 'utf8').replaceAll(/(['"])((?:\.\.\/)+)src\//g, '$1$2')),
  );
  return [...src, ...media];
}

describe('architecture', () => {
  it('every import follows the table of rooms', () => {
    const imports = allImports();
    assert.ok(imports.length > 10, 'imports are found at all');
    const refused = imports.flatMap((i) => {
      const why = refusal(i);
      return why === undefined ? [] : [`${i.file}:${i.line}: '${i.target}': ${why}`];
    });
    assert.deepEqual(refused, []);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['memory/a.ts', `import { x } from '../regions/release';`, 'memory may not import regions/release'],
    ['boot/a.ts', `import { bbuddy } from '../allocators/bbuddy';`, 'boot may not import allocators/bbuddy'],
    ['allocators/tlsf/a.ts', `import { x } from '../bbuddy/layout';`, 'allocator tlsf may not import allocator bbuddy'],
    ['view/a.ts', `import * as vscode from 'vscode';`, 'view may not import package vscode'],
    ['readers/a.ts', `import { readFileSync } from 'node:fs';`, 'readers may not name Node modules'],
    ['readers/a.ts', `const fs = require('fs');`, 'readers may not name Node modules'],
    ['extension/a.ts', `import { main } from '../cli/main';`, 'extension may not import cli/main'],
    ['cli/a.ts', `import * as vscode from 'vscode';`, 'cli may not import package vscode'],
    ['protocol/a.ts', `import { strips } from '../view/strip';`, 'protocol takes types only'],
    ['media/a.ts', `import { Simulation } from '../timeline/simulation';`, 'media may not import timeline/simulation'],
    ['firmware/a.ts', `import { planBoot } from '../boot/boot';`, 'firmware may not import boot/boot'],
    ['odds/a.ts', `import '../memory/address';`, 'room odds does not stand in the table'],
  ];
  for (const [file, text, why] of refused) {
    it(`refuses ${text} in ${file}`, () => {
      assert.deepEqual(importsOf(file, text).map(refusal), [why]);
    });
  }

  it('reads multi-line, type-only and dynamic imports', () => {
    const text = `import type {\n  A,\n  B,\n} from './a';\nexport * from "./b";\nconst c = await import('./c');\nimport './d';\n`;
    assert.deepEqual(
      importsOf('memory/x.ts', text).map((i) => [i.line, i.target, i.typeOnly]),
      [
        [1, './a', true],
        [5, './b', false],
        [6, './c', false],
        [7, './d', false],
      ],
    );
  });
});
