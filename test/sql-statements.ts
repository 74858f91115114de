import { ATTRIBUTE_TYPES } from '../src/data/catalog/ddl.ts';
import { fieldsOf } from '../src/analysis/columns.ts';
import type { Analysis, SqlKit } from '../src/analysis/define.ts';
import { tablesOf } from '../src/analysis/engine.ts';
import { NOTHING_SAVED } from '../src/analysis/saved.ts';
import { operatorsFor } from '../src/analysis/filter.ts';
import { facetOf, pageOf, totalOf, type ListingRequest } from '../src/analysis/listing.ts';
import { coreCatalog } from '../src/data/catalog/core-catalog.ts';
import { CORE_TABLE_NAMES } from '../src/data/catalog/core-tables.ts';
import type { Catalog, CatalogColumn } from '../src/data/catalog/model.ts';
import { compile, type CompileContext, type Isolation } from '../src/data/sql/compile.ts';
import type { Dialect } from '../src/data/sql/dialect.ts';
import { sql, type Bind, type Sql } from '../src/data/sql/sql.ts';
import type { Value, WireType } from '../src/data/warehouse/port.ts';
import { tenant } from '../src/data/warehouse/tenant.ts';
import { deleteRows, insertRows, updateRows } from '../src/data/writes/bulk-statements.ts';
import { oneOf } from '../src/data/writes/one-of.ts';
import { deleteOne, deleteRelated, updateOne } from '../src/data/writes/statements.ts';
import { targetOf } from '../src/data/writes/target.ts';
import { ANALYSES } from '../src/features/index.ts';
import { heldPairsOf } from '../src/analysis/snapshot/held-sql.ts';
import { mostAlikeSql } from '../src/analysis/snapshot/most-alike-sql.ts';
import { basketRows } from '../src/features/cross-sell/rules/basket.ts';
import { customersInGroups } from '../src/features/cross-sell/evaluation/members.ts';
import { GROUPINGS } from '../src/features/cross-sell/evaluation/model.ts';
import { heldSince } from '../src/features/cross-sell/read-held.ts';
import { groupsInOrder, valuesInOrder } from '../src/features/portfolio/breadth/queries.ts';
import { categoriesOfProducts, pairCounts, pairCountsOf } from '../src/features/cross-sell/pairs/queries.ts';
import { entryProducts } from '../src/features/portfolio/journeys/entry.ts';
import { customersInOrder, OWNERS } from '../src/features/portfolio/owners.ts';
import { EARNED } from '../src/features/portfolio/products/in-memory.ts';
import { portfolioCategories, portfolioProducts } from '../src/features/portfolio/products/queries.ts';
import { customerWhitespace } from '../src/features/portfolio/whitespace/customer-sql.ts';
import { membersInOrder } from '../src/features/portfolio/whitespace/members-sql.ts';
import { SEGMENT_SETS } from '../src/features/portfolio/whitespace/model.ts';
import { productsToOffer } from '../src/features/portfolio/whitespace/products-sql.ts';
import { whitespace } from '../src/features/portfolio/whitespace/queries.ts';
import { launchedProducts, launchTimes } from '../src/features/portfolio/journeys/launch.ts';
import { adoptionPaths } from '../src/features/portfolio/journeys/paths.ts';
import { DEFAULT_FACTS_OPTIONS } from '../src/analysis/facts/model.ts';
import { customersNamed, ownersAmong, pairsOf, unknownIds } from '../src/features/ownership/queries.ts';
import { customersWithFacts, productsHeld, unknownCustomers } from '../src/features/profile/queries.ts';
import { SECTIONS } from '../src/features/profile/sections.ts';

export type Printed = { readonly name: string; readonly text: string; readonly params: readonly Bind[] };

