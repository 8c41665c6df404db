import type { PreviewResult } from '../../domain/postgres/preview.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Scene } from '../kit/message.js';

/** A request on a Home, with what is known beside it. */
export interface HomeItem {
  readonly request: AccessRequest;
  readonly scene: Scene;
}

/** A request that waits for its reader's decision. */
export interface ToDecide extends HomeItem {
  /** What the role can do; null while it is not known. */
  readonly preview: PreviewResult | null;
  /** Where its card is; null while it has none. */
  readonly cardUrl: string | null;
}

/** A grant in the operators' part. */
export interface Standing extends HomeItem {
  /** It was due to be revoked a while ago, and that is not confirmed. */
  readonly overdue: boolean;
}
