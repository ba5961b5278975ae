// The panel's client, and the pages that stand in for VS Code, as scripts in a folder.

import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** @param pages entry points by the name of their script */
export async function bundlePanel(folder: string, pages: Readonly<Record<string, string>>, minify: boolean): Promise<void> {
  const options: BuildOptions = {
    bundle: true,
    minify,
    target: 'es2022',
    logLevel: 'warning',
    platform: 'browser',
    format: 'iife',
    mainFields: ['module', 'main'],
  };
  await build({ ...options, entryPoints: { ...pages }, outdir: folder });
  await build({
    ...options,
    entryPoints: [join(ROOT, 'media/main.tsx')],
    outfile: join(folder, 'heap-view.js'),
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  });
}
