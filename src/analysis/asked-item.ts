import { AppError } from '../lib/app-error.ts';

type Asked = {
  readonly grain: 'product' | 'category';
  readonly productId?: string | undefined;
  readonly category?: string | undefined;
};

/** The product or the category that is asked about. Throws request.invalid when it is not the one that the grain needs. */
export function askedItem({ grain, productId, category }: Asked): string {
  const [needed, other] = grain === 'product' ? [productId, category] : [category, productId];
  if (needed !== undefined && other === undefined) return needed;
  const [name, unused] = grain === 'product' ? ['productId', 'category'] : ['category', 'productId'];
  const [pointer, detail] =
    needed === undefined
      ? [`?${name}`, `is needed at grain=${grain}`]
      : [`?${unused}`, `is of no use at grain=${grain}`];
  throw new AppError('request.invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
