import type { WorkspaceState } from '../../api.js';
import { useScreen } from '../use-feed.js';

/** Slack, as one person sees it. */
export function SlackWindow({
  user,
  workspace,
}: {
  readonly user: string;
  readonly workspace: WorkspaceState;
}) {
  const screen = useScreen(user);
  const seen = workspace.channels.filter(({ id }) => screen?.messages[id] !== undefined);
  return (
    <section aria-label="Slack">
      {seen.map(({ id, name }) => (
        <p key={id}>
          #{name}: {screen?.messages[id]?.length}
        </p>
      ))}
    </section>
  );
}
