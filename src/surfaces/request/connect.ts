import type { Scene } from '../kit/message.js';

/** Values that mean themselves in a conninfo string, between a shell's double quotes and in Slack's code. */
const SIMPLE = /^[A-Za-z0-9_.:/@%+,-]+$/;

/**
 * The command that connects as `login`. Simple names give `psql "host=… user=…"`. Any other name is percent-encoded
 * in libpq's URI form: conninfo, shell and Slack each quote in their own way, and Slack can't show a backtick in code.
 * Where the provider writes connections as URLs, so does this, for people to compare with what they have.
 * Source: PostgreSQL documentation, "Connection Strings".
 */
export function psqlLine({ host, port, database, asUrl = false }: Scene, login: string): string {
  if (asUrl && SIMPLE.test(host)) {
    const server = host.includes(':') ? `[${host}]` : host;
    return `psql "postgresql://${encode(login)}@${server}:${port}/${encode(database)}?sslmode=require"`;
  }
  const parts = [
    ['host', host],
    ['port', String(port)],
    ['dbname', database],
    ['user', login],
  ] as const;
  if (parts.every(([, value]) => SIMPLE.test(value))) {
    return `psql "${parts.map(([key, value]) => `${key}=${value}`).join(' ')}"`;
  }
  return `psql "postgresql:///?${parts.map(([key, value]) => `${key}=${encode(value)}`).join('&')}"`;
}

/** The statement by which a session becomes `role`; null for a name that Slack can't show as it is. */
export function setRoleSql(role: string): string | null {
  return /[`\p{C}\p{Zl}\p{Zp}]/u.test(role) ? null : `SET ROLE "${role.replaceAll('"', '""')}";`;
}

/** Also what encodeURIComponent leaves and a shell reads: `!'()*~`. */
function encode(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, '\uFFFD')).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
