import type { ReactNode } from 'react';
import type { Told } from '../../../api-database.js';

/** One thing that is true: where it stands, how much there is of it, and the details. */
export function Fact<T>({
  title,
  told,
  sum,
  children,
}: {
  readonly title: ReactNode;
  readonly told: Told<T>;
  /** In a few words. */
  readonly sum: (value: T) => string;
  readonly children: (value: T) => ReactNode;
}) {
  return (
    <article className="db-fact">
      <h3>
        <span>{title}</span>
        {told.trouble === null && <span className="db-sum">{sum(told.value)}</span>}
      </h3>
      {told.trouble === null ? children(told.value) : <p className="db-trouble">{told.trouble}</p>}
    </article>
  );
}
