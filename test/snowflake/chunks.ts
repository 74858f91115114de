import { randomBytes, randomUUID } from 'node:crypto';
import type { ChunkBody } from './results.ts';

type Kept = { readonly key: string; readonly body: Buffer; isExpired: boolean };
export type ChunkLink = {
  readonly url: string;
  readonly rowCount: number;
  readonly uncompressedSize: number;
  readonly compressedSize: number;
};

/** Chunks by their links. Each set of links has its own key, which the fetching request must show. */
export class Chunks {
  readonly #kept = new Map<string, Kept>();

  /** New links for chunks; they lead to `base`. */
  link(bodies: readonly ChunkBody[], base: string): { readonly chunks: ChunkLink[]; readonly qrmk: string } {
    const qrmk = randomBytes(32).toString('base64');
    const chunks = bodies.map(({ body, rowCount, size }) => {
      const id = randomUUID();
      this.#kept.set(id, { key: qrmk, body, isExpired: false });
      return { url: `${base}/chunks/${id}`, rowCount, uncompressedSize: size, compressedSize: body.length };
    });
    return { chunks, qrmk };
  }

  /** The body behind a link; 403 when the key is wrong or the link has run out (6 hours with Snowflake), as S3 says it. */
  fetch(id: string, key: string | undefined): { readonly status: number; readonly body: Buffer } {
    const kept = this.#kept.get(id);
    if (kept === undefined) return { status: 404, body: Buffer.alloc(0) };
    if (kept.isExpired || kept.key !== key) {
      return {
        status: 403,
        body: Buffer.from('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'),
      };
    }
    return { status: 200, body: kept.body };
  }

  /** Lets all links so far run out; new ones are made when the result is asked for again. */
  expireAll(): void {
    for (const kept of this.#kept.values()) kept.isExpired = true;
  }
}
