/**
 * A name that the catalog allows, made from any text and not `taken` yet: `Total (EUR)` -> `total_eur`, and
 * `total_eur_2` the second time. Adds it to `taken`.
 */
export function freeName(text: string, taken: Set<string>): string {
  const cased = text === text.toUpperCase() ? text.toLowerCase() : text;
  const plain = cased
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 60);
  const base = plain || 'column';
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base.slice(0, 58)}_${i}`;
  taken.add(name);
  return name;
}
