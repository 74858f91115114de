import { parseArgs } from 'node:util';
import { readSettings, type Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { chooseSource, dataPaths } from '../source.ts';
import { duckdbFindings } from './duckdb-checks.ts';
import { type Finding, linesOf, well, wrong } from './finding.ts';
import { localFindings } from './local-checks.ts';
import { snowflakeFindings } from './snowflake/checks.ts';

const USAGE = `npm run doctor

Checks what the service needs, with the settings that it would start with, and says how to mend what is missing.
A line per check: ok, -- (goes without, and what is lost), !! (has to be mended); below it statements or settings that mend it.
Nothing is changed. On Snowflake it wakes the virtual warehouse once.
Exit code: 0 nothing has to be mended, 1 something has, 2 wrong use.`;

export type DoctorIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
};

/**
 *     settings -> data folder, records, disk -> DuckDB: memory, database, catalog
 *                                            -> Snowflake: sign-in, clock, role, ... (snowflake/checks.ts)
 */
export async function doctorCommand(args: readonly string[], io: DoctorIo): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: { help: { type: 'boolean', short: 'h' } } });
    if (values.help === true) {
      io.stdout(USAGE);
      return 0;
    }
  } catch (error) {
    io.stderr(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  let failed = 0;
  for await (const finding of findings(io.env)) {
    for (const line of linesOf(finding)) io.stdout(line);
    if (finding.mark === '!!') failed += 1;
  }
  io.stdout(failed === 0 ? 'nothing has to be mended' : `${failed} to mend (!!)`);
  return failed === 0 ? 0 : 1;
}

async function* findings(env: DoctorIo['env']): AsyncGenerator<Finding> {
  const settings = settingsOf(env);
  if ('mark' in settings) return yield settings;
  const paths = dataPaths(settings);
  yield well('settings', `WAREHOUSE=${settings.WAREHOUSE}`);
  yield* localFindings(paths, settings);
  if (settings.WAREHOUSE === 'duckdb') yield* await duckdbFindings(settings, paths);
  else yield* snowflakeFindings(settings, chooseSource(settings, paths).catalogFile);
}

function settingsOf(env: DoctorIo['env']): Settings | Finding {
  try {
    return readSettings(env);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return wrong('settings', 'not all can be used', error.detail.split('\n'));
  }
}
