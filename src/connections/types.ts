/** How values that come as text are read. A value that can't be read as its type must be an error, never null. */
import pg from 'pg';

const { TIMESTAMP, TIMESTAMPTZ, DATE, INT8 } = pg.types.builtins;
const MOMENTS: ReadonlySet<number> = new Set([TIMESTAMP, TIMESTAMPTZ, DATE]);
/** As `DateStyle = ISO` writes it. In any other style the driver would answer null, or swap day and month. */
const ISO = /^\d{4,}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d(?::\d\d){0,2})?)?(?: BC)?$/;

type Parser = (text: string) => unknown;

/** @param bigintAsNumber for what stays far below 2^53. */
export function readTypes({ bigintAsNumber }: { readonly bigintAsNumber: boolean }): pg.CustomTypesConfig {
  return {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
      const parser = pg.types.getTypeParser(oid, format);
      if (format === 'binary') return parser;
      if (bigintAsNumber && oid === INT8) return Number;
      return MOMENTS.has(oid) ? momentParser(parser) : parser;
    }) as pg.CustomTypesConfig['getTypeParser'],
  };
}

function momentParser(parse: Parser): Parser {
  return (text) => {
    const moment = ISO.test(text) ? parse(text) : null;
    if (moment instanceof Date && !Number.isNaN(moment.getTime())) return moment;
    // A moment that no clock could show is only ever compared.
    if (text === 'infinity' || text === '-infinity') return parse(text);
    throw new Error(`the server wrote a moment that can't be read: ${JSON.stringify(text)}`);
  };
}
