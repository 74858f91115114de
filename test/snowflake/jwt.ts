import { createHash, createPublicKey, verify } from 'node:crypto';

type Claims = { readonly iss?: unknown; readonly sub?: unknown; readonly iat?: unknown; readonly exp?: unknown };

/** `SHA256:` and the digest of the key, as DESCRIBE USER shows it. */
export function fingerprintOf(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ format: 'der', type: 'spki' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

/** How far a client's clock may be ahead. Judged; that an expired token is refused is documented. */
const LEEWAY_MS = 60_000;

/**
 * Whether a token is signed with one of the keys, names that key, account and user, and is of now.
 * https://docs.snowflake.com/en/user-guide/key-pair-auth
 */
export function isValidJwt(
  token: string,
  account: string,
  user: string,
  publicKeys: readonly string[],
  now: number,
): boolean {
  const [head, body, signature] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined) return false;
  if (decoded<{ alg?: unknown }>(head)?.alg !== 'RS256') return false;
  const claims = decoded<Claims>(body);
  const subject = `${account}.${user}`.toUpperCase();
  const key = publicKeys.find((one) => claims?.iss === `${subject}.${fingerprintOf(one)}`);
  if (key === undefined || claims?.sub !== subject) return false;
  const isSigned = verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  const issued = millisecondsOf(claims.iat);
  const expires = millisecondsOf(claims.exp);
  return isSigned && issued <= now + LEEWAY_MS && expires > now && expires - issued <= 3_600_000;
}

/** The driver writes milliseconds, other clients seconds. */
function millisecondsOf(time: unknown): number {
  return typeof time !== 'number' ? Number.NaN : time > 1e11 ? time : time * 1000;
}

function decoded<T>(part: string): T | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as T;
  } catch {
    return undefined;
  }
}
