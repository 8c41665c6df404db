/** What `${NAME}` is looked up in: the process's environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ONLY_REFERENCES = /^(?:\$\{[^}]*\})+$/;

/** A scalar as it stands in the file. `007`, `on` and `1e5` stay text: the schema of each place decides what they mean. */
export class Text {
  /** As written, with `${NAME}` not replaced. Errors show this and never `text`, which may hold a secret. */
  readonly written: string;
  /** With each `${NAME}` replaced by the variable, and `$${` by `${`. */
  readonly text: string;
  readonly blank: boolean;
  /** A `${NAME}` couldn't be replaced, which was reported: anything else wrong with it means nothing. */
  readonly incomplete: boolean;
  readonly #variables: Variables;

  /** @param missing is called with a sentence for each reference that can't be replaced. */
  constructor(written: string, quoted: boolean, variables: Variables, missing: (what: string) => void) {
    this.written = written;
    this.blank = !quoted && /^(?:null|Null|NULL|~)?$/.test(written);
    this.#variables = variables;
    let incomplete = false;
    const report = (what: string) => {
      incomplete = true;
      missing(what);
    };
    this.text = written.includes('${') ? replaceReferences(written, variables, report) : written;
    this.incomplete = incomplete;
  }

  /** Nothing but `${NAME}`: the only way to write a secret in the file. */
  get onlyReferences(): boolean {
    return ONLY_REFERENCES.test(this.written);
  }

  /** A part of this text as a Text of its own; its references were checked with the whole. */
  part(written: string): Text {
    return new Text(written, true, this.#variables, () => {});
  }

  /** The text with what stands outside of `${NAME}` percent-decoded. @throws URIError */
  percentDecoded(): string {
    return this.written
      .split(/(\$?\$\{[^}]*\})/)
      .map((piece, i) => (i % 2 === 1 ? this.part(piece).text : decodeURIComponent(piece)))
      .join('');
  }
}

/** An unquoted `null`, `~` or nothing at all. */
export function isBlank(raw: unknown): boolean {
  return raw instanceof Text && raw.blank;
}

function replaceReferences(written: string, variables: Variables, missing: (what: string) => void): string {
  return written.replace(REFERENCE, (found: string, name: string | undefined) => {
    if (name === undefined) return '${';
    if (!found.endsWith('}') || !VARIABLE.test(name)) {
      missing(
        `${JSON.stringify(found)} is no \${NAME} of an environment variable; write $\${ for \${ itself`,
      );
      return '';
    }
    const value = variables[name];
    if (value === undefined || value === '') missing(`the environment variable ${name} is not set`);
    return value ?? '';
  });
}
