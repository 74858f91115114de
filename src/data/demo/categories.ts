/** Categories of the demo products: how often they are chosen by customers without a taste for them, and what is in them. */
export type Category = {
  readonly name: string;
  /** Weights of being chosen by a relationship, and of the number of products. */
  readonly popularity: number;
  readonly breadth: number;
  /** Typical price in cents: once for goods, per month for subscriptions. */
  readonly goodsPrice: number;
  readonly planPrice: number;
  /** Share of the products that are subscribed to instead of bought. */
  readonly plans: number;
  readonly goodsWords: readonly string[];
  readonly planWords: readonly string[];
};

export const CATEGORIES: readonly Category[] = Object.freeze([
  category(
    'Electronics',
    10,
    12,
    18_000,
    900,
    0.15,
    'Headphones,Tablet,Camera,Loudspeaker,Monitor,Smart Watch',
    'Device Care,Cloud Photos',
  ),
  category(
    'Home',
    11,
    14,
    6_000,
    700,
    0.05,
    'Desk Lamp,Armchair,Kettle,Vacuum Cleaner,Bookshelf,Toaster',
    'Water Filter Plan',
  ),
  category(
    'Groceries',
    13,
    10,
    1_400,
    2_900,
    0.2,
    'Coffee Beans,Olive Oil,Crème Brûlée Mix,Rye Crackers,Green Tea',
    'Fruit Box,Coffee Club',
  ),
  category(
    'Fashion',
    10,
    14,
    4_500,
    2_400,
    0.05,
    'Rain Jacket,Sneakers,Scarf,Denim Shirt,Wool Socks,Backpack',
    'Wardrobe Box',
  ),
  category(
    'Sports',
    7,
    11,
    7_500,
    3_200,
    0.25,
    'Yoga Mat,Running Shoes,Racket,Bike Helmet,Dumbbells',
    'Gym Pass,Training Plan',
  ),
  category(
    'Office',
    8,
    12,
    3_800,
    1_500,
    0.2,
    'Printer Paper,Office Chair,Label Printer,Whiteboard,Toner',
    'Print Service,Desk Rental',
  ),
  category(
    'Software',
    8,
    9,
    14_000,
    2_600,
    0.8,
    'Photo Suite,Drawing Studio,Converter',
    'Accounting,Backup,Payroll,Team Chat,Security',
  ),
  category('Energy', 5, 6, 22_000, 6_800, 0.7, 'Solar Lamp,Power Bank,Wallbox', 'Green Power,Heat Plan,Grid Service'),
  category('Mobility', 5, 6, 26_000, 4_900, 0.55, 'City Bike,Scooter,Roof Box', 'Car Sharing,Train Pass,Parking'),
  category(
    'Insurance',
    4,
    6,
    5_000,
    1_900,
    0.95,
    'Travel Cover',
    'Liability Cover,Device Cover,Legal Cover,Home Cover',
  ),
]);

/** First words of product names. */
export const BRANDS = Object.freeze(
  'Alder,Boréal,Castell,Dovetail,Elbe,Fjord,Grünwald,Harbour,Isar,Juniper,Kestrel,Lumen,Méridien,Norden,Ostara,Pebble,Quarry,Rowan,Sölden,Tidewater'.split(
    ',',
  ),
);

function category(
  name: string,
  popularity: number,
  breadth: number,
  goodsPrice: number,
  planPrice: number,
  plans: number,
  goods: string,
  planNames: string,
): Category {
  const goodsWords = Object.freeze(goods.split(','));
  const planWords = Object.freeze(planNames.split(','));
  return Object.freeze({ name, popularity, breadth, goodsPrice, planPrice, plans, goodsWords, planWords });
}
