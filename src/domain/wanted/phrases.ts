/**
 * How Postgres says that a privilege is missing, in English, German and French (src/backend/po of its release 15; earlier
 * and later ones say the same, but for "relation", which 10 and earlier say of a table).
 */
import type { ObjectKind, Privilege } from './wanted.js';

export interface Opening {
  readonly privilege: Privilege | null;
  readonly kinds: readonly (readonly [phrase: string, kind: ObjectKind | 'column'])[];
}

type Kinds = Readonly<Record<string, ObjectKind | 'column'>>;

/** Longest first: "foreign table" before "foreign". */
function opening(privilege: Privilege | null, kinds: Kinds): Opening {
  return { privilege, kinds: Object.entries(kinds).sort(([a], [b]) => b.length - a.length) };
}

const others = (...phrases: readonly string[]): Kinds =>
  Object.fromEntries(phrases.map((phrase) => [phrase, 'other']));

const ENGLISH: Kinds = {
  ...others('aggregate', 'collation', 'conversion', 'event trigger', 'extension', 'index', 'operator'),
  ...others('operator class', 'operator family', 'parameter', 'policy', 'publication', 'statistics object'),
  ...others('subscription', 'tablespace', 'text search configuration', 'text search dictionary'),
  table: 'relation',
  relation: 'relation',
  view: 'relation',
  'materialized view': 'relation',
  'foreign table': 'relation',
  sequence: 'sequence',
  schema: 'schema',
  function: 'function',
  procedure: 'function',
  routine: 'function',
  column: 'column',
  database: 'database',
  'foreign server': 'foreign server',
  'foreign-data wrapper': 'foreign-data wrapper',
  type: 'type',
  domain: 'type',
  language: 'language',
  'large object': 'large object',
};

const GERMAN: Kinds = {
  ...others('aggregatfunktion', 'sortierfolge', 'konversion', 'ereignistrigger', 'erweiterung', 'index'),
  ...others('operator', 'operatorklasse', 'operatorfamilie', 'parameter', 'policy', 'publikation'),
  ...others('statistikobjekt', 'subskription', 'tablespace', 'textsuchekonfiguration', 'textsuchewörterbuch'),
  tabelle: 'relation',
  relation: 'relation',
  sicht: 'relation',
  'materialisierte sicht': 'relation',
  fremdtabelle: 'relation',
  sequenz: 'sequence',
  schema: 'schema',
  funktion: 'function',
  prozedur: 'function',
  routine: 'function',
  spalte: 'column',
  datenbank: 'database',
  fremdserver: 'foreign server',
  'fremddaten-wrapper': 'foreign-data wrapper',
  typ: 'type',
  domäne: 'type',
  sprache: 'language',
  'large object': 'large object',
};

/** With its article, in the genitive. */
const GERMAN_OWNED: Kinds = {
  'der tabelle': 'relation',
  'der relation': 'relation',
  'der sicht': 'relation',
  'der materialisierten sicht': 'relation',
  'der fremdtabelle': 'relation',
  'der sequenz': 'sequence',
  'des schemas': 'schema',
  'der funktion': 'function',
  'der prozedur': 'function',
  'der routine': 'function',
  'der datenbank': 'database',
  'des fremdservers': 'foreign server',
  'des fremddaten-wrappers': 'foreign-data wrapper',
  'des typs': 'type',
  'der domäne': 'type',
  'der sprache': 'language',
  'des large object': 'large object',
};

/** By what "le", "la" and "l'" become after "de". */
const FRENCH: Kinds = {
  'la table': 'relation',
  'la relation': 'relation',
  'la vue': 'relation',
  'la vue matérialisée': 'relation',
  'la table distante': 'relation',
  'la séquence': 'sequence',
  'le schéma': 'schema',
  'la fonction': 'function',
  'la procédure': 'function',
  'la routine': 'function',
  'la colonne': 'column',
  'la base de données': 'database',
  'le serveur distant': 'foreign server',
  'le wrapper de données distantes': 'foreign-data wrapper',
  'le type': 'type',
  'le domaine': 'type',
  'le langage': 'language',
  'le large object': 'large object',
  ...others("l'agrégat", 'le collationnement', 'la conversion', 'le trigger sur événement', "l'extension"),
  ...others("l'index", "l'opérateur", "la classe d'opérateur", "la famille d'opérateur", 'le paramètre'),
  ...others('la politique', 'la publication', "l'objet statistique", 'la souscription', 'le tablespace'),
};

const FRENCH_OWNED: Kinds = {
  // So it stands in the catalog.
  'de serveur distant': 'foreign server',
  ...Object.fromEntries(
    Object.entries(FRENCH).map(([phrase, kind]) => [
      phrase.startsWith('le ') ? `du ${phrase.slice(3)}` : `de ${phrase}`,
      kind,
    ]),
  ),
};

/** The words before the kind of the object, in one pattern: what each opens stands below, by its name. */
export const OPENINGS =
  /(?<en>permission denied for)\s|(?<enOwn>must be owner of)\s|(?<enTemp>permission denied to create temporary tables in)\s|(?<de>keine berechtigung für)\s|(?<deOwn>berechtigung nur für eigentümer)\s|(?<deTemp>keine berechtigung, um temporäre tabellen in)\s|(?<fr>droit refusé pour)\s|(?<frOwn>doit être le pro(?:prié|rprié)taire)\s|(?<frTemp>droit refusé pour la création de tables temporaires dans)\s/giu;

const TEMPORARY = { en: { database: 'database' }, de: { datenbank: 'database' } } as const;

export const OPENED: Readonly<Record<string, Opening>> = {
  en: opening(null, ENGLISH),
  enOwn: opening('OWN', ENGLISH),
  enTemp: opening('TEMPORARY', TEMPORARY.en),
  de: opening(null, GERMAN),
  deOwn: opening('OWN', GERMAN_OWNED),
  deTemp: opening('TEMPORARY', TEMPORARY.de),
  fr: opening(null, FRENCH),
  frOwn: opening('OWN', FRENCH_OWNED),
  frTemp: opening('TEMPORARY', { 'la base de données': 'database' }),
};

/** What may stand before a name that is typed: "table invoices". */
export const TYPED_KINDS = opening(null, ENGLISH);
