import type { BenchWorld } from './figures.ts';
import type { Load } from './load.ts';

/** A deterministic walk over all ids, uniform and without order (a full-period step through the residues). */
export function ids(prefix: string, digits: number, count: number): (n: number) => string {
  const step = Math.floor(count * 0.6180339887) | 1;
  return (n) => `${prefix}${String(((n * step) % count) + 1).padStart(digits, '0')}`;
}

export function lookup({ customers }: BenchWorld): (n: number) => string {
  const id = ids('C', 7, customers);
  return (n) => `/v1/customers/${id(n)}/products`;
}

/** Answers a second. */
export function rate({ ms, seconds }: Load): number {
  return ms.length / seconds;
}
