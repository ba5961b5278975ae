// A region where a block's details stand else: what it is, what became of it, the fields of its descriptor.

import { useRef } from 'preact/hooks';
import type { RegionDetails } from '../../src/view/region-details';
import { useRoving } from '../hooks';
import type { Store } from '../store';
import { FindingsHere } from './findings';
import { Linked } from './linked';

interface Props {
  readonly store: Store;
  readonly region: RegionDetails;
  /** In two lines, for a narrow panel. */
  readonly brief: boolean;
}

export function Region({ store, region, brief }: Props) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { index, title, size, range, says, decided, lost, fields, findings } = region;
  const known = decided && store.frame?.explain !== undefined;
  return (
    <div class="details" ref={body} tabIndex={-1} data-at={region.base} {...(index !== undefined && { 'data-region': index })}>
      <p class={`selected-title${brief ? ' brief' : ''}`}>
        <strong>{title}</strong> <span>{size}</span>
        {brief && <span class="selected-range">{range}</span>}
      </p>
      {!brief && (
        <p class="selected-range">
          {range} <span>(end excl.)</span>
        </p>
      )}
      <FindingsHere findings={findings} />
      {(says !== '' || known) && (
        <p class={lost ? 'region-lost' : ''}>
          {lost && <strong>Lost. </strong>}
          <Linked store={store} text={says} />{' '}
          {known && (
            <button class="link" data-rove="why" onClick={() => store.explain(`region:${String(index)}`)}>
              Why?
            </button>
          )}
        </p>
      )}
      {!brief && fields.length > 0 && (
        <table class="struct region-fields">
          <thead>
            <tr>
              <th scope="col">field</th>
              <th scope="col">value</th>
              <th scope="col">that is</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((f) => (
              <tr key={f.name}>
                <th scope="row">{f.name}</th>
                <td class="code">{f.value}</td>
                <td class="meaning">{f.meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
