// Structures byte by byte, and the bytes that the caller has.

import type { FieldRow, SelectedView, StructRows } from '../../src/view/selected';
import type { Store } from '../store';

/** Characters of an address beside which eight bytes have room: `0xffffffff`; and beside which four do, and a name and a value. */
const SHORT = 10;
const MIDDLING = 14;

export function Structs({ store, structs }: { readonly store: Store; readonly structs: readonly StructRows[] }) {
  const longest = Math.max(0, ...structs.flatMap(({ fields }) => fields.map((f) => f.address.length)));
  const size = longest <= SHORT ? 'short' : longest <= MIDDLING ? 'middling' : 'long';
  return (
    <table class={`struct ${size}`}>
      <thead>
        <tr>
          <th scope="col">{size === 'long' ? 'offset' : 'address'}</th>
          <th scope="col">bytes as read</th>
          <th scope="col">field</th>
          <th scope="col">value</th>
        </tr>
      </thead>
      {structs.map((s) => (
        <tbody key={s.type + s.address}>
          <tr>
            <th scope="rowgroup" colSpan={4} class="struct-type code">
              {s.type}
              {size === 'long' && ` at ${s.address}`}
            </th>
          </tr>
          {s.fields.map((f) => (
            <Field key={f.address + f.name} store={store} field={f} from={size === 'long' ? s.address : ''} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

/** Bytes within which fields are of one structure: those of a page walk, say, lie in tables of their own. */
const NEAR = 0x10000n;

/** @param from where its structure begins, to give its place from there; empty for the address itself */
function Field({ store, field, from }: { readonly store: Store; readonly field: FieldRow; readonly from: string }) {
  const offset = from === '' ? -1n : BigInt(field.address) - BigInt(from);
  const written = store.frame?.changes === 'stops' ? 'changed since the last stop' : 'written by the last step';
  const near = offset >= 0n && offset < NEAR;
  return (
    <tr
      class={field.changed ? 'changed' : ''}
      title={field.changed ? `${written}${field.note === '' ? '' : ` · ${field.note}`}` : field.note}
    >
      <td class={`code dim${from === '' || near ? '' : ' far'}`} title={near ? field.address : ''}>
        {near ? `+${String(offset)}` : field.address}
      </td>
      <td class="code">
        <Bytes text={field.bytes} differs={field.differs} />
      </td>
      <th scope="row">
        {field.name}
        {field.changed && (
          <span class="change" role="img" aria-label={written}>
            {' '}
            Δ
          </span>
        )}
      </th>
      <td class="code value">
        {field.link === '' ? (
          field.value
        ) : (
          <button class="link code" data-rove={field.address} title={field.note} onClick={() => store.select(field.link)}>
            {field.value}
          </button>
        )}
      </td>
    </tr>
  );
}

/** Bytes as they were read; those that are not what they were are underlined. */
function Bytes({ text, differs }: { readonly text: string; readonly differs: readonly number[] }) {
  if (differs.length === 0) return <>{text}</>;
  return (
    <>
      {text.split(' ').map((byte, i) => (
        <span key={i}>
          {i > 0 && ' '}
          {differs.includes(i) ? <ins title="not what it was">{byte}</ins> : byte}
        </span>
      ))}
    </>
  );
}

export function Payload({ lines }: { readonly lines: SelectedView['payload'] }) {
  return (
    <table class="struct payload">
      <caption>first bytes given to the caller</caption>
      <tbody>
        {lines.map((line) => (
          <tr key={line.address}>
            <td class="code dim">{line.address}</td>
            <td class="code">
              <Bytes text={line.bytes} differs={line.differs} />
            </td>
            <td class="code">{line.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
