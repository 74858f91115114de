import type { CoreTableName } from '../model.ts';

/** The words that tables and columns of each kind go by, the most telling first. */
export const ENTITY_WORDS: Readonly<Record<CoreTableName, readonly string[]>> = {
  customers: words(
    'customer client account user member subscriber buyer consumer shopper person people contact party company kunde cliente',
  ),
  products: words('product item article sku service plan good offering material catalog produkt producto'),
  customer_products: words(
    'relationship subscription purchase sale order contract transaction booking enrollment invoice licence license policy rental holding line detail',
  ),
};

/** Words of a table's name that say nothing about what it holds. */
const NOISE = new Set(
  words('dim fact fct tbl tb t stg raw src v vw view master data mart dwh base main all list crm erp app core'),
);
export const KEY_WORDS: ReadonlySet<string> = new Set(words('id key no nr num number code uuid guid pk ref'));
const DATE_WORDS = new Set(words('date at on ts time timestamp datetime dt day'));

const PERSONAL = words(
  'email mail phone mobile cell tel telephone fax address street zip postal postcode birth birthday dob firstname lastname surname ssn iban passport ip contact',
);
const PERSONAL_PAIRS = new Set([
  'first name',
  'last name',
  'full name',
  'given name',
  'family name',
  'middle name',
  'tax id',
]);

/** `OrderLines` -> `order`, `line`: lower case, singular, without accents. */
export function wordsIn(name: string): string[] {
  // Where all is upper case, as in an account, an upper-case letter begins no word.
  const plain = name === name.toUpperCase() ? name.toLowerCase() : name;
  return plain
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
    .map(singular);
}

/** The words of a table's name that say what it holds; all of them if none does. */
export function tableWords(name: string): string[] {
  const all = wordsIn(name);
  const telling = all.filter((word) => !NOISE.has(word));
  return telling.length > 0 ? telling : all;
}

/** The words of a date column's name without those that only say that it is a date. */
export function dateWords(name: string): string[] {
  const all = wordsIn(name);
  const telling = all.filter((word) => !DATE_WORDS.has(word));
  return telling.length > 0 ? telling : all;
}

/** How well a word names a kind of table: 1 and a little less for the later ones, 0.8 for an abbreviation, 0 for no. */
export function entityScore(word: string, kind: CoreTableName): number {
  const list = ENTITY_WORDS[kind];
  const index = list.indexOf(word);
  if (index >= 0) return 1 - index * 0.015;
  return list.some((one) => isAbbreviation(word, one)) ? 0.8 : 0;
}

/** Whether the values of a column of this name identify or describe a person. */
export function looksPersonal(name: string): boolean {
  const all = wordsIn(name);
  if (all.some((word) => PERSONAL.includes(word))) return true;
  return all.some((word, i) => PERSONAL_PAIRS.has(`${word} ${all[i + 1]}`));
}

/** Whether a column holds keys, of its own table or another. */
export function isKeyLike(name: string): boolean {
  return wordsIn(name).some((word) => KEY_WORDS.has(word));
}

/** `clnt` for `client`, `prod` for `product`: same first letter, its letters in this order, three at least. */
function isAbbreviation(short: string, long: string): boolean {
  if (short.length < 3 || short.length >= long.length - 1 || short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length;
}

function singular(word: string): string {
  if (word === 'address' || word === 'status' || word.endsWith('ss') || word.length < 4) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

function words(text: string): readonly string[] {
  return Object.freeze(text.split(' '));
}
