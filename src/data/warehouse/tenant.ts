declare const brand: unique symbol;

/** Whose rows a statement may see. Made once by the composition root and carried by every call; code below never assumes that there is one. */
export type Tenant = { readonly id: string; readonly [brand]: true };

/** Throws RangeError unless the id is 1 to 63 lower-case letters, digits, `_` or `-`, starting with a letter: it becomes part of file and schema names. */
export function tenant(id: string): Tenant {
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(id)) throw new RangeError(`${JSON.stringify(id)} cannot be the id of a tenant`);
  return Object.freeze({ id }) as Tenant;
}
