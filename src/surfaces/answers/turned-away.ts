/**
 * What somebody reads whose form, click or command Hallpass can't take at all. Plain text that is right in mrkdwn, too:
 * it stands beside a field of the form, or privately where they clicked.
 */
export type TurnedAway =
  | 'malformed_payload'
  | 'foreign_workspace'
  | 'foreign_app'
  | 'altered_form'
  /** A button or a form that this release does not have. */
  | 'unknown';

/** @param command as configured, with its slash. */
export function turnedAway(why: TurnedAway, command: string): string {
  switch (why) {
    case 'malformed_payload':
      return `Hallpass can't read what Slack sent for this, so nothing was changed. Use the newest message about the request, or type ${command} again; if it happens again, tell a Hallpass operator.`;
    case 'foreign_workspace':
      return 'Hallpass works for another Slack workspace than this was sent from, so nothing was changed. Use it there, with your account of that workspace.';
    case 'foreign_app':
      return `This belongs to another Slack app than this Hallpass, so nothing was changed. Type ${command} to use this one, or ask an operator which one is right.`;
    case 'altered_form':
      return 'This form is not yours, or was changed on its way. Close it and open it again.';
    case 'unknown':
      return `Hallpass doesn't know this button or form, so nothing was changed. It may come from another release: use the newest message about the request, or type ${command} again.`;
  }
}
