import assert from 'node:assert/strict';
import { LINKED_COMMANDS, actionsLine, showText } from '../../../src/extension/hovers/actions';
import type { LinkedRegion } from '../../../src/extension/hovers/actions';
import type { DescriptorProblem } from '../../../src/regions/checks';

const URI = 'file:///w/board.c';
const problem = (severity: DescriptorProblem['severity'], code: string): DescriptorProblem => ({
  severity,
  code,
  message: '',
  descriptor: 9,
});

const good: LinkedRegion = { uri: URI, index: 9, decision: 'addmem', problems: [], release: '0.17.0', placed: true };

/** Text, command and arguments of each link. */
function linksOf(region: LinkedRegion): [text: string, command: string, args: unknown][] {
  const line = actionsLine(region);
  assert.ok(!line.includes('\n'));
  return line.split(' · ').map((one) => {
    const [, text, command, args] = /^\[\$\([a-z-]+\) ([^\]]*)\]\(command:([\w.]+)\?([^()]*)\)$/.exec(one) ?? assert.fail(one);
    assert.ok(LINKED_COMMANDS.includes(command!), command);
    return [text!, command!, JSON.parse(decodeURIComponent(args!))];
  });
}

describe('hover: links', () => {
  it('of a good region: simulate, show, explain, copy', () => {
    assert.deepEqual(linksOf(good), [
      ['Simulate ukboot', 'ukboot.simulate', [URI]],
      ['Show region 9 in heap view', 'ukboot.showRegion', [URI, 9]],
      ['Explain', 'ukboot.explain', [URI, 'region:9']],
      ['Copy as JSON', 'ukboot.copyRegion', [URI, 9]],
    ]);
  });

  it('of a broken one: the fix first, then the rules, each once', () => {
    const problems = [problem('error', 'pg-count'), problem('error', 'pg-count'), problem('warning', 'overlap')];
    const where = { line: 0, column: 0, endLine: 0, endColumn: 1 };
    const fix = [{ field: 'len', where, text: '0x1000' }] as const;
    assert.deepEqual(linksOf({ ...good, decision: 'failed', problems, fix }), [
      ['Set len to 0x1000', 'ukboot.fixRegion', [URI, 9]],
      ['Show the rules', 'ukboot.showRules', [['pg-count', 'overlap'], '0.17.0', 9]],
      ['Why?', 'ukboot.explain', [URI, 'region:9']],
      ['Simulate ukboot', 'ukboot.simulate', [URI]],
    ]);
  });

  it('a remark has its rule, and nothing is left out for it', () => {
    const texts = linksOf({ ...good, problems: [problem('info', 'hole')] }).map(([text]) => text);
    assert.deepEqual(texts, ['Simulate ukboot', 'Show region 9 in heap view', 'Explain', 'Show the rule', 'Copy as JSON']);
  });

  it('two hovers above each other say what each of them shows, in one wording', () => {
    const region = linksOf(good).find(([, command]) => command === 'ukboot.showRegion')![0];
    const address = showText('0x180000');
    assert.deepEqual([region, address], ['Show region 9 in heap view', 'Show 0x180000 in heap view']);
  });

  it('what cannot be shown is not offered', () => {
    assert.ok(!linksOf({ ...good, placed: false }).some(([text]) => text === 'Show region 9 in heap view'));
    const unlisted: LinkedRegion = { uri: URI, problems: [], release: '0.17.0', placed: true };
    assert.deepEqual(
      linksOf(unlisted).map(([text]) => text),
      ['Simulate ukboot'],
    );
  });

  it('the name of a file is no markup', () => {
    const uri = 'file:///w/a) [x](command:evil) `"\n.c';
    assert.ok(linksOf({ ...good, uri }).every(([, , args]) => (args as unknown[])[0] === uri));
  });
});