/** The core tables with an attribute of each type beside them, and a column that names the tenant. */
export function wideCatalog(dialect: Dialect): Catalog {
  const catalog = coreCatalog(dialect);
  const attributes = Object.entries(ATTRIBUTE_TYPES).map(([type, engineType]): CatalogColumn => ({
    name: `attribute_${type}`,
    type: type as WireType,
    engineType,
    description: '',
    unit: undefined,
    isPersonal: false,
    isAttribute: true,
    source: { kind: 'column', column: `The ${type}` },
  }));
  const tables = [...catalog.tables].map(([name, table]) => {
    const columns = name === 'customers' ? [...table.columns, ...attributes] : table.columns;
    return [name, { ...table, columns, tenantColumn: 'owner' }] as const;
  });
  return { ...catalog, tables: new Map(tables) };
}

const SOME: Readonly<Record<WireType, string>> = {
  text: 'a',
  integer: '7',
  decimal: '1.25',
  double: '0.5',
  boolean: 'true',
  date: '2024-02-29',
  timestamp: '2024-02-29T12:00:00Z',
  json: '{}',
};

/** Every statement that writes rows of the core tables. */
export function writeStatements(dialect: Dialect, isolation: Isolation = 'database'): Printed[] {
  const context: CompileContext = { dialect, catalog: wideCatalog(dialect), tenant: tenant('acme'), isolation };
  return CORE_TABLE_NAMES.flatMap((table) => {
    const target = targetOf(context, table);
    const valuesOf = (key: string) =>
      Object.fromEntries(
        [...target.columns].map(([name, { engineType }]) => [
          name,
          name === target.key.name ? key : valueFor(engineType),
        ]),
      );
    const rows = ['k1', "k'2"].map((key) => ({ key, values: valuesOf(key) }));
    const read = valuesOf('k1');
    const { [target.key.name]: _, ...changes } = read;
    const related = table === 'customer_products' ? (['customer_id', 'product_id'] as const) : [];
    const statements = {
      insert: insertRows(target, [...rows, { key: 'k3', values: { [target.key.name]: 'k3' } }], context),
      update: [
        updateRows(
          target,
          rows.map((row) => ({ ...row, values: changes })),
          context,
        ),
      ],
      delete: [deleteRows(target, ['k1', 'k"2'], context)],
      'update one': [updateOne(target, 'k1', changes, read, context)],
      'delete one': [deleteOne(target, 'k1', read, context)],
      'delete related': related.map((column) => deleteRelated(target, column, 'C1', context)),
    };
    return Object.entries(statements).flatMap(([name, list]) =>
      list.map(({ text, params }) => ({ name: `${name} of ${table}`, text, params })),
    );
  });
}

function valueFor(engineType: string): Bind {
  const type = Object.entries(ATTRIBUTE_TYPES).find(([, name]) => name.toLowerCase() === engineType.toLowerCase())?.[0];
  return SOME[(type ?? 'decimal') as WireType];
}

/** Statements of lists with every filter, a search, a cursor and facets; of the first list every type of column. */
export function listStatements(dialect: Dialect, isolation: Isolation = 'database'): Printed[] {
  const catalog = wideCatalog(dialect);
  const context: CompileContext = { dialect, catalog, tenant: tenant('acme'), isolation };
  return ANALYSES.filter(({ listing, sql }) => listing !== undefined && sql !== undefined).flatMap((analysis) =>
    requestsOf(analysis, catalog).flatMap(({ name, request }) => {
      const example = { ownership: 'active', grain: 'product', ...analysis.examples[0].params };
      const inner = analysis.sql!(example, {
        t: tablesOf(catalog),
        d: dialect,
        catalog,
        asOf: '2025-06-30',
        saved: NOTHING_SAVED,
      });
      const made = {
        page: pageOf(inner, request, dialect),
        total: totalOf(inner, request, dialect),
        facet: facetOf(inner, request, request.fields.at(-1)!, 10, dialect),
      };
      return Object.entries(made).map(([part, fragment]) => {
        const { text, params } = compile(fragment, context);
        return { name: `${analysis.name} ${name}, ${part}`, text, params };
      });
    }),
  );
}

