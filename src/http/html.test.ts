import { expect, test } from 'vitest';
import { html } from './html.ts';

test('values are escaped, markup is not', () => {
  const evil = `<script>'"&</script>`;
  const item = html`<li title="${evil}">${evil}</li>`;
  const escaped = '&lt;script&gt;&#39;&quot;&amp;&lt;/script&gt;';
  const { markup } = html`<p>${[item, item]} ${3} ${item}</p>`;
  const printed = `<li title="${escaped}">${escaped}</li>`;
  expect(markup).toBe(`<p>${printed}${printed} 3 ${printed}</p>`);
});
