// Structures byte by byte, and the bytes that the caller has.

import { Fragment } from 'preact';
import type { FieldRow, SelectedView, StructRows } from '../../src/view/selected';
import type { Store } from '../store';

/** Characters beyond which an address gives way to an offset in its structure. */
const LONG = 14;
/** Characters of an address, a name and a number that have room beside eight bytes in a line. */
const ROOM = 21;
/** A number that is read at a glance, and only if it is whole. */
const NUMBER = /^0x[0-9a-f]{1,12}$/;

/** How much room each column is given: eight bytes stand in a line where all the others are narrow. */
function sizeOf(structs: readonly StructRows[]): 'short' | 'middling' | 'long' {
  const fields = structs.flatMap((s) => s.fields);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((t) => t.length));
  const address = widest(fields.map((f) => f.address));
  const word = widest(fields.flatMap((f) => f.name.split(' ')));
  const number = widest(fields.map((f) => f.value).filter((v) => NUMBER.test(v)));
  if (address > LONG) return 'long';
  return address + word + number <= ROOM ? 'short' : 'middling';
}

export function Structs({ store, structs }: { readonly store: Store; readonly structs: readonly StructRows[] }) {
  const size = sizeOf(structs);
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
      <td class={`code dim${from === '' || near || NUMBER.test(field.address) ? '' : ' far'}`} title={near ? field.address : ''}>
        {near ? `+${String(offset)}` : field.address}
      </td>
      <td class="code">
        <Bytes text={field.bytes} differs={field.differs} />
      </td>
      <th scope="row">
        <Name text={field.name} />
        {field.changed && (
          <span class="change" role="img" aria-label={written}>
            {' '}
            Δ
          </span>
        )}
      </th>
      <td class={`code value${NUMBER.test(field.value) ? ' whole' : ''}`}>
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

/** Characters of a word of a name that always have room. */
const WORD = 9;

/** A name, or path of names, goes on in another line where a word of it ends. */
function Name({ text }: { readonly text: string }) {
  const parts = text.length <= WORD ? [text] : text.split(/(?<=[._])|(?= )/);
  return (
    <>
      {parts.map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part.length <= WORD ? <span class="whole">{part}</span> : part}
        </Fragment>
      ))}
    </>
  );
}

/** Bytes that stay in one line. */
const FOUR = 4;

/** Bytes as they were read, in fours; those that are not what they were are underlined. */
function Bytes({ text, differs }: { readonly text: string; readonly differs: readonly number[] }) {
  const bytes = text.split(' ');
  const fours = bytes.flatMap((_, i) => (i % FOUR === 0 ? [{ first: i, bytes: bytes.slice(i, i + FOUR) }] : []));
  return (
    <>
      {fours.map(({ first, bytes }) => (
        <Fragment key={first}>
          {first > 0 && ' '}
          <span class="whole">
            {differs.length === 0
              ? bytes.join(' ')
              : bytes.map((byte, n) => (
                  <Fragment key={n}>
                    {n > 0 && ' '}
                    {differs.includes(first + n) ? <ins title="not what it was">{byte}</ins> : byte}
                  </Fragment>
                ))}
          </span>
        </Fragment>
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
