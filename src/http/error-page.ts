import { ERRORS } from '../lib/error-catalog.ts';
import type { App } from './app-type.ts';
import { html } from './html.ts';
import { sendPage } from './page.ts';

/** `/docs/errors`: where the `type` of every problem points to. */
export function mountErrorPage(app: App): void {
  const entries = Object.entries(ERRORS).map(
    ([code, { status, title, hint }]) =>
      html`<div class="problem" id="${code}">
        <code>${code}</code><b>${status}</b>
        <p>${title}.</p>
        <p>${hint}</p>
      </div>`,
  );
  const body = html`
    <header>
      <h1>Errors</h1>
      <p class="lead">
        Every error is an <code>application/problem+json</code> document (RFC 9457). Decide by <code>code</code>, which
        does not change; show <code>detail</code> to people; give <code>requestId</code> to whoever runs the service.
      </p>
    </header>
    ${entries}
  `;
  app.get('/docs/errors', { schema: { hide: true } }, (_request, reply) =>
    sendPage(reply, 'Errors · Customer Analytics', body),
  );
}
