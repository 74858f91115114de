import type { Chunks } from './chunks.ts';
import type { Incoming, Reply } from './http.ts';
import type { OauthTokens } from './oauth.ts';
import type { Settled } from './options.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Statements } from './statements.ts';
import type { Stages } from './stage.ts';

/** What routes work on. */
export type Parts = {
  readonly settled: Settled;
  readonly sessions: Sessions;
  readonly statements: Statements;
  readonly chunks: Chunks;
  readonly stages: Stages;
  readonly tokens: OauthTokens;
};
export type Answer = (incoming: Incoming, parts: Parts) => Promise<Reply> | Reply;

/** The session of a request; a fault may let it run out or vanish first. */
export async function sessionOf({ headers, fault, logged }: Incoming, { sessions }: Parts): Promise<Session> {
  const authorization = headers['authorization'] as string | undefined;
  const session = sessions.find(authorization);
  logged.sessionId = session.id;
  if (fault?.kind === 'expired') session.expiresAt = 0;
  if (fault?.kind === 'gone') await sessions.end(session);
  return fault === undefined ? session : sessions.find(authorization);
}
