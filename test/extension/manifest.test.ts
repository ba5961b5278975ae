// package.json against the code: ids, settings, colours, and what goes into the package.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS, SETTINGS, VIEW_TYPE } from '../../src/extension/ids';
import { ALLOCATORS } from '../../src/allocators/registry';
import { RELEASES } from '../../src/regions/release';

const ROOT = resolve(__dirname, '../..');

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when?: string }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          {
            readonly enum?: readonly string[];
            readonly default: unknown;
            readonly scope: string;
            readonly description?: string;
            readonly markdownDescription?: string;
          }
        >
      >;
    };
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly walkthroughs: readonly unknown[];
    readonly jsonValidation: readonly { readonly url: string }[];
  };
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const { commands, menus, keybindings, configuration, colors, jsonValidation, walkthroughs } = manifest.contributes;

describe('package.json', () => {
  it('declares the commands that the code registers, and no others', () => {
    assert.deepEqual(commands.map((c) => c.command).sort(), Object.values(COMMANDS).sort());
  });

  it('the main command is called exactly Simulate ukboot', () => {
    assert.equal(commands.find((c) => c.command === 'ukboot.simulate')?.title, 'Simulate ukboot');
  });

  it('every command has the category, and a when clause in the palette', () => {
    const palette = new Map(menus['commandPalette']!.map((entry) => [entry.command, entry.when]));
    for (const { command, category } of commands) {
      assert.equal(category, 'ukboot', command);
      if (command !== COMMANDS.showLog) assert.ok(palette.get(command), `${command} in the palette`);
    }
  });

  it('menus and keys name commands that exist; keys work in the heap view only, not while one types or is in a list beside it', () => {
    const ids = commands.map((c) => c.command);
    for (const entry of [...Object.values(menus).flat(), ...keybindings]) assert.ok(ids.includes(entry.command), entry.command);
    for (const { key, when } of keybindings)
      assert.equal(when, `activeWebviewPanelId == '${VIEW_TYPE}' && !inputFocus && !listFocus`, key);
  });

  it('no key does two things', () => {
    const keys = keybindings.map((k) => k.key);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('declares the settings that the code reads, each described, with a scope', () => {
    assert.deepEqual(Object.keys(configuration.properties).sort(), Object.values(SETTINGS).sort());
    for (const [key, setting] of Object.entries(configuration.properties)) {
      assert.ok(setting.description ?? setting.markdownDescription, key);
      assert.equal(setting.scope, 'resource', key);
    }
  });

  it('offers the releases and allocators that can be simulated', () => {
    const releases = configuration.properties[SETTINGS.release]!.enum!;
    assert.deepEqual(releases, ['ask', ...RELEASES]);
    const allocators = configuration.properties[SETTINGS.allocator]!.enum!;
    assert.deepEqual([...allocators].sort(), ['ask', ...ALLOCATORS.map((a) => a.id)].sort());
  });

  it('wakes on demand only', () => {
    // Every window opens a plain text and a log at its start, so these two would wake the extension always.
    const always = ['*', 'onStartupFinished', 'onLanguage', 'onLanguage:plaintext', 'onLanguage:log'];
    assert.deepEqual(
      manifest.activationEvents.filter((event) => always.includes(event)),
      [],
    );
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${VIEW_TYPE}`));
  });

  it('the walkthrough has pictures that exist, and names commands that exist', () => {
    const text = JSON.stringify(walkthroughs);
    const ids = commands.map((c) => c.command);
    for (const [, id] of text.matchAll(/(?:command|onCommand):(ukboot\.\w+)/g)) assert.ok(ids.includes(id!), id);
    for (const [, image] of text.matchAll(/"image":"([^"]+)"/g)) assert.ok(existsSync(join(ROOT, image!)), image);
  });

  it('names schemas that exist', () => {
    for (const { url } of jsonValidation) assert.ok(existsSync(join(ROOT, url)), url);
  });

  const BACKGROUNDS = { dark: '#1F1F1F', light: '#FFFFFF', highContrast: '#000000', highContrastLight: '#FFFFFF' } as const;
  for (const { id, defaults } of colors) {
    it(`colour ${id} stands out from the background of each kind of theme by 4.5 : 1`, () => {
      for (const [kind, background] of Object.entries(BACKGROUNDS)) {
        const colour = defaults[kind];
        assert.ok(colour, kind);
        if (colour.startsWith('#'))
          assert.ok(contrast(colour, background) >= 4.5, `${kind}: ${contrast(colour, background).toFixed(2)}`);
      }
    });
  }
});

describe('package', () => {
  it('holds what the extension needs, and nothing else', function () {
    this.timeout(60_000);
    const listed = execFileSync(process.execPath, ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const allowed = readFileSync(join(__dirname, 'packaged-files.txt'), 'utf8').split('\n').filter(Boolean);
    const unexpected = listed.split('\n').filter((file) => file !== '' && !allowed.includes(file));
    assert.deepEqual(unexpected, [], 'files that slipped in');
    // What the build makes need not be there when only the tests run.
    const missing = allowed.filter((file) => !listed.split('\n').includes(file) && !file.startsWith('dist/'));
    assert.deepEqual(missing, [], 'files that are missing');
  });
});

/** Contrast of two colours as WCAG 2 defines it, 1 … 21. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
