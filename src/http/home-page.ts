import { html, type Html } from './html.ts';

/** What the service serves now. `source` is the database (`demo`, `main`) or the catalog; the ids are of rows that exist. */
export type ServedData = {
  readonly source: string;
  readonly isDemo: boolean;
  readonly asOf: string | null;
  readonly customers: number;
  readonly products: number;
  readonly relationships: number;
  readonly customerId?: string | undefined;
  readonly productId?: string | undefined;
};

/** A line for a shell, and the question that it answers. */
export type Try = { readonly says: string; readonly line: string };
export type Link = { readonly name: string; readonly href: string; readonly says: string };
export type HomePage = {
  readonly title: string;
  readonly version: string;
  readonly served: ServedData | undefined;
  readonly tries: readonly Try[];
  readonly links: readonly Link[];
};

/** The home page; without `served` it says that the warehouse does not answer. */
export function homePage({ title, version, served, tries, links }: HomePage): Html {
  return html`
    <header>
      <h1>${title} <span class="version">${version}</span></h1>
      <p class="lead">
        Which products does this customer have, and who has this product: answers over HTTP, from your own tables.
      </p>
    </header>
    <h2>Data served</h2>
    ${served === undefined ? html`<p class="note">The warehouse does not answer at the moment. <a href="/health">See its state</a>.</p>` : servedData(served)}
    <section class="try">
      <h2>Try it</h2>
      ${tries.map(
        ({ says, line }) =>
          html`<p>${says}</p>
            <pre><code>${line}</code></pre>`,
      )}
    </section>
    <h2>Where to go</h2>
    <ul class="links">
      ${links.map(({ href, says }) => html`<li><a href="${href}">${href}</a><span>${says}</span></li>`)}
    </ul>
  `;
}

function servedData(served: ServedData): Html {
  const count = (value: number): string => value.toLocaleString('en-US');
  const facts = [
    ['Customers', count(served.customers)],
    ['Products', count(served.products)],
    ['Relationships', count(served.relationships)],
  ] as const;
  return html`
    ${served.isDemo ? html`<p class="note">This is generated demo data. The first import replaces it.</p>` : ''}
    <dl class="facts">
      ${facts.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <p class="lead">
      From <code>${served.source}</code>, ${served.asOf === null ? 'without dates' : `as of ${served.asOf}`}.
    </p>
  `;
}
