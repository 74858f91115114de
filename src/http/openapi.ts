import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { App } from './app-type.ts';
import { mountErrorPage } from './error-page.ts';
import { isNotModified } from './etag.ts';
import { problemResponses } from './problems.ts';
import { pagePolicy } from './security-headers.ts';

/** A group of operations; `service` is among them already. */
export type Tag = { readonly name: string; readonly description: string };
export type OpenApiOptions = { readonly tags: readonly Tag[] };

const DESCRIPTION = `Which products does this customer have, who has this product, and what follows from it.

Answers are \`{ data, page?, meta }\`; lists page by an opaque \`cursor\`; \`?format=\` or \`Accept\` chooses JSON, CSV or NDJSON.
Errors are problem documents (RFC 9457) with a stable \`code\`, explained at [/docs/errors](/docs/errors).
Every answer names its request in \`X-Request-Id\`; send your own to find it in the log.`;

/**
 * `/openapi.json`, and `/docs` with a button to try each operation. To be awaited before the routes that it should
 * describe are added. Everything that the page loads is served by this process.
 */
export async function mountOpenApi(app: App, { tags }: OpenApiOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Customer Analytics',
        version: app.serviceVersion,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This instance' }],
      tags: [...tags, { name: 'service', description: 'State of the service, and its description.' }],
    },
    refResolver: {
      buildLocalReference: (schema, _uri, _fragment, i) => (schema.$id as string | undefined) ?? `schema${i}`,
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: pagePolicy(
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "font-src 'self'",
    ),
    theme: { title: 'Customer Analytics API', css: [{ filename: 'ours.css', content: STYLE }] },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'list',
      deepLinking: true,
      displayRequestDuration: true,
      defaultModelsExpandDepth: -1,
      validatorUrl: null,
    },
  });
  mountErrorPage(app);
  mountDocument(app);
}

function mountDocument(app: App): void {
  let cached: { readonly text: string; readonly etag: string } | undefined;
  const document = () => {
    const text = JSON.stringify(app.swagger());
    return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  };
  app.get('/openapi.json', { schema: SCHEMA }, (request, reply) => {
    cached ??= document();
    if (isNotModified(request, reply, cached.etag)) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').serializer(String).send(cached.text);
  });
}

const SCHEMA = {
  operationId: 'getOpenApi',
  summary: 'This description, as OpenAPI 3.1',
  tags: ['service'],
  response: {
    200: {
      description: 'The document.',
      content: {
        'application/json': {
          schema: Type.Object({}, { additionalProperties: true, examples: [{ openapi: '3.1.1' }] }),
        },
      },
    },
    304: { description: 'The version named in If-None-Match is the current one.', type: 'null' },
    ...problemResponses(),
  },
};

const STYLE = `.swagger-ui .wrapper{max-width:1180px}.swagger-ui .info{margin:32px 0 16px}.swagger-ui .scheme-container{display:none}`;
