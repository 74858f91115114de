import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Value } from '../data/warehouse/port.ts';
import { AppError } from '../lib/app-error.ts';

/** Where a list stopped: the sort values of the last row, and the day that the first page was about. */
export type Position = { readonly after: readonly Value[]; readonly asOf: string };

export type Cursors = {
  /** `list` names the list: equal texts are equal analysis, params, filters, sort and tenant. */
  seal(list: string, position: Position): string;
  /** Throws cursor.invalid for what we did not make, cursor.mismatch for the cursor of another list. */
  open(list: string, cursor: string): Position;
};

/** Opaque cursors, signed with HMAC-SHA256 (RFC 2104), so that nobody can make one or carry it over to another list. */
export function cursorsOf(secret: string | Uint8Array): Cursors {
  const mac = (text: string) => createHmac('sha256', secret).update(text).digest();
  const listMac = (list: string) => mac(`list:${list}`).subarray(0, 12).toString('base64url');
  return {
    seal(list, { after, asOf }) {
      const payload = Buffer.from(JSON.stringify([listMac(list), asOf, after])).toString('base64url');
      return `${payload}.${mac(payload).subarray(0, 16).toString('base64url')}`;
    },
    open(list, cursor) {
      const [payload = '', signature = '', ...rest] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = mac(payload).subarray(0, 16);
      const isOurs = rest.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
      if (!isOurs) throw new AppError('cursor.invalid', 'the cursor was changed or was not made by this service');
      const [madeFor, asOf, after] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
        string,
        string,
        Value[],
      ];
      if (madeFor === listMac(list)) return { asOf, after };
      throw new AppError(
        'cursor.mismatch',
        'the cursor was made with other filters, another sort order or for another list',
      );
    },
  };
}
