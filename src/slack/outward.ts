import type { View } from '@slack/types';
import type { Message } from '../surfaces/kit/message.js';
import type { Workspace } from './workspace.js';

/** The part of the messenger that Slack's side answers with. Each call throws a HallpassError. */
export interface Outward {
  whoAmI(): Promise<Workspace>;
  openView(triggerId: string, view: View): Promise<void>;
  updateView(view: { id: string; hash: string | null }, next: View): Promise<void>;
  /** Posts to a person's direct messages. */
  post(to: string, message: Message): Promise<unknown>;
}
