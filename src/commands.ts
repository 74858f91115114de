import { backupCommand } from './data/backup/backup-command.ts';
import { restoreCommand } from './data/backup/restore-command.ts';
import { catalogCommand } from './data/catalog/command.ts';
import { doctorCommand } from './data/doctor/command.ts';
import { demoCommand } from './data/demo/command.ts';
import { docsCommand } from './delivery/reference/command.ts';
import { docsPages } from './docs-pages.ts';
import { importCommand } from './features/index.ts';
import { AppError } from './lib/app-error.ts';
import { didYouMean } from './lib/near-name.ts';
import { packageVersion } from './package-version.ts';
import { recommendCommand } from './recommend-command.ts';
import { isSystemError } from './lib/system-error.ts';

/** Where a command reads and writes; a test passes its own. */
export type CommandIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  /** Whether stderr is a terminal, where a progress line may be rewritten. */
  readonly isTerminal?: boolean;
};
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

const COMMANDS: Readonly<Record<string, { run: Command; help: string }>> = {
  demo: { run: demoCommand, help: 'makes demo data' },
  import: { run: importCommand, help: 'reads files into the managed tables' },
  recommend: { run: recommendCommand, help: 'writes what to offer every customer next into a file' },
  backup: {
    run: (args, io) => backupCommand(args, io, packageVersion()),
    help: 'saves the data, also while the service runs',
  },
  restore: { run: restoreCommand, help: 'puts saved data back' },
  catalog: { run: catalogCommand, help: 'drafts or checks a catalog' },
  doctor: { run: doctorCommand, help: 'checks what the service needs, and says how to mend it' },
  docs: { run: (args, io) => docsCommand(args, io, docsPages()), help: 'writes the reference pages' },
};

/** Runs the command that the first argument names and gives its exit code: 0 done, 1 not carried out, 2 wrong use. */
export async function runCommand(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...args] = argv;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    io.stderr(
      name === '' ? 'no command was given' : `there is no command ${name}${didYouMean(name, Object.keys(COMMANDS))}`,
    );
    for (const [known, { help }] of Object.entries(COMMANDS)) io.stderr(`  npm run ${known.padEnd(9)} ${help}`);
    return 2;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    const isOurs = error instanceof AppError;
    if (!isOurs && !isSystemError(error)) throw error;
    io.stderr(isOurs ? error.detail : error.message);
    return 1;
  }
}
