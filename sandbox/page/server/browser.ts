/** Whether a browser can be opened for somebody who sits at this machine. */
export function hasBrowser({
  platform,
  env,
  stdout,
}: Pick<NodeJS.Process, 'platform' | 'env'> & { readonly stdout: { readonly isTTY?: boolean } }): boolean {
  if (stdout.isTTY !== true || env.CI !== undefined || env.SSH_CONNECTION !== undefined) return false;
  return platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY);
}
