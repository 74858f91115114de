import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings, type Settings } from '../../config/settings.ts';

/** Where the commands read and write. */
export type BackupIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
};

export type BackupArguments = { readonly folder: string; readonly isReplacing: boolean };

/** The folder that the arguments name, or the exit code when they were answered (0) or refused (2). */
export function readArguments(
  args: readonly string[],
  io: BackupIo,
  { usage, takesReplace }: { readonly usage: string; readonly takesReplace: boolean },
): BackupArguments | number {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { help: flag, ...(takesReplace ? { replace: flag } : {}) };
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    if (values['help'] === true) {
      io.stdout(usage);
      return 0;
    }
    const [folder, ...more] = positionals;
    if (folder === undefined || folder === '') throw new TypeError('DIR is missing');
    if (more.length > 0) throw new TypeError(`only one DIR is taken, not also ${more.join(' ')}`);
    return { folder: resolve(io.cwd, folder), isReplacing: (values as { replace?: boolean }).replace ?? false };
  } catch (error) {
    io.stderr(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
}

/** The settings of the service that the command is about. */
export function settingsOf({ env, cwd }: BackupIo): Settings {
  const read = readSettings(env);
  return { ...read, DATA_DIR: resolve(cwd, read.DATA_DIR) };
}

/** `1.5 MB`. */
export function sizeText(bytes: number): string {
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB'];
  return `${size.toFixed(1)} ${unit}`;
}
