import type { TSchema } from 'typebox';
import { DEFAULT_FACTS_OPTIONS } from './facts/model.ts';
import type { Question } from './question.ts';
import type { Saved } from './saved.ts';

type Asked = Pick<Question, 'analysis' | 'params'> & { readonly saved: Saved };

/**
 * What an answer was made with, besides what was asked for by name: every param that has a default, as it holds. Where a
 * term has several meanings, its param has one, so that the meaning that was used is among them. With a segment as a
 * filter also the gaps and limits that it was meant with; where RFM scores have names, the version of their table.
 */
export function settledParams({ analysis, params, saved }: Asked): Readonly<Record<string, unknown>> {
  const settled: Record<string, unknown> = params['segment'] === undefined ? {} : { ...DEFAULT_FACTS_OPTIONS };
  for (const name of defaultedParams(analysis)) settled[name] = params[name];
  if ('rfmMonths' in settled) settled['rfmTableVersion'] = saved.rfmTableVersion;
  return settled;
}

/** Names of the params that have a default. */
export function defaultedParams({ params }: Question['analysis']): readonly string[] {
  const properties = Object.entries(params.properties as Record<string, TSchema>);
  return properties.filter(([, schema]) => 'default' in schema).map(([name]) => name);
}
