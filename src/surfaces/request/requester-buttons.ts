/** What a requester can do about a request. */
import type { Button } from '@slack/types';
import { type AccessRequest, canEnd, isInForce, requestName } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { button } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import type { Scene } from '../kit/message.js';
import { plainName } from '../kit/text.js';
import { endRepeatButton } from './repeat.js';

/** Not for an account that left, nor where an operator is to be asked first. */
function mayAskAgain({ state, why, endedBy, endedBecause }: AccessRequest): boolean {
  return isFinal(state) && endedBecause === null && !(why === 'ended' && endedBy === null);
}

/** What its requester can do about it; on their messages, and on their Home. */
export function requesterButtons(request: AccessRequest, scene: Scene): readonly Button[] {
  const what = `${requestName(request.id)}: ${plainName(request.role, 63)} on ${plainName(scene.targetName, 40)}`;
  if (mayAskAgain(request)) {
    return [
      button(request, ACTIONS.askAgain, 'Ask again', `Ask again ${what}`),
      ...endRepeatButton(request, scene),
    ];
  }
  if (request.state === 'pending') {
    return [button(request, ACTIONS.withdraw, 'Cancel request', `Cancel request ${what}`)];
  }
  return [
    ...(canEnd(request) ? [button(request, ACTIONS.relinquish, 'Relinquish', `Relinquish ${what}`)] : []),
    ...(isInForce(request) && request.extensionAsk === null
      ? [button(request, ACTIONS.extend, 'Extend', `Extend ${what}`)]
      : []),
    ...endRepeatButton(request, scene),
  ];
}
