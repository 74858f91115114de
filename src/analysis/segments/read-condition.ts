import type { WireType } from '../../data/warehouse/port.ts';
import type { FieldError } from '../../lib/app-error.ts';
import { didYouMean } from '../../lib/near-name.ts';
import { shorten } from '../../lib/shorten.ts';
import { filterProblems, operatorsFor, type Filter, type Operator } from '../filter.ts';
import { memberNamed, unknownMember, type Members } from './members.ts';
import { LIMITS } from './rule.ts';
import { textOf } from './value-keys.ts';

/** A condition as a filter of the lists' language; or what is wrong with it. */
export type ReadCondition = { readonly filter: Filter } | { readonly problems: readonly FieldError[] };

/** Reads what claims to be a condition, `{ member, op, value }`; nothing about its values is taken for granted. */
export function readCondition(
  { member: name, op, value }: { readonly member?: unknown; readonly op?: unknown; readonly value?: unknown },
  members: Members,
  pointer: string,
): ReadCondition {
  const refused = (part: string, detail: string) => ({ problems: [{ pointer: `${pointer}/${part}`, detail }] });
  if (typeof name !== 'string') return refused('member', 'must be the name of a member');
  const member = memberNamed(name, members);
  if (member === undefined) return refused('member', unknownMember(name, members));
  const operators = member.type === 'json' ? (['isNull'] as const) : operatorsFor(member.type);
  const operator = operators.find((one) => one === op);
  if (operator === undefined) return refused('op', wrongOperator(op, operators, `${name} (${member.type})`));
  const { values, problem } = valuesOf(value, operator, member.type);
  if (problem !== undefined) return refused('value', problem);
  for (const [i, one] of values.entries()) {
    const [wrong] = filterProblems({ field: member, operator, values: [one] });
    if (wrong !== undefined) return refused(operator === 'in' ? `value/${i}` : 'value', wrong.detail);
  }
  return { filter: { field: member, operator, values } };
}

function wrongOperator(op: unknown, operators: readonly Operator[], of: string): string {
  if (op === undefined) return `is required: one of ${operators.join(', ')}`;
  const near = typeof op === 'string' ? didYouMean(op, operators) : '';
  const shown = typeof op === 'string' ? JSON.stringify(shorten(op, 50)) : kindOf(op);
  return `${shown} is no operator of ${of}${near}; allowed: ${operators.join(', ')}`;
}

type Values = { readonly values: readonly string[]; readonly problem?: string };

function valuesOf(value: unknown, operator: Operator, type: WireType): Values {
  const wrong = (problem: string): Values => ({ values: [], problem });
  if (value === undefined) return operator === 'isNull' ? { values: ['true'] } : wrong('is required');
  if (operator !== 'in' && Array.isArray(value)) return wrong('must be one value; a list is for in');
  if (operator === 'in' && !Array.isArray(value)) return wrong('must be a list of values');
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return wrong('must have at least one value');
  if (list.length > LIMITS.values) return wrong(`has ${list.length} values; at most ${LIMITS.values} are allowed`);
  const wanted = WANTED[operator === 'isNull' ? 'boolean' : type];
  const odd = list.find((one) => !wanted.types.includes(typeof one));
  if (odd !== undefined) return wrong(`must be ${wanted.words}, not ${kindOf(odd)}${odd === null ? NULL_HINT : ''}`);
  const values = list.map((one) => textOf(one as string | number | boolean));
  if (values.some((one) => one.length > LIMITS.text)) return wrong(`must have at most ${LIMITS.text} characters`);
  if (values.some((one) => !one.isWellFormed())) return wrong('holds half of a surrogate pair, which is no character');
  return { values };
}

const NULL_HINT = '; isNull asks for what is missing';
const TEXT = { types: ['string'], words: 'a text' };
const NUMBER = { types: ['number', 'string'], words: 'a number' };

/** The kinds of JSON that can hold a value of the type: digits may come as a text, so that none is lost. */
const WANTED: Readonly<Record<WireType, { readonly types: readonly string[]; readonly words: string }>> = {
  text: TEXT,
  json: TEXT,
  date: { types: ['string'], words: 'a date such as 2026-01-31' },
  timestamp: { types: ['string'], words: 'a time such as 2026-01-31T12:00:00Z' },
  integer: NUMBER,
  decimal: NUMBER,
  double: NUMBER,
  boolean: { types: ['boolean', 'string'], words: 'true or false' },
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return KINDS_OF_JSON[typeof value] ?? 'nothing';
}

const KINDS_OF_JSON: Readonly<Record<string, string>> = {
  object: 'an object',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};
