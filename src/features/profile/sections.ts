/** The parts of a profile, in the order of its fields. */
export const SECTIONS = [
  'attributes',
  'holdings',
  'tenure',
  'activity',
  'value',
  'rfm',
  'lifecycle',
  'alike',
  'warnings',
] as const;
export type Section = (typeof SECTIONS)[number];
export type Included = { readonly include: readonly Section[] };

/** What reading a section takes besides the customers' own rows. */
const SOURCES = Object.freeze({
  facts: ['value', 'rfm', 'lifecycle'],
  relationships: ['holdings', 'tenure', 'activity', 'warnings'],
  alike: ['alike'],
} satisfies Readonly<Record<string, readonly Section[]>>);

/** Whether one of the sections that are asked for is made of a source. */
export function needs({ include }: Included, source: keyof typeof SOURCES): boolean {
  return SOURCES[source].some((section: Section) => include.includes(section));
}
