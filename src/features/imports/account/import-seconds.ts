/** Longest run of a statement of an import: no question of a user, it may take longer than STREAM_SECONDS. */
export const IMPORT_SECONDS = 6 * 3600;
