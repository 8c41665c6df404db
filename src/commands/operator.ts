import { hostname, userInfo } from 'node:os';

/** Who runs the command, as their machine calls them; a container may have no name for its user. */
export function operator(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
