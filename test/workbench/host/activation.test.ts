import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, extension, until } from './support';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

describe('activation', () => {
  it('a workspace with memory-map files wakes the extension, so that hovers work in logs and transcripts too', async () => {
    await until('active', () => extension().isActive);
  });

  it('registers exactly the commands that it declares', async () => {
    await activated();
    const declared = (extension().packageJSON as Manifest).contributes.commands.map((c) => c.command);
    const registered = (await vscode.commands.getCommands(true)).filter((id) => /^ukboot\.[a-zA-Z]+$/.test(id));
    assert.deepEqual(registered.sort(), [...declared].sort());
  });

  it('every setting has its declared default', () => {
    const { properties } = (extension().packageJSON as Manifest).contributes.configuration;
    for (const [key, { default: value }] of Object.entries(properties)) {
      assert.equal(vscode.workspace.getConfiguration().get(key), value, key);
    }
  });
});
