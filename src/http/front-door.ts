import type { Settings } from '../config/settings.ts';
import { AppError } from '../lib/app-error.ts';
import type { App } from './app-type.ts';
import { mountHealth } from './health.ts';
import { drain } from './lifecycle.ts';
import { createServer, type ServerOptions } from './server.ts';

/**
 * The listening socket, open before the service behind it is ready: a taken port is known at once, and whoever asks
 * while data is prepared is told so (`/livez` 200, everything else 503 `service.starting`). `handOver` gives all further
 * requests to the ready app; connections stay.
 */
export type FrontDoor = {
  listen(): Promise<string>;
  handOver(app: App): void;
  /** Requests that come from now on wait until the returned function is called, and go to whom they belong then. */
  hold(): () => void;
  /** Running replies finish within SHUTDOWN_SECONDS; true when all did. Closes the app behind the door as well. */
  close(): Promise<boolean>;
};

export function openFrontDoor(options: ServerOptions): FrontDoor {
  const { settings } = options;
  const door = createServer(options);
  mountHealth(door, { probes: [] });
  const refuse = () =>
    Promise.reject(
      new AppError('service.starting', 'The data is being prepared.', { headers: { 'retry-after': '1' } }),
    );
  // Before the body is read. A route, because where there is none the answer would be 404.
  door.all('*', { onRequest: refuse, schema: { hide: true } }, refuse);
  let behind: App | undefined;
  let holds = 0;
  let held: Parameters<App['routing']>[] = [];
  const route: App['routing'] = (request, response) => {
    if (holds > 0) held.push([request, response]);
    else (behind ?? door).routing(request, response);
  };
  door.server.removeAllListeners('request');
  door.server.on('request', route);
  return {
    listen: () => door.listen({ port: settings.PORT, host: settings.HOST }),
    handOver(app) {
      behind = app;
    },
    hold() {
      holds += 1;
      return () => {
        holds -= 1;
        if (holds > 0) return;
        const waiting = held;
        held = [];
        for (const [request, response] of waiting) route(request, response);
      };
    },
    close: () => closeBoth(door, behind, settings),
  };
}

async function closeBoth(door: App, behind: App | undefined, settings: Settings): Promise<boolean> {
  // The app behind answers; it has to know that its replies are the last on their connections.
  if (behind !== undefined) behind.lifecycle.phase = 'draining';
  const isComplete = await drain(door, settings);
  await behind?.close();
  return isComplete;
}
