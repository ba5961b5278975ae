// Operations, the current one opened to its C-level steps; and the kernel's log, which follows.

import type { Frame } from '../../src/view/frame/frame';
import type { LogRow, StepRow } from '../../src/view/time/steps';
import { LAST_STEP } from '../../src/view/viewport';
import { Pane } from '../pane';
import type { Store } from '../store';
import { VirtualList } from './virtual-list';

export function Steps({
  store,
  frame,
  folded = false,
}: {
  readonly store: Store;
  readonly frame: Frame;
  readonly folded?: boolean;
}) {
  const { steps, moment } = frame;
  if (steps === undefined || moment === undefined) return null;
  const open = (row: StepRow) => {
    if (row.kind === 'operation') store.seek({ operation: row.operation, step: LAST_STEP });
    else if (row.kind === 'step') store.seek({ operation: row.operation, step: row.step });
    else if (row.named)
      store.seek(row.operation === 0 ? { operation: 0, step: 0 } : { operation: row.operation - 1, step: LAST_STEP });
  };
  return (
    <Pane
      store={store}
      name="steps"
      title="Steps"
      summary={`${moment.step} of ${moment.of}`}
      folded={folded}
      tools={<span class="column-title">Δ used</span>}
    >
      <VirtualList<StepRow>
        name="steps"
        label={`Steps, ${moment.of}`}
        rowHeight={18}
        total={steps.total}
        first={steps.first}
        rows={steps.rows}
        current={steps.current}
        window={store.viewport.steps}
        onLook={(window) => store.look({ steps: window })}
        onOpen={open}
        draw={(row) => ({
          class: `step-row ${row.kind} ${row.kind !== 'phase' ? row.when : row.named ? 'named' : ''}`,
          selected: row.kind !== 'phase' && row.when === 'current',
          content: <StepContent row={row} />,
        })}
      />
      {steps.step !== undefined && (
        <p class="where-in-c" role="note" aria-label="Current step">
          {steps.step.text}
          <br />
          <span class="code dim">
            {steps.step.fn}() {steps.step.file}
          </span>
          {steps.result + steps.recorded !== '' && (
            <>
              <br />
              {steps.result !== '' && `→ ${steps.result} `}
              {steps.recorded}
            </>
          )}
        </p>
      )}
    </Pane>
  );
}

function StepContent({ row }: { readonly row: StepRow }) {
  switch (row.kind) {
    case 'phase':
      return (
        <>
          {row.named && <span class="codicon codicon-milestone" aria-hidden="true" />} {row.text}
        </>
      );
    case 'step':
      return (
        <span class="step-text" title={`${row.text}\n${row.fn}() in ${row.file}`}>
          {row.when === 'current' && <span aria-hidden="true">▸ </span>}
          {row.text}
        </span>
      );
    case 'operation':
      return (
        <span
          class="operation"
          title={[
            row.title,
            row.result === '' ? '' : `→ ${row.result}`,
            row.caller === '' ? '' : `called by ${row.caller}`,
            row.recorded,
          ]
            .filter((t) => t !== '')
            .join('\n')}
        >
          <span class="operation-number">{row.operation + 1}</span>
          <span class={`operation-sign ${signClass(row.what)}`} aria-hidden="true">
            {SIGNS[signClass(row.what)]}
          </span>
          <span class="operation-title">{row.title}</span>
          {row.mismatch !== '' && (
            <span class="codicon codicon-warning" role="img" aria-label="differs from the recorded result" />
          )}
          {row.outcome === 'refused' && <span class="codicon codicon-circle-slash" role="img" aria-label="refused" />}
          {row.outcome === 'stopped' && <span class="codicon codicon-error" role="img" aria-label="the kernel stops" />}
          <span class="operation-change">{row.change}</span>
        </span>
      );
  }
}

const SIGNS = { gives: '▲', takes: '▽', neither: '•' } as const;

function signClass(what: string): keyof typeof SIGNS {
  if (/^p?free$/.test(what)) return 'takes';
  return /alloc|memalign/.test(what) && !/avail|max/.test(what) ? 'gives' : 'neither';
}

export function Log({
  store,
  frame,
  folded = false,
}: {
  readonly store: Store;
  readonly frame: Frame;
  readonly folded?: boolean;
}) {
  const { log } = frame;
  if (log === undefined) return null;
  return (
    <Pane
      store={store}
      name="log"
      title="Log"
      subtitle={`the kernel's messages up to the current step${log.recorded === '' ? '' : ` · ${log.recorded}`}`}
      summary={log.last}
      folded={folded}
    >
      {log.total === 0 ? (
        <p class="nothing">Nothing printed yet.</p>
      ) : (
        <VirtualList<LogRow>
          name="log"
          label={`Kernel log, ${String(log.total)} lines`}
          rowHeight={16}
          total={log.total}
          first={log.first}
          rows={log.rows}
          current={log.total - 1}
          window={store.viewport.log}
          onLook={(window) => store.look({ log: window })}
          onOpen={(row) => store.seek({ operation: row.operation, step: row.step })}
          draw={(row) => ({
            class: `log-row level-${row.level}${row.current ? ' current' : ''}`,
            selected: row.current,
            content: (
              <>
                <span class="log-step">{row.operation + 1}</span>
                <span class="log-level">{row.level}</span>
                <span class="log-text">{row.text}</span>
              </>
            ),
          })}
        />
      )}
    </Pane>
  );
}
