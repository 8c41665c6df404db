/**
 * The catalogs in which something that was made or changed leaves a row, in SQL: which rows, what people call them,
 * and which roles they name. Every login can read all of them; it can't read pg_authid, subscriptions and user
 * mappings.
 */

export interface CatalogKind {
  /** Begins with the catalog and the alias of the row that was written. */
  readonly from: string;
  readonly what: string;
  readonly where?: string;
  readonly owner?: string;
  readonly acl?: string;
  /** OIDs of other roles that it names. */
  readonly others?: string;
}

const OF_TABLE = (column: string) => `JOIN pg_class c ON c.oid = ${column}`;

/** A row that was written together with its table's is no news of its own: `NOT d.xmin = c.xmin`. */
export const IN_DATABASE: readonly CatalogKind[] = [
  {
    from: 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace',
    where: `c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') AND n.nspname !~ '^pg_(toast|temp)'`,
    what: `CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
           WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END || ' ' || c.oid::regclass`,
    owner: 'c.relowner',
    acl: 'c.relacl',
  },
  {
    from: `pg_attribute a ${OF_TABLE('a.attrelid')}`,
    where: 'a.attacl IS NOT NULL',
    what: `'column ' || c.oid::regclass || '.' || a.attname`,
    owner: 'c.relowner',
    acl: 'a.attacl',
  },
  {
    from: `pg_attrdef d ${OF_TABLE('d.adrelid')}`,
    where: 'NOT d.xmin = c.xmin',
    what: `'default in ' || c.oid::regclass`,
    owner: 'c.relowner',
  },
  {
    from: `pg_rewrite w ${OF_TABLE('w.ev_class')}`,
    where: 'NOT w.xmin = c.xmin',
    what: `CASE WHEN c.relkind IN ('v', 'm') THEN 'definition of ' ELSE 'rule on ' END || c.oid::regclass`,
    owner: 'c.relowner',
  },
  {
    from: `pg_trigger t ${OF_TABLE('t.tgrelid')}`,
    where: 'NOT t.tgisinternal',
    what: `'trigger ' || quote_ident(t.tgname) || ' on ' || c.oid::regclass || ', calls ' || t.tgfoid::regprocedure`,
    owner: 'c.relowner',
    others: 'ARRAY(SELECT p.proowner FROM pg_proc p WHERE p.oid = t.tgfoid)',
  },
  {
    from: `pg_policy p ${OF_TABLE('p.polrelid')}`,
    what: `'policy ' || quote_ident(p.polname) || ' on ' || c.oid::regclass`,
    owner: 'c.relowner',
    others: 'p.polroles',
  },
  {
    from: 'pg_proc p',
    what: `'function ' || p.oid::regprocedure || CASE WHEN p.prosecdef THEN ', which acts as its owner' ELSE '' END`,
    owner: 'p.proowner',
    acl: 'p.proacl',
  },
  {
    from: 'pg_namespace n',
    where: `n.nspname !~ '^pg_(toast|temp)'`,
    what: `'schema ' || quote_ident(n.nspname)`,
    owner: 'n.nspowner',
    acl: 'n.nspacl',
  },
  {
    from: 'pg_default_acl d',
    what: `'default privileges of ' || pg_get_userbyid(d.defaclrole)`,
    owner: 'd.defaclrole',
    acl: 'd.defaclacl',
  },
  {
    from: 'pg_type t',
    where: `t.typtype IN ('d', 'e', 'r')`,
    what: `'type ' || t.oid::regtype`,
    owner: 't.typowner',
    acl: 't.typacl',
  },
  {
    from: 'pg_largeobject_metadata l',
    what: `'large object ' || l.oid`,
    owner: 'l.lomowner',
    acl: 'l.lomacl',
  },
  { from: 'pg_publication p', what: `'publication ' || quote_ident(p.pubname)`, owner: 'p.pubowner' },
  { from: 'pg_event_trigger e', what: `'event trigger ' || quote_ident(e.evtname)`, owner: 'e.evtowner' },
  { from: 'pg_extension e', what: `'extension ' || quote_ident(e.extname)`, owner: 'e.extowner' },
  {
    from: 'pg_foreign_server f',
    what: `'foreign server ' || quote_ident(f.srvname)`,
    owner: 'f.srvowner',
    acl: 'f.srvacl',
  },
];

/** `mark`: the grants whose windows are looked at. Memberships that Hallpass granted are no news. */
export const ON_SERVER: readonly CatalogKind[] = [
  {
    from: 'pg_auth_members m',
    where: 'm.grantor NOT IN (SELECT grantor FROM mark)',
    what: `'membership of ' || quote_ident(pg_get_userbyid(m.member)) || ' in ' || quote_ident(pg_get_userbyid(m.roleid))
           || ', granted by ' || quote_ident(pg_get_userbyid(m.grantor)) ||
           CASE WHEN m.admin_option THEN ', with ADMIN OPTION' ELSE '' END`,
    others: 'ARRAY[m.roleid, m.member, m.grantor]',
  },
  {
    from: 'pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase',
    // Those of our own login are the anchor, which Hallpass writes itself.
    where: 's.setrole NOT IN (SELECT oid FROM pg_roles WHERE rolname = session_user)',
    what: `'settings of ' || CASE s.setrole WHEN 0 THEN 'everybody' ELSE quote_ident(pg_get_userbyid(s.setrole)) END
           || coalesce(' in ' || quote_ident(d.datname), '')`,
    others: 'ARRAY[s.setrole]',
  },
  {
    from: 'pg_database d',
    what: `'database ' || quote_ident(d.datname)`,
    owner: 'd.datdba',
    acl: 'd.datacl',
  },
  {
    from: 'pg_tablespace t',
    what: `'tablespace ' || quote_ident(t.spcname)`,
    owner: 't.spcowner',
    acl: 't.spcacl',
  },
];
