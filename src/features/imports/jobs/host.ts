import type { Settings } from '../../../config/settings.ts';
import type { DataPaths } from '../../../data/source.ts';
import type { State } from '../../../data/state/open-state.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import type { ImportTarget } from '../import-target.ts';
import type { Served } from './plan-of-request.ts';

/** The running service, as far as an import has to do with it. */
export type ImportHost = {
  readonly settings: Settings;
  readonly paths: DataPaths;
  readonly state: State;
  readonly owner: Tenant;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: { error(what: object, words: string): void };
  served(): Served;
  /** Throws catalog.invalid when this catalog could not be served after its import. `folder` holds the files. */
  checkCatalog(text: string, folder: string): Promise<void>;
  /** Rows are about to be stored that another catalog may describe: requests by the present one may fail from now on, until `serve`. The returned function says that they did not come. */
  expectCatalog(): () => void;
  /** The database that is served, whose later answers all know of the rows; or a new one in place of the demo. */
  openTarget(): Promise<ImportTarget>;
  /** Requests that come from now on wait until the returned function is called. */
  hold(): () => void;
  /** Serves the database and the catalog that are there now. */
  serve(): Promise<void>;
};
