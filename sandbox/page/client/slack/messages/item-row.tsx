import type { Item } from './items.js';
import { MessageRow, type RowProps } from './message-row.js';

interface Props extends Omit<RowProps, 'message' | 'first'> {
  readonly item: Item;
}

/** A divider or a message. */
export function ItemRow({ item, ...row }: Props) {
  switch (item.kind) {
    case 'day':
      return (
        <div className="slack-day">
          <span>{item.name}</span>
        </div>
      );
    case 'new':
      return (
        <div className="slack-new">
          <span>New</span>
        </div>
      );
    case 'message':
      return <MessageRow {...row} message={item.message} first={item.first} />;
  }
}
