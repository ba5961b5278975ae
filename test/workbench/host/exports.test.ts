import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, until } from './support';

const read = async (uri: vscode.Uri): Promise<string> => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

describe('exports', () => {
  before(async () => {
    await activated();
    await vscode.commands.executeCommand('ukboot.simulate', fileUri('paged-0.17.ukboot.json'));
    await until('a heap view', () => heapViews().length === 1);
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('ukboot.exportReport writes a page that needs nothing else', async () => {
    const to = fileUri('out/report.html');
    await vscode.commands.executeCommand('ukboot.exportReport', { to: to.toString() });
    const html = await read(to);
    assert.ok(html.startsWith('<!DOCTYPE html>') && html.includes('</html>'));
    assert.match(html, /default-src &#39;none&#39;; style-src &#39;sha256-/);
    assert.doesNotMatch(html, /<script|https?:\/\//);
    for (const section of ['regions', 'ledger', 'map', 'lists', 'metrics', 'blocks', 'steps', 'log', 'findings'])
      assert.ok(html.includes(`<section id="${section}">`), section);
  });

  it('ukboot.exportTable writes CSV or JSON, by the name of the file', async () => {
    const csv = fileUri('out/regions.csv');
    await vscode.commands.executeCommand('ukboot.exportTable', { table: 'regions', to: csv.toString() });
    const lines = (await read(csv)).split('\r\n');
    assert.match(lines[0]!, /^index,name,type,flags,base,pbase,vbase/);
    assert.ok(
      lines.some((l) => /^9,.*,FREE,.*0x180000,0x180000.*,addmem,/.test(l)),
      lines.join('\n'),
    );
    const json = fileUri('out/blocks.json');
    await vscode.commands.executeCommand('ukboot.exportTable', { table: 'blocks', to: json.toString() });
    const blocks = JSON.parse(await read(json)) as { address: string; end: string; size: number }[];
    assert.ok(blocks.length > 10);
    for (const b of blocks) assert.equal(BigInt(b.end) - BigInt(b.address), BigInt(b.size));
  });

  it('ukboot.savePng and ukboot.saveSvg write a pane as it looks', async () => {
    const png = fileUri('out/map.png');
    await until('the picture', async () => {
      await vscode.commands.executeCommand('ukboot.savePng', { pane: 'map', to: png.toString() });
      return await vscode.workspace.fs.stat(png).then(
        () => true,
        () => false,
      );
    });
    const bytes = await vscode.workspace.fs.readFile(png);
    assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    for (const pane of ['strip', 'map', 'timeline', 'metrics']) {
      const svg = fileUri(`out/${pane}.svg`);
      await vscode.commands.executeCommand('ukboot.saveSvg', { pane, to: svg.toString() });
      assert.match(await read(svg), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>$/);
    }
  });
});
