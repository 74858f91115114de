/**
 * A write over HTTP. `ifMatch`: `*`, or `read` for the ETag that a GET of the record gives just before, or `old` for that
 * of the GET before it.
 */
export type Change = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: object;
  readonly lines?: readonly object[];
  readonly ifMatch?: '*' | 'read' | 'old';
};

const NEW = {
  customerId: 'N/1 😀',
  customerName: `Ann "O'Hara" \\ 3%`,
  customerType: 'business',
  region: '',
  registrationDate: '2024-02-29',
};
const NEW_URL = `/v1/customers/${encodeURIComponent(NEW.customerId)}`;
const MONEY = { customerId: 'C5', productId: 'P5', startDate: '0001-01-01', value: 1234567890123.45 };

/** Everything that can be done to a record, what is refused too, in this order; over the world of test/world-rows.ts. Ids of examples stay. */
export const CHANGES: readonly Change[] = [
  { method: 'POST', url: '/v1/customers', body: { ...NEW, attributes: { tier: 'gold', score: 0.1, is_vip: true } } },
  { method: 'POST', url: '/v1/customers', body: NEW },
  { method: 'POST', url: '/v1/customers', body: { customerId: 'N2', registrationDate: '2023-02-29' } },
  { method: 'GET', url: NEW_URL },
  { method: 'PATCH', url: NEW_URL, body: { region: 'south' } },
  { method: 'PATCH', url: NEW_URL, body: { region: 'south', attributes: { score: null } }, ifMatch: 'read' },
  { method: 'PATCH', url: NEW_URL, body: { region: 'west' }, ifMatch: 'old' },
  { method: 'PUT', url: NEW_URL, body: { customerName: null, attributes: { score: 1e-7 } }, ifMatch: 'read' },
  { method: 'PUT', url: '/v1/customers/C3', body: { customerName: 'Cem' }, ifMatch: '*' },
  { method: 'PUT', url: '/v1/customers/nobody', body: { customerName: 'Cem' }, ifMatch: '*' },
  { method: 'POST', url: '/v1/products', body: { productId: 'P6', productName: 'Éclair', launchDate: '9999-12-31' } },
  { method: 'PATCH', url: '/v1/products/P6', body: { attributes: { weight: 1234567890.125 } }, ifMatch: '*' },
  { method: 'POST', url: '/v1/relationships', body: { relationshipId: 'R20', ...MONEY } },
  { method: 'POST', url: '/v1/relationships', body: { relationshipId: 'R21', ...MONEY, productId: 'P99' } },
  { method: 'POST', url: '/v1/relationships', body: { relationshipId: 'R22', ...MONEY, value: 0.001 } },
  { method: 'PATCH', url: '/v1/relationships/R20', body: { endDate: '2024-06-16', value: -0.01 }, ifMatch: 'read' },
  {
    method: 'POST',
    url: '/v1/customers/bulk?mode=upsert',
    lines: [
      { customerId: 'C1', region: 'east' },
      { customerId: 'B1', customerName: 'New' },
      { customerId: 'B1', region: 'twice' },
      { customerId: '' },
      { customerId: 'B2', registrationDate: '2024-13-01' },
    ],
  },
  { method: 'POST', url: '/v1/products/bulk?mode=create', lines: [{ productId: 'P1' }, { productId: 'P7' }] },
  {
    method: 'POST',
    url: '/v1/relationships/bulk?mode=create',
    lines: [
      { relationshipId: 'R30', ...MONEY },
      { relationshipId: 'R31', ...MONEY, customerId: 'CZ' },
    ],
  },
  {
    method: 'POST',
    url: '/v1/relationships/bulk?mode=patch',
    lines: [
      { relationshipId: 'R30', endDate: '2024-01-01' },
      { relationshipId: 'R99', endDate: '2024-01-01' },
    ],
  },
  { method: 'POST', url: '/v1/customers/bulk?mode=delete', lines: [{ customerId: 'B1' }, { customerId: 'C1' }] },
  { method: 'DELETE', url: '/v1/products/P2', ifMatch: '*' },
  { method: 'DELETE', url: '/v1/products/P2?cascade=true', ifMatch: '*' },
  { method: 'DELETE', url: NEW_URL, ifMatch: 'old' },
  { method: 'DELETE', url: NEW_URL, ifMatch: 'read' },
  { method: 'GET', url: NEW_URL },
  { method: 'GET', url: '/v1/customers?sort=customerId&limit=100' },
  { method: 'GET', url: '/v1/products?sort=productId&limit=100' },
  { method: 'GET', url: '/v1/relationships?sort=relationshipId&limit=100' },
  { method: 'GET', url: '/v1/customers/C5/products?asOf=2024-06-15' },
];
