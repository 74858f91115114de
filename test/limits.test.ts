import { expect, test } from 'vitest';
import { SETTINGS, type SettingName } from '../src/config/settings.ts';
import { idleSeconds, loginSeconds, retrySeconds, versionTtlSeconds } from './limits/account.ts';
import { derivationBytes, snapshotMaxRows } from './limits/derived.ts';
import { importBytes, importRecordBytes, importsKept, rejectSamples, uploadBytes } from './limits/import-limits.ts';
import { fastConnections, fastQueue, heavyConnections, heavyQueue, threads } from './limits/lanes.ts';
import { cacheBytes, memoryLimit, spillBytes } from './limits/memory.ts';
import { bodyBytes, headerBytes, urlBytes } from './limits/request-size.ts';
import { facetValues, ownershipIds, pageRows, resultRows } from './limits/rows.ts';
import { shutdownSeconds } from './limits/shutdown.ts';
import { queueSeconds, requestSeconds, statementSeconds, streamSeconds } from './limits/time.ts';

/** Drives each limit to its bound and reads the answer. */
const LIMITS: Readonly<Partial<Record<SettingName, () => Promise<void>>>> = {
  THREADS: threads,
  MEMORY_LIMIT: memoryLimit,
  SPILL_BYTES: spillBytes,
  FAST_CONNECTIONS: fastConnections,
  FAST_QUEUE: fastQueue,
  HEAVY_CONNECTIONS: heavyConnections,
  HEAVY_QUEUE: heavyQueue,
  QUEUE_SECONDS: queueSeconds,
  STATEMENT_SECONDS: statementSeconds,
  STREAM_SECONDS: streamSeconds,
  RESULT_ROWS: resultRows,
  PAGE_ROWS: pageRows,
  OWNERSHIP_IDS: ownershipIds,
  FACET_VALUES: facetValues,
  BODY_BYTES: bodyBytes,
  URL_BYTES: urlBytes,
  HEADER_BYTES: headerBytes,
  REQUEST_SECONDS: requestSeconds,
  CACHE_BYTES: cacheBytes,
  DERIVATION_BYTES: derivationBytes,
  SNAPSHOT_MAX_ROWS: snapshotMaxRows,
  SHUTDOWN_SECONDS: shutdownSeconds,
  REJECT_SAMPLES: rejectSamples,
  IMPORT_RECORD_BYTES: importRecordBytes,
  IMPORT_BYTES: importBytes,
  UPLOAD_BYTES: uploadBytes,
  IMPORTS_KEPT: importsKept,
  SNOWFLAKE_IDLE_SECONDS: idleSeconds,
  SNOWFLAKE_RETRY_SECONDS: retrySeconds,
  SNOWFLAKE_LOGIN_SECONDS: loginSeconds,
  VERSION_TTL_SECONDS: versionTtlSeconds,
};

test('every setting that is a number is driven to its bound here, but for the port', () => {
  const numbers = Object.entries(SETTINGS).filter(([, { type }]) => type === 'int' || type === 'bytes');
  const limits = numbers.map(([name]) => name).filter((name) => name !== 'PORT');
  expect(Object.keys(LIMITS).sort()).toEqual(limits.sort());
});

test.each(Object.entries(LIMITS))('%s', (_name, drive) => drive());
