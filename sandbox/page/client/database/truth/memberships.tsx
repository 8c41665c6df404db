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
      {({ rows, total }) => {
        const [own, others] = [rows.filter(isOwn), rows.filter((row) => !isOwn(row))];
        return (
          <>
            {others.length > 0 ? (
              <Rows rows={others} />
            ) : (
              <p className="db-more">No person is a member of a role.</p>
            )}
            {own.length > 0 && (
              <details>
                <summary className="db-more">
                  Hallpass’s own: {own.length} {own.length === 1 ? 'row' : 'rows'}, by which it may grant
                </summary>
                <Rows rows={own} />
              </details>
            )}
            {total > rows.length && (
              <p className="db-more">and {(total - rows.length).toLocaleString('en-US')} more</p>
            )}
          </>
        );
      }}
    </Fact>
  );
}

/** Hallpass's own login is a member of what it grants, or on a guarded server the owner of its functions is. */
function isOwn({ member }: Membership): boolean {
  return member.startsWith('hallpass');
}

function Rows({ rows }: { readonly rows: readonly Membership[] }) {
  return (
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
            <tr key={`${row.role} ${row.member} ${row.grantor}`} className={row.granted ? 'db-granted' : ''}>
              <td>{row.role}</td>
              <td>{row.member}</td>
              <td>{row.grantor}</td>
              <td>{optionsOf(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function optionsOf({ admin, inherit, set }: Membership): string {
  const has = [inherit === true && 'inherit', set === true && 'set', admin && 'admin'].filter(Boolean);
  return has.join(', ') || 'none';
}
