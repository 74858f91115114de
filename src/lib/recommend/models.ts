/**
 * How much having one product says for another. All are one formula over the customers u who have both i and j, with
 * d_u = products of u, c_i = customers of i:
 *
 *     w(i -> j) = sum over u of d_u^-degree / (c_i^from * c_j^to)
 */
export type Model = {
  readonly name: ModelName;
  readonly degree: number;
  readonly from: number;
  readonly to: number;
};

export const MODEL_NAMES = ['popularity', 'lift', 'cosine', 'rp3beta'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** No neighbours: what most customers have comes first. */
export const POPULARITY: Model = Object.freeze({ name: 'popularity', degree: 0, from: 0, to: 0 });
/** Lift divided by the number of customers, which orders alike. It puts the rarest first: shown, never served. */
export const LIFT: Model = Object.freeze({ name: 'lift', degree: 0, from: 1, to: 1 });
export const COSINE: Model = Object.freeze({ name: 'cosine', degree: 0, from: 0.5, to: 0.5 });

/** Three steps of a random walk, the popular held down by beta (Paudel, Christoffel, Newell and Bernstein 2017). */
export function rp3beta(alpha: number, beta: number): Model {
  return Object.freeze({ name: 'rp3beta', degree: alpha, from: alpha, to: beta });
}

/** What may be served instead of popularity. */
export const SERVABLE: readonly ModelName[] = ['cosine', 'rp3beta'];

// The best ones that others found lie from 0.7 to 1; the earlier split of Complete Journey gets better down to 0.5.
const ALPHAS = [0.5, 0.7, 1];
const BETAS = [0.3, 0.4, 0.6];

/** What an evaluation compares. Above beta 0.6 the rarest come first. */
export const GRID: readonly Model[] = Object.freeze([
  POPULARITY,
  LIFT,
  COSINE,
  ...ALPHAS.flatMap((alpha) => BETAS.map((beta) => rp3beta(alpha, beta))),
]);

/** Where nothing says which parameters are best. */
export const FALLBACK: Model = rp3beta(0.7, 0.4);

/** What is told apart in words: `rp3beta (alpha 0.7, beta 0.4)`. */
export function modelTitle({ name, degree, to }: Model): string {
  return name === 'rp3beta' ? `${name} (alpha ${degree}, beta ${to})` : name;
}

export function isSameModel(a: Model, b: Model): boolean {
  return a.name === b.name && a.degree === b.degree && a.from === b.from && a.to === b.to;
}
