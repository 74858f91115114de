import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Whether the client has this version of the answer already: then answer 304 without a body. Sets `etag` and the headers
 * of `askedForAgain`. `etag` is `"abc"` or `W/"abc"`.
 */
export function isNotModified(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  askedForAgain(reply).header('etag', etag);
  const wanted = request.headers['if-none-match'];
  return wanted !== undefined && matchesEtag(wanted, etag);
}

/** The cache headers of an answer that its client may keep but asks for again each time, also without an ETag. */
export function askedForAgain(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'private, no-cache').header('vary', 'accept');
}

/** If-None-Match compares weakly: `W/"a"` and `"a"` are the same version, `*` is any (RFC 9110, 13.1.2). */
export function matchesEtag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return Array.from(header.matchAll(/"[^"]*"/g), ([tag]) => tag).includes(opaque);
}
