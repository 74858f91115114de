import { Readable } from 'node:stream';
import type { App } from './app-type.ts';

/**
 * Fastify answers HEAD by running the whole stream of GET and throwing it away; this stops the stream instead. Without
 * a payload it would say `content-length: 0`, which is not the length that GET would have.
 */
export function stopStreamsOfHead(app: App): void {
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') return;
    const later = route.onSend === undefined ? [] : [route.onSend].flat();
    route.onSend = [
      (_request, _reply, payload, done) => {
        if (payload instanceof Readable) payload.destroy();
        const isOfUnknownLength = payload instanceof Readable || payload === undefined;
        done(null, isOfUnknownLength ? Readable.from([]) : payload);
      },
      ...later,
    ];
  });
}
