import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, until } from './support';

// `hover.enabled` and `diagnostics.enabled` have their tests in hovers.test.ts and diagnostics.test.ts.
describe('settings', () => {
  before(activated);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** The report on a simulation of a file with these settings. Nothing is asked: a quick pick would leave the command hanging here. */
  async function simulatedWith(file: string, chosen: Readonly<Record<string, string>>): Promise<string> {
    const source = fileUri(file);
    const settings = vscode.workspace.getConfiguration('ukboot', source);
    const { Workspace } = vscode.ConfigurationTarget;
    for (const [key, value] of Object.entries(chosen)) await settings.update(key, value, Workspace);
    try {
      await vscode.commands.executeCommand('ukboot.simulate', source);
      await until('a heap view', () => heapViews().includes(`ukboot: ${file}`));
      const to = fileUri('out/settings.html');
      await vscode.commands.executeCommand('ukboot.exportReport', { to: to.toString() });
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(to));
    } finally {
      for (const key of Object.keys(chosen)) await settings.update(key, undefined, Workspace);
    }
  }

  for (const [release, allocator, log] of [
    ['0.18.0', 'tinyalloc', /tinyalloc/i],
    ['0.17.0', 'bbuddy', /Initialize binary buddy allocator/],
  ] as const)
    it(`release and allocator answer what an input does not say: ${release}, ${allocator}`, async () => {
      const html = await simulatedWith('board.c', { release, allocator });
      assert.ok(html.includes(release) && html.includes(allocator));
      assert.match(section(html, 'log'), log);
    });

  it('what the input says itself counts more', async () => {
    const html = await simulatedWith('paged-0.17.ukboot.json', { release: '0.18.0', allocator: 'tinyalloc' });
    assert.match(section(html, 'log'), /Initialize binary buddy allocator/);
    assert.doesNotMatch(section(html, 'log'), /tinyalloc/i);
    assert.ok(html.includes('0.17.0'));
  });
});

function section(html: string, id: string): string {
  return html.split(`<section id="${id}">`)[1]?.split('</section>')[0] ?? '';
}
