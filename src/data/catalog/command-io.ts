/** Where the command reads and writes. */
export type CatalogIo = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
};
/** The flags of the command, unset where they were not given. */
export type CatalogFlags = {
  readonly out?: string | undefined;
  readonly catalog?: string | undefined;
  readonly database?: string | undefined;
  readonly data?: string | undefined;
};
