import { pino, type DestinationStream } from 'pino';
import type { FastifyBaseLogger } from 'fastify';
import { createService, type Service } from './app.ts';
import { misspeltSettings, readSettings, SETTINGS, type Settings } from './config/settings.ts';
import { announceService } from './data/backup/running-service.ts';
import { dataPaths } from './data/source.ts';
import { signInWarning } from './data/warehouse/open-warehouse.ts';
import type { Generation } from './generation.ts';
import type { OpenData } from './open-data.ts';
import type { Engine } from './analysis/engine.ts';
import { openFrontDoor } from './http/front-door.ts';
import { exitOnSignals, reloadOnHangUp, type SignalSource } from './http/lifecycle.ts';
import { AppError } from './lib/app-error.ts';
import { isSystemError } from './lib/system-error.ts';
import { overviewOf } from './analysis/overview.ts';
import { packageVersion } from './package-version.ts';

/** The part of `process` that a service needs. */
export type Host = SignalSource & {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where log lines go. */
  readonly log: DestinationStream;
  readonly stderr: { write(text: string): unknown };
};

/**
 * Starts the service: settings, data, server; says where it is. Gives the exit code when it cannot start, and
 * undefined when it runs. Log lines go to stdout, words for the person who started it to stderr.
 */
export async function startService(host: Host, { clock }: { clock: () => Date }): Promise<number | undefined> {
  const say = (line: string) => void host.stderr.write(`${line}\n`);
  let stop = () => Promise.resolve(true);
  try {
    const settings = readSettings(host.env);
    misspeltSettings(host.env).forEach(say);
    const logger: FastifyBaseLogger = pino({ level: settings.LOG_LEVEL, base: null }, host.log);
    const warning = signInWarning(settings);
    if (warning !== undefined) logger.warn(warning);
    const version = packageVersion();
    const door = openFrontDoor({ settings, logger, version });
    const address = await door.listen();
    stop = door.close;
    exitOnSignals(host, logger, () => stop());
    let reload: Service['reload'] = () =>
      Promise.reject(new AppError('service.starting', 'The data is being prepared.'));
    reloadOnHangUp(host, logger, () => reload());
    const service = await createService({
      settings,
      logger,
      version,
      clock,
      progress: say,
      door,
    });
    reload = service.reload;
    const withdraw = announce(settings, address, logger);
    stop = async () => {
      withdraw();
      const isComplete = await door.close();
      await service.close();
      return isComplete;
    };
    door.handOver(service.current().app);
    await greet(service.current(), address, say);
    if (!isLoopback(settings.HOST)) {
      logger.warn(
        { host: settings.HOST },
        'nobody is authenticated: everyone who reaches this address can read all data',
      );
    }
    return undefined;
  } catch (error) {
    await stop();
    say(cannotStart(error, host.env));
    return 1;
  }
}

/** Commands that need the service find it by this; without it they still see that the database is locked. */
function announce(settings: Settings, address: string, logger: FastifyBaseLogger): () => void {
  try {
    return announceService(dataPaths(settings), address);
  } catch (err) {
    logger.warn({ err }, 'npm run backup will not find this service: DATA_DIR/service.json cannot be written');
    return () => {};
  }
}

async function greet(
  { engine, source, data }: Generation,
  address: string,
  say: (line: string) => void,
): Promise<void> {
  const customerId = await someCustomer(engine, data);
  say(
    [
      '',
      `  customer-analytics serves ${source.kind === 'demo' ? 'generated demo data' : source.database}`,
      '',
      `  page      ${address}/`,
      `  docs      ${address}/docs`,
      `  health    ${address}/health`,
      '',
      ...(customerId === undefined
        ? [
            ...(data.warehouse.isShared ? [] : ['  nothing is stored yet: npm run import brings data in']),
            `  curl '${address}/v1/customers'`,
          ]
        : [
            '  which products does this customer have?',
            `  curl '${address}/v1/customers/${pathSegment(customerId)}/products'`,
          ]),
      '',
    ].join('\n'),
  );
}

/** One that has a product. Whatever keeps the warehouse from answering, the service runs and says where it is. */
async function someCustomer(engine: Engine, { warehouse, owner }: OpenData): Promise<string | undefined> {
  // An account is not asked for the sake of a greeting.
  if (warehouse.isShared) return undefined;
  return (await overviewOf(engine, owner).catch(() => undefined))?.customerId;
}

/** An id as part of an address inside single quotes of a shell. */
function pathSegment(id: string): string {
  return encodeURIComponent(id).replaceAll("'", '%27');
}

function cannotStart(error: unknown, env: Host['env']): string {
  if (error instanceof AppError) return `the service cannot start: ${error.detail}`;
  const { code, message } = error as NodeJS.ErrnoException;
  const words = isOfListening(error) ? CANNOT_LISTEN[code!] : undefined;
  if (words === undefined) return `the service cannot start: ${message}`;
  return words.replace('{PORT}', env['PORT'] || String(SETTINGS.PORT.default)).replace('{HOST}', String(env['HOST']));
}

function isOfListening(error: unknown): boolean {
  return isSystemError(error) && ['listen', 'getaddrinfo'].includes(error.syscall!);
}

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'port {PORT} is taken: stop what listens there, or start with another one: PORT=8001 npm start',
  EACCES: 'port {PORT} is not allowed for this user: choose one above 1023, for example PORT=8000 npm start',
  EADDRNOTAVAIL: 'HOST={HOST} is not an address of this machine; HOST=127.0.0.1 is',
  ENOTFOUND: 'HOST={HOST} is not known; HOST=127.0.0.1 is this machine',
  EAI_AGAIN: 'HOST={HOST} is not known; HOST=127.0.0.1 is this machine',
};

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
