import type { FastifyReply } from 'fastify';

const CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Content security policy of a page of ours: what `sources` allow, and nothing else. */
export function pagePolicy(...sources: readonly string[]): string {
  return [CLOSED, ...sources].join('; ');
}

/** Headers of every answer: data is never run, guessed at, framed, or embedded by another site. Pages set a policy of their own after it. */
export function setSecurityHeaders(reply: FastifyReply): void {
  reply
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', CLOSED)
    .header('cross-origin-resource-policy', 'same-origin')
    .header('referrer-policy', 'no-referrer');
}
