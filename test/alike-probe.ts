import { Type } from 'typebox';
import { defineAnalysis } from '../src/analysis/define.ts';
import { field, param } from '../src/analysis/fields.ts';
import { mostAlikeSql } from '../src/analysis/snapshot/most-alike-sql.ts';
import { mostAlike } from '../src/analysis/snapshot/most-alike.ts';

/** Asks for the customers most alike by itself: from the snapshot as far as there is one, or by the statement. */
export const alikeProbe = defineAnalysis({
  name: 'test.most-alike',
  title: 'Customers with the most similar products.',
  description: '',
  params: Type.Object({
    customerId: field.id('Whom they are like.'),
    asOf: param.asOf(),
    isBySql: field.flag('By the statement.'),
    count: field.count('Rows at most.'),
    minCommon: field.count('Products in common at least.'),
  }),
  row: Type.Object({
    customerId: field.id('A customer.'),
    common: field.count('Products of both.'),
    unionSize: field.count('Products of one of them.'),
    jaccard: field.rate('Their quotient.'),
  }),
  run: ({ customerId, isBySql, ...options }, context) =>
    isBySql ? context.query(mostAlikeSql(customerId, context, options)) : mostAlike(customerId, options, context),
  examples: [{ title: 'Those like C1', params: { customerId: 'C1', isBySql: false, count: 10, minCommon: 2 } }],
});
