import type { Block } from '../../../../slack/validate/blocks.js';
import { type AnyText, Text } from './text/mrkdwn.js';

type Level = Extract<Block, { type: 'alert' }>['level'];

const SIGNS: Readonly<Record<Level, { readonly sign: string; readonly name: string }>> = {
  default: { sign: 'i', name: 'Note' },
  info: { sign: 'i', name: 'Information' },
  warning: { sign: '!', name: 'Warning' },
  error: { sign: '!', name: 'Error' },
  success: { sign: '✓', name: 'Success' },
};

/** A colored strip with a sign of its level. */
export function Alert({ level, text }: { readonly level: Level; readonly text: AnyText }) {
  const { sign, name } = SIGNS[level];
  return (
    <div className={`draw-alert draw-alert-${level}`} role="note" aria-label={name}>
      <span className="draw-alert-sign" aria-hidden="true">
        {sign}
      </span>
      <div>
        <Text of={text} />
      </div>
    </div>
  );
}
