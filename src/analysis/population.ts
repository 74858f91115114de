import { Type } from 'typebox';
import { id, join, sql, type Sql } from '../data/sql/sql.ts';
import { AppError, type FieldError } from '../lib/app-error.ts';
import { didYouMean } from '../lib/near-name.ts';
import { fieldsOfTable, type Field } from './columns.ts';
import type { SqlKit } from './define.ts';
import type { FactsOptions } from './facts/model.ts';
import { customersOfRule, ruleOf } from './segments/segment-customers.ts';
import { filterCondition, filterProblems, OPERATORS, operatorsFor, type Filter, type Operator } from './filter.ts';

/** What of a filter a client may give: a value, a list of values, or values by operator. */
type RawFilter = Readonly<Record<string, unknown>>;

/** Params of an analysis that can be asked about some customers or products only; a segment is meant with the gaps and limits that are asked for. */
export type Population = Partial<FactsOptions> & {
  readonly customer?: RawFilter;
  readonly product?: RawFilter;
  readonly segment?: string;
};

/** Params that hold filters; an address gives their members in brackets. */
export const FILTER_PARAMS = ['customer', 'product'] as const;

const filterParam = (what: 'customer' | 'product', example: string) =>
  Type.Optional(
    Type.Unsafe<RawFilter>(
      Type.Object(
        {},
        {
          additionalProperties: true,
          maxProperties: 50,
          style: 'deepObject',
          explode: true,
          description:
            `Only ${what}s of whom this holds, in the filter language of the lists over their fields. In an address ` +
            `${example}; in a body { "field": value } or { "field": { "operator": value } }.`,
        },
      ),
    ),
  );

/** Only customers, or only products, that a filter of the lists keeps. */
export const population = Object.freeze({
  customer: () => filterParam('customer', '`customer[region]=North` and `customer[registrationDate][gte]=2025-01-01`'),
  /** For an analysis that `readsSaved`. */
  segment: () =>
    Type.Optional(
      Type.String({
        maxLength: 100,
        description:
          'Only customers of this segment: the id of a saved one, or `rfm:champions`, `lifecycle:new`, `tier:A`.',
      }),
    ),
  product: () => filterParam('product', '`product[productType]=plan` and `product[status][in]=active,retired`'),
});

/** The ids of the customers that are asked about, one column `customer_id`; undefined when all are. Throws request.invalid and segment.not_found. */
export function customersAsked({ customer, segment, ...options }: Population, kit: SqlKit): Sql | undefined {
  const filtered = asked('customers', 'customer', customer, kit);
  const within = segment === undefined ? undefined : customersOfRule(ruleOf(segment, kit), kit, options);
  if (filtered === undefined || within === undefined) return filtered ?? within;
  return sql`select b.customer_id from (${filtered}) b where b.customer_id in (${within})`;
}

/** The ids of the products that are asked about, one column `product_id`; undefined when all are. Throws request.invalid. */
export function productsAsked({ product }: Population, kit: SqlKit): Sql | undefined {
  return asked('products', 'product', product, kit);
}

/** Whether all customers are asked about. */
export function isEverybody({ customer = {}, segment }: Population): boolean {
  return Object.keys(customer).length === 0 && segment === undefined;
}

/** Whether all products are. */
export function areAllProducts({ product = {} }: Population): boolean {
  return Object.keys(product).length === 0;
}

/** A condition on a customer's id: it is asked about; `1 = 1` when all are. */
export function isCustomerAsked(customerId: Sql, params: Population, kit: SqlKit): Sql {
  return isAmong(customerId, customersAsked(params, kit));
}

/** The same of a product's id. */
export function isProductAsked(productId: Sql, params: Population, kit: SqlKit): Sql {
  return isAmong(productId, productsAsked(params, kit));
}

/** A condition on relationships `r`: of customers and with products that are asked about; `1 = 1` when all are. */
export function isAsked(params: Population, kit: SqlKit): Sql {
  return sql`${isCustomerAsked(sql`r.customer_id`, params, kit)} and ${isProductAsked(sql`r.product_id`, params, kit)}`;
}

function isAmong(column: Sql, ids: Sql | undefined): Sql {
  return ids === undefined ? sql`1 = 1` : sql`${column} in (${ids})`;
}

function asked(
  table: 'customers' | 'products',
  param: 'customer' | 'product',
  raw: RawFilter | undefined,
  kit: SqlKit,
): Sql | undefined {
  if (raw === undefined || Object.keys(raw).length === 0) return undefined;
  const filters = readFilters(param, raw, fieldsOfTable(kit.catalog, table));
  const names = [...new Set([`${param}_id`, ...filters.map(({ field }) => field.column)])];
  const selected = names.map((name) => sql`c.${id(name)}`);
  const from = sql`select ${join(selected, ', ')} from ${kit.t[table]} c`;
  const conditions = filters.map((filter) => filterCondition(filter, kit.d));
  return sql`select q.${id(`${param}_id`)} from (${from}) q where ${join(conditions, ' and ')}`;
}

/** Throws request.invalid with every problem at once. */
function readFilters(param: string, raw: RawFilter, fields: readonly Field[]): readonly Filter[] {
  const problems: FieldError[] = [];
  const filters = Object.entries(raw).flatMap(([name, given]) => {
    const field = fields.find((one) => one.field === name);
    if (field === undefined) {
      const known = fields.map((one) => one.field);
      const detail = `is no field of ${param}s${didYouMean(name, known)}; allowed: ${known.join(', ')}`;
      problems.push({ pointer: `?${param}[${name.slice(0, 100)}]`, detail });
      return [];
    }
    return Object.entries(byOperator(given)).flatMap(([operator, value]) =>
      readFilter(`?${param}[${name}]`, field, operator, value, problems),
    );
  });
  const found = [...problems, ...filters.flatMap((filter) => filterProblems(filter).map(prefixed(param)))];
  if (found.length === 0) return filters;
  throw new AppError('request.invalid', `${found[0]!.pointer} ${found[0]!.detail}`, { errors: found });
}

const prefixed =
  (param: string) =>
  ({ pointer, detail }: FieldError): FieldError => ({
    pointer: pointer.replace(/^\?([^[]*)/, `?${param}[$1]`),
    detail,
  });

function byOperator(given: unknown): RawFilter {
  if (Array.isArray(given)) return { in: given };
  return typeof given === 'object' && given !== null ? (given as RawFilter) : { eq: given };
}

function readFilter(pointer: string, field: Field, name: string, given: unknown, problems: FieldError[]): Filter[] {
  const allowed = operatorsFor(field.type);
  const operator = allowed.find((one) => one === name);
  if (operator === undefined) {
    const detail = `${Object.hasOwn(OPERATORS, name) ? 'cannot be used on this field' : 'is no operator'}; allowed: ${allowed.join(', ')}`;
    problems.push({ pointer: `${pointer}[${name.slice(0, 100)}]`, detail });
    return [];
  }
  const values = valuesOf(operator, given);
  if (values === undefined) {
    problems.push({ pointer: `${pointer}[${name}]`, detail: 'must be a text, a number or true or false' });
    return [];
  }
  return [{ field, operator, values }];
}

/** Undefined for what is no value, or more than one where one is needed. */
function valuesOf(operator: Operator, given: unknown): readonly string[] | undefined {
  const isText = typeof given === 'string';
  const list = operator === 'in' ? (isText ? given.split(',') : given) : [given];
  if (!Array.isArray(list)) return undefined;
  const isValue = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return list.length > 0 && list.every(isValue) ? list.map(String) : undefined;
}