/** What analyses with steps of their own ask besides their examples; many ids are one list, few are bound one by one. */
export function stepStatements(dialect: Dialect, isolation: Isolation = 'database'): Printed[] {
  const catalog = wideCatalog(dialect);
  const kit = { t: tablesOf(catalog), d: dialect, catalog, asOf: '2025-06-30', saved: NOTHING_SAVED };
  const few = ['C0000001', "o'h"];
  const many = Array.from({ length: 200 }, (_, i) => `C${i}`);
  const asked = { productId: 'P1', ownership: 'ever', leftOut: [] } as const;
  const fragments = [few, many].flatMap((ids) => [
    ownersAmong({ ...asked, leftOut: ids }, kit),
    customersNamed(ids, kit),
    pairsOf({ productIds: ids, customers: ids, ownership: 'active' }, kit),
    pairsOf({ customerIds: ids, ownership: 'ever' }, kit),
    unknownIds({ productIds: ids, ownership: 'active' }, kit),
    mostAlikeSql('C1', kit, { count: 10, minCommon: 2 }),
    heldPairsOf(ids, 'active', kit, 1_000),
    heldPairsOf(ids, 'ever', kit, 1_000),
    customersWithFacts(ids, { include: SECTIONS, options: DEFAULT_FACTS_OPTIONS }, kit),
    customersWithFacts(ids, { include: ['attributes'], options: DEFAULT_FACTS_OPTIONS }, kit),
    productsHeld(ids, kit),
    unknownCustomers(ids, kit),
    sql`select p.product_id from ${kit.t.products} p where ${oneOf(dialect, sql`p.product_id`, ids)}`,
  ]);
  fragments.push(
    ...basketStatements(kit),
    ...pairStatements(kit),
    ...journeyStatements(kit),
    ...whitespaceStatements(kit),
  );
  fragments.push(...portfolioStatements(kit), ...recommendationStatements(kit));
  const context: CompileContext = { dialect, catalog, tenant: tenant('acme'), isolation };
  return fragments.map((fragment, i) => ({ name: `step ${i}`, ...compile(fragment, context) }));
}

/** What itemsets and rules are made of: every kind of basket. */
function basketStatements(kit: SqlKit): Sql[] {
  const period = { from: '2024-01-01', to: '2025-01-01' };
  const kinds = [{ basket: 'customer' }, ...['customer-day', 'startDate'].map((basket) => ({ basket, ...period }))];
  return kinds.flatMap((kind) =>
    (['product', 'category'] as const).flatMap((grain) =>
      (['active', 'ever'] as const).map((ownership) =>
        basketRows({ ...kind, grain, ownership, product: { productType: 'plan' } }, kit),
      ),
    ),
  );
}

/** What pairs ask where the relationships in memory do not answer, and beside them. */
function pairStatements(kit: SqlKit): Sql[] {
  const filters = [{}, { customer: { region: 'north' }, product: { productType: ['plan', 'good'] } }];
  const statements = filters.flatMap((filter) =>
    (['product', 'category'] as const).flatMap((grain) =>
      (['active', 'ever'] as const).flatMap((ownership) => {
        const params = { grain, ownership, minCustomers: 10, minOwners: 20, ...filter };
        return [pairCounts(params, kit), pairCountsOf('P1', params, kit)];
      }),
    ),
  );
  return [...statements, categoriesOfProducts(kit)];
}

