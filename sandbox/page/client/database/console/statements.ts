import { PostgreSQL } from '@codemirror/lang-sql';

/** The first of the statements that stand there, without what is around it; empty: there is none. */
export function firstStatement(sql: string): string {
  const tree = PostgreSQL.language.parser.parse(sql);
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
    if (node.name === 'Statement') return sql.slice(node.from, node.to).trim();
  }
  return '';
}
