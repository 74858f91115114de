import { success } from './answers.ts';
import { authenticate, type LoginData, roleOf } from './login.ts';
import type { Settled } from './options.ts';
import { parametersOf } from './parameters.ts';
import { type Answer, sessionOf } from './route-parts.ts';
import { nameSession, type Session } from './sessions.ts';

export const login: Answer = async ({ json, url, logged }, { settled, sessions, tokens }) => {
  const data = (json['data'] ?? {}) as LoginData;
  const { AUTHENTICATOR: authenticator, PROVIDER: provider, LOGIN_NAME: user, CLIENT_APP_ID: client } = data;
  logged.login = {
    authenticator,
    provider,
    user,
    client,
    oauthType: data.CLIENT_ENVIRONMENT?.['OAUTH_TYPE'],
    hasPassword: 'PASSWORD' in data,
    hasToken: 'TOKEN' in data,
  };
  const proved = authenticate(data, settled, tokens);
  const asked = (name: string) => url.searchParams.get(name) ?? undefined;
  const database = known(asked('databaseName'), Object.keys(settled.databases)) ?? '';
  const names = {
    role: roleOf(proved, asked('roleName')),
    warehouse: known(asked('warehouse'), settled.warehouses),
    database,
    schema: known(asked('schemaName') ?? 'PUBLIC', await sessions.schemasOf(database)) ?? '',
  };
  const own = Object.entries(data.SESSION_PARAMETERS ?? {}).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const session = await sessions.open(proved, names, own);
  await nameSession(session, settled);
  logged.sessionId = session.id;
  return {
    body: success({
      ...tokensOf(session, settled),
      displayUserName: proved.name,
      serverVersion: '9.99.0',
      parameters: parametersOf(session, settled),
      sessionInfo: names,
    }),
  };
};

/** What is not there is not used: the login succeeds without it. */
const known = (name: string | undefined, names: readonly string[]) => names.find((one) => one === name?.toUpperCase());

const tokensOf = ({ id, token, master }: Session, { sessionSeconds, masterSeconds }: Settled) => ({
  sessionId: id,
  token,
  validityInSeconds: sessionSeconds,
  masterToken: master,
  masterValidityInSeconds: masterSeconds,
});

export const renew: Answer = ({ headers, logged }, { sessions, settled }) => {
  const session = sessions.renew(headers['authorization'] as string | undefined);
  logged.sessionId = session.id;
  const { sessionSeconds: validityInSecondsST, masterSeconds: validityInSecondsMT } = settled;
  return {
    body: success({
      sessionToken: session.token,
      masterToken: session.master,
      sessionId: session.id,
      validityInSecondsST,
      validityInSecondsMT,
    }),
  };
};

/** Ends a session. */
export const end: Answer = async (incoming, parts) => {
  await parts.sessions.end(await sessionOf(incoming, parts));
  return { body: success(null) };
};

/** A heartbeat. */
export const alive: Answer = async (incoming, parts) => {
  await sessionOf(incoming, parts);
  return { body: success(null) };
};
