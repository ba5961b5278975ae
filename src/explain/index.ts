// Explanations of one simulation: what there is to explain, and the cards.

import type { CardId, Card, CardTitle } from './card';
import { regionsOf, type Explainable } from './explainable';
import { regionCard, titleOf } from './regions';
import { operationCard } from './requests';
import { bootCard } from './stop';

/** Refused calls that are listed; a workload may have a million. */
const MOST_CALLS = 500;

/** What can be explained: what was refused first, then every other region. */
export function cardTitles(simulation: Explainable): CardTitle[] {
  const titles: CardTitle[] = [];
  const boot = bootCard(simulation);
  if (boot !== undefined) titles.push({ id: 'boot', title: boot.title, refused: true });
  const decisions = simulation.finalDecisions();
  const regions = regionsOf(simulation).map((r): CardTitle => {
    const decision = decisions[r.index]!;
    return { id: `region:${r.index}`, title: titleOf(decision, r), refused: decision.kind === 'failed' };
  });
  titles.push(...regions.filter((t) => t.refused));
  titles.push(...refusedCalls(simulation));
  return [...titles, ...regions.filter((t) => !t.refused)];
}

function refusedCalls(simulation: Explainable): CardTitle[] {
  const found: CardTitle[] = [];
  for (const operation of simulation.refusals()) {
    if (simulation.recorded(operation) === undefined || operation < 0) continue;
    const { title, result, outcome } = simulation.info(operation);
    const end = outcome === 'stopped' ? 'the kernel stops' : result;
    found.push({ id: `operation:${operation}`, title: `Step ${String(operation + 1)}: ${title} → ${end}`, refused: true });
    if (found.length === MOST_CALLS) break;
  }
  return found;
}

/** The card of an id; undefined when there is nothing of that name. Moves the cursor for a moment. */
export function cardOf(simulation: Explainable, id: CardId): Card | undefined {
  if (id === 'boot') return bootCard(simulation);
  const [kind, number] = id.split(':') as ['region' | 'operation', string];
  return kind === 'region' ? regionCard(simulation, Number(number)) : operationCard(simulation, Number(number));
}
