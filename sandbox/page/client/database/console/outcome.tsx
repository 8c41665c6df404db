import type { Outcome, Rows, Said } from '../../../api-database.js';

/** What the server answered to a statement, as psql prints it. */
export function OutcomeView({ outcome }: { readonly outcome: Outcome }) {
  switch (outcome.kind) {
    case 'rows':
      return <RowsView {...outcome} />;
    case 'finished':
      return <p className="db-tag">{outcome.tag}</p>;
    case 'error':
    case 'notice':
      return <SaidView {...outcome} />;
  }
}

function RowsView({ columns, rows, total, tag }: Rows) {
  const more = total - rows.length;
  return (
    <>
      {columns.length > 0 && (
        <div
          className="db-rows"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too.
          tabIndex={0}
        >
          <table>
            <thead>
              <tr>
                {columns.map(({ name, right }, n) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name.
                  <th key={n} scope="col" className={right ? 'db-right' : undefined}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names, and never move.
                <tr key={n}>
                  {row.map((value, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                    <td key={at} className={columns[at]?.right ? 'db-right' : undefined}>
                      {value ?? <i className="db-null">null</i>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="db-tag">
        {more > 0 && `and ${more.toLocaleString('en-US')} more · `}
        {/^(SELECT|FETCH|SHOW|EXPLAIN)/.test(tag) ? `(${total} ${total === 1 ? 'row' : 'rows'})` : tag}
      </p>
    </>
  );
}

function SaidView({ kind, severity, message, code, detail, hint, at }: Said) {
  return (
    <div className={kind === 'error' ? 'db-said db-error' : 'db-said'}>
      <p>
        {severity}: {message}
      </p>
      {at !== null && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keyboard too.
          tabIndex={0}
        >{`${at.line}\n${at.caret}`}</pre>
      )}
      {detail !== null && <p>DETAIL: {detail}</p>}
      {hint !== null && <p>HINT: {hint}</p>}
      {kind === 'error' && code !== null && <p className="db-code">SQLSTATE {code}</p>}
    </div>
  );
}
