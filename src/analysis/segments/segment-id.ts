/** What an id of a segment looks like, as a regular expression. */
export const SEGMENT_ID = '^[a-z0-9][a-z0-9_-]{0,49}$';

const SLUG_LENGTH = 40;

/** An id for a segment whose client gave none: its name in small letters and digits, and eight digits by chance so that it is free. */
export function segmentIdFor(name: string, randomBytes: (size: number) => Uint8Array): string {
  const plain = name.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '');
  const slug = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replaceAll(/^-|-$/g, '');
  return `${slug === '' ? 'segment' : slug}-${Buffer.from(randomBytes(4)).toString('hex')}`;
}
