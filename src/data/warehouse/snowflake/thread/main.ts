import { parentPort, workerData } from 'node:worker_threads';
import { loadDriver } from './load.ts';
import type { Asked, ThreadData } from './messages.ts';
import { answer, threadCalls } from './serve.ts';

/** The thread of the driver: message -> session -> statement -> rows -> cells -> message. */
const { useEnvProxy, silenceMs } = workerData as ThreadData;
const port = parentPort!;
const calls = loadDriver({ useEnvProxy }).then((loaded) => threadCalls(loaded, silenceMs));
port.on('message', (asked: Asked) => {
  void calls.then((known) => answer(known, asked)).then((answered) => port.postMessage(answered));
});
