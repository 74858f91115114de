import { once } from 'node:events';
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { Request } from './model.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
};
export type Wire = ReturnType<typeof openWire>;

/** A client of the service that takes it as usual when the connection breaks: then there is no answer. */
export function openWire(address: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const { hostname, port } = new URL(address);
  const open = ({ method, path, headers = {} }: Request): ClientRequest =>
    httpRequest({ agent, hostname, port, method, path, headers: { ...headers } });

  /** The whole answer; undefined when the connection broke before its end. */
  async function send(request: Request): Promise<Answer | undefined> {
    try {
      const sent = open(request);
      sent.end(request.body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() };
    } catch {
      return undefined;
    }
  }

  /** Sends a long body piece by piece, and gives the lines of the answer as they come; it ends early when the connection breaks. */
  async function* lines(request: Request, pieces: Iterable<string>): AsyncGenerator<string, void> {
    const sent = open(request);
    const isBroken = { value: false };
    sent.on('error', () => (isBroken.value = true));
    void (async () => {
      for (const piece of pieces) {
        if (isBroken.value) return;
        if (!sent.write(piece)) await Promise.race([once(sent, 'drain'), once(sent, 'close')]).catch(() => undefined);
      }
      sent.end();
    })();
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      if (response.statusCode !== 200) throw new Error(`bulk: ${response.statusCode}`);
      for await (const line of createInterface({ input: response })) yield line;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('bulk:')) throw error;
    }
  }

  return { send, lines, close: () => agent.destroy() };
}
