import { useMemo } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { Blocks } from '../draw/blocks.js';
import { Mrkdwn } from '../draw/text/mrkdwn.js';
import { messageSurface } from '../surface.js';
import { useReading } from './reading.js';

/** What a message says: its blocks, or its text if it has none. */
export function Content({ message }: { readonly message: SeenMessage }) {
  const { user, workspace, onLink } = useReading();
  const surface = useMemo(() => messageSurface(user, message), [user, message]);
  const reader = { viewer: user, workspace, onLink };
  if (message.blocks.length > 0) return <Blocks blocks={message.blocks} surface={surface} {...reader} />;
  return (
    <div className="slack-text">
      <Mrkdwn text={message.text} {...reader} />
      {message.edited && <span className="slack-edited"> (edited)</span>}
    </div>
  );
}
