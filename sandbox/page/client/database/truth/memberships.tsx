import type { Membership, Memberships, Told } from '../../../api-database.js';
import { Fact } from './fact.js';

/** The rows of pg_auth_members on one server. */
export function MembershipsFact({ name, told }: { readonly name: string; readonly told: Told<Memberships> }) {
  return (
    <Fact
      title={
        <>
          <code className="db-table-name">pg_auth_members</code> on {name}
        </>
      }
      told={told}
      sum={({ granted }) => `${granted.toLocaleString('en-US')} by Hallpass`}
    >
      {({ rows, total }) => (
        <>
          {rows.length > 0 && (
            <div className="db-facts-table">
              <table>
                <thead>
                  <tr>
                    {['role', 'member', 'grantor', 'options'].map((column) => (
                      <th key={column} scope="col">
                        {column}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr
                      key={`${row.role} ${row.member} ${row.grantor}`}
                      className={row.granted ? 'db-granted' : ''}
                    >
                      <td>{row.role}</td>
                      <td>{row.member}</td>
                      <td>{row.grantor}</td>
                      <td>{optionsOf(row)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {total > rows.length && (
            <p className="db-more">and {(total - rows.length).toLocaleString('en-US')} more</p>
          )}
          {total === 0 && <p className="db-more">No rows.</p>}
        </>
      )}
    </Fact>
  );
}

function optionsOf({ admin, inherit, set }: Membership): string {
  const has = [inherit === true && 'inherit', set === true && 'set', admin && 'admin'].filter(Boolean);
  return has.join(', ') || 'none';
}
