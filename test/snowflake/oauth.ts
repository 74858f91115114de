import { randomBytes } from 'node:crypto';
import type { Settled } from './options.ts';

export type OauthTokens = Map<
  string,
  { readonly user: string; readonly expiresAt: number; readonly scope: string | undefined }
>;

const LIFETIME_SECONDS = 600;

/** The token endpoint for client credentials (RFC 6749, section 4.4). */
export function issueToken(form: URLSearchParams, { oauthClients, now }: Settled, tokens: OauthTokens) {
  if (form.get('grant_type') !== 'client_credentials')
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  const client = oauthClients.find(
    ({ id, secret }) => id === form.get('client_id') && secret === form.get('client_secret'),
  );
  if (client === undefined) return { status: 401, body: { error: 'invalid_client' } };
  const token = randomBytes(24).toString('base64url');
  const scope = form.get('scope') ?? undefined;
  tokens.set(token, { user: client.user, expiresAt: now() + LIFETIME_SECONDS * 1000, scope });
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: LIFETIME_SECONDS } };
}
