import type { TObject, TSchema } from 'typebox';
import type { Catalog } from '../../data/catalog/model.ts';
import { snakeCase } from '../../lib/names.ts';
import { didYouMean } from '../../lib/near-name.ts';
import { shorten } from '../../lib/shorten.ts';
import { fieldsOfTable, type Field } from '../columns.ts';
import { categoryOfShare, columnOfShare } from '../facts/category-shares.ts';
import { descriptionOf, unitOf, unwrapNull, wireTypeOf } from '../fields.ts';

/** A field that rules may compare, and the bounds of its values where the schema tells them. */
export type Member = Field & { readonly minimum?: number | undefined; readonly maximum?: number | undefined };
/** By name, as rules write it: `value12Months`, `attributes.tier`. */
export type Members = ReadonlyMap<string, Member>;

/**
 * What rules may be about: the columns of `customers` that the catalog has (attributes as `attributes.<name>`), and the
 * fields of a row of facts. A rule's table expression has them all under their columns' names.
 */
export function membersOf(facts: TObject, catalog: Catalog): Members {
  const ofFacts = Object.entries(facts.properties as Record<string, TSchema>).map(([name, schema]): Member => {
    const { schema: bare, isNullable } = unwrapNull(schema);
    const { minimum, maximum } = bare as { minimum?: number; maximum?: number };
    const about = { type: wireTypeOf(schema), description: descriptionOf(schema), unit: unitOf(schema) };
    return { field: name, column: snakeCase(name), ...about, isNullable, minimum, maximum };
  });
  return new Map([...ofFacts, ...fieldsOfTable(catalog, 'customers')].map((member) => [member.field, member]));
}

/** The member of a name: one of these, or the share of a category in a customer's relationships, `categoryShare.Home`. */
export function memberNamed(name: string, members: Members): Member | undefined {
  const category = categoryOfShare(name);
  if (category === undefined) return members.get(name);
  const description = `Part of the relationships that is with products of the category ${category}.`;
  const about = { type: 'double', description, unit: 'share', isNullable: true } as const;
  return { field: name, column: columnOfShare(category), ...about, minimum: 0, maximum: 1 };
}

const NAMES_SHOWN = 800;

/** What to say of a name that is not among the members, the near one first. */
export function unknownMember(name: string, members: Members): string {
  const known = shorten([...members.keys()].join(', '), NAMES_SHOWN);
  return `${JSON.stringify(shorten(name, 100))} is not known${didYouMean(name, members.keys())}; known: ${known}, and categoryShare.<category>`;
}
