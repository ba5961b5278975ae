// The figures, their change by the last operation, and their history.

import type { Frame } from '../../src/view/frame/frame';
import type { MetricRow, MetricsView } from '../../src/view/metrics';
import { Pane } from '../pane';
import type { Store } from '../store';

interface Props {
  readonly store: Store;
  readonly metrics: MetricsView;
  /** Six figures as a grid, for a narrow panel. */
  readonly grid?: boolean;
}

const GRID = ['free', 'used', 'internal', 'largest', 'request', 'external'];

export function MetricsPane({ store, metrics, grid = false }: Props) {
  const changes = store.frame?.changes ?? 'none';
  const value = (id: string) => metrics.rows.find((r) => r.id === id)?.value ?? '';
  return (
    <Pane
      store={store}
      name="metrics"
      title="Metrics"
      summary={`${value('free')} free · largest ${value('largest')}`}
      bare={grid}
    >
      {grid ? (
        <dl class="metric-grid">
          {GRID.map((id) => metrics.rows.find((r) => r.id === id)!).map((r) => (
            <div key={r.id} title={r.formula}>
              <dt>{r.label}</dt>
              <dd>
                {r.value} <span class="change">{r.change === '·' ? '' : r.change}</span>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <Table metrics={metrics} changes={changes} />
      )}
    </Pane>
  );
}

const CHANGES = { steps: 'last step', stops: 'last stop', none: '' } as const;

/** Columns in which nothing can stand are left out. */
function Table({ metrics, changes }: { readonly metrics: MetricsView; readonly changes: Frame['changes'] }) {
  const known = changes === 'steps' || metrics.rows.some((r) => r.change !== '');
  const change = known ? CHANGES[changes] : '';
  const history = metrics.rows.some((r) => r.history.length > 0);
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Metrics" data-stop>
      <table class="metrics">
        <thead>
          <tr>
            <th scope="col"><span class="unseen">figure</span></th>
            <th scope="col">now</th>
            {change !== '' && <th scope="col">{change}</th>}
            {history && <th scope="col">history</th>}
          </tr>
        </thead>
        <tbody>
          {metrics.rows.map((r) => (
            <tr key={r.id} title={r.id === 'external' && metrics.note !== '' ? `${r.formula}\n${metrics.note}` : r.formula}>
              <th scope="row" class={r.id === 'slack' ? 'of' : ''}>{r.label}</th>
              <td class="number" data-metric={r.id}>{r.value}</td>
              {change !== '' && <td class={`number ${r.change === '·' ? 'dim' : 'change'}`}>{r.change}</td>}
              {history && <td><Sparkline row={r} at={metrics.at} /></td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ); // prettier-ignore
}

const WIDTH = 68;
const HEIGHT = 16;

function Sparkline({ row, at }: { readonly row: MetricRow; readonly at: number }) {
  if (row.history.length < 2) return <span class="unseen">no history</span>;
  const x = (i: number) => (i / (row.history.length - 1)) * WIDTH;
  const y = (v: number) => HEIGHT - 2 - v * (HEIGHT - 4);
  const path = row.history.map((v, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join('');
  const here = Math.min(row.history.length - 1, Math.max(0, Math.round(at * (row.history.length - 1))));
  return (
    <svg
      class="sparkline"
      width={WIDTH + 4}
      height={HEIGHT}
      viewBox={`-2 0 ${String(WIDTH + 4)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={row.spoken}
    >
      <path class="spark-line" d={path} />
      <path class="spark-now" d={`M${x(here).toFixed(1)} 0V${String(HEIGHT)}`} />
      <circle class="spark-dot" cx={x(here)} cy={y(row.history[here]!)} r={2} />
    </svg>
  );
}