/** What journeys ask where the relationships in memory do not answer. */
function journeyStatements(kit: SqlKit): Sql[] {
  const filters = [{}, { customer: { region: 'north' }, product: { productType: ['plan', 'good'] } }];
  const launched = filters.map((asked) => ({ owners: [1, 10], ...asked }));
  const paths = filters.flatMap((asked) =>
    (['product', 'category'] as const).flatMap((grain) =>
      [1, 4].map((length) => ({ grain, length, minCustomers: 2, limit: 10, ...asked })),
    ),
  );
  return [
    ...paths.flatMap((params) => [adoptionPaths(params, kit), entryProducts(params, kit)]),
    ...launched.flatMap((params) => [launchTimes(params, kit), launchedProducts(params, kit)]),
  ];
}

/** What portfolio analyses ask beside the relationships in memory, and with what was counted there handed over. */
function portfolioStatements(kit: SqlKit): Sql[] {
  const owners = kit.d.rows(OWNERS, '[["P1","2","1"],[null,"1","0"]]');
  const earned = kit.d.rows(EARNED, '[["P1","1.25","0","-3"]]');
  const filters = [{}, { customer: { region: 'north' }, product: { productType: ['plan', 'good'] } }];
  return filters.flatMap((filter) => {
    const params = { ownership: 'active', ...filter } as const;
    const groups = (['none', 'customerType', 'region'] as const).map((by) => groupsInOrder({ ...params, by }, kit));
    const counted = [portfolioProducts, portfolioCategories].map((counted) => counted(params, kit, { owners, earned }));
    return [...counted, ...groups, valuesInOrder(params, kit), customersInOrder(params, kit)];
  });
}

/** What whitespace asks where the relationships in memory do not answer, and beside them. */
function whitespaceStatements(kit: SqlKit): Sql[] {
  const filters = [{}, { customer: { region: 'north' }, product: { productType: ['plan', 'good'] } }];
  return SEGMENT_SETS.flatMap((by) =>
    (['active', 'ever'] as const).flatMap((ownership) =>
      filters.flatMap((filter) => {
        const params = { by, ownership, limit: 10, ...filter };
        const ofCustomer = customerWhitespace({ ...params, customerId: 'C1' }, kit);
        return [whitespace(params, kit), ofCustomer, membersInOrder(params, kit), productsToOffer(params, kit)];
      }),
    ),
  );
}

/** What evaluations and neighbours read. */
function recommendationStatements(kit: SqlKit): Sql[] {
  const days = ['2024-12-31', '2025-03-31', '2025-06-30'];
  const filters = [{}, { customer: { region: 'north' }, segment: 'tier:A' }];
  const members = GROUPINGS.flatMap((by) => filters.map((filter) => customersInGroups({ by, ...filter }, kit)));
  return [heldSince(days, kit), heldSince(days.slice(2), kit), ...members];
}

function requestsOf(analysis: Analysis, catalog: Catalog): { name: string; request: ListingRequest }[] {
  const fields = fieldsOf(analysis, catalog);
  const named = (names: readonly string[]) => names.map((name) => fields.find(({ field }) => field === name)!);
  const { key, search } = analysis.listing!;
  const keys = named(key).map((field) => ({ field, isDescending: false }));
  const plain = { filters: [], search: undefined, sort: keys, fields, limit: 10, isPage: true, after: undefined };
  const sorted = fields.filter(({ field }) => !key.includes(field)).map((field) => ({ field, isDescending: true }));
  return [
    ...fields.flatMap((field) =>
      operatorsFor(field.type).map((operator) => {
        const values =
          operator === 'isNull'
            ? ['true']
            : operator === 'in'
              ? [SOME[field.type], SOME[field.type]]
              : [SOME[field.type]];
        return { name: `${field.field}[${operator}]`, request: { ...plain, filters: [{ field, operator, values }] } };
      }),
    ),
    { name: 'search', request: { ...plain, search: { text: "o'h", fields: named(search) } } },
    ...sorted.map(({ field, isDescending }) => {
      const sort = [{ field, isDescending }, ...keys];
      const after: Value[] = sort.map((one) => SOME[one.field.type]);
      return { name: `after ${field.field}`, request: { ...plain, sort, after } };
    }),
  ];
}
