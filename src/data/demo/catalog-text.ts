/** The catalog that demo.duckdb is served by, as the text of a catalog file. */
export const DEMO_CATALOG_TEXT = `version: 1
tables:
  customers:
    attributes:
      email:
        type: text
        description: E-mail address.
        personal: true
      newsletter:
        type: boolean
        description: Whether the customer takes the newsletter.
  products:
    attributes:
      list_price:
        type: decimal
        description: Price before discounts; once for goods, per month for subscriptions.
        unit: EUR
  customer_products:
    value:
      default: once
      types:
        subscription: monthly
`;
