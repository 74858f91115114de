const HEAPS =
  'A chunk of 100 k rows is parsed as one text into 100 k rows of texts by the driver, and the next one is there before: the driver by itself needs as much. With a tighter heap (--heap-growing-percent 20 to 40) it was 305 to 345 MB, for a third of the rate.';
const TURNS =
  'Four busy threads share two cores: the stand-in, the load client, the driver and the service. The longest turn is 60 to 100 ms of CPU, and waits as long; the 99th of a hundred is below the aim.';
const FACTS =
  'Telling different products and days of a customer apart is 5 to 6 of 10 to 13 s over 20 M relationships; the best statement by hand takes as long.';

/** Why a figure misses its aim, as far as it is known; by the figure's name. */
export const REASONS: Readonly<Record<string, string>> = {
  'the same / empty route':
    'A look-up answers some 6 KB. Its text costs 60 to 70 of the 330 µs of CPU that a request takes, the empty route some 80 in all; the rest is spread over many small parts.',
  'look-ups from memory after the start':
    "With the start of the service; the build itself takes 8.5 to 9.5 s of CPU for 20 M relationships: DuckDB's scan about 3, numbering 40 M texts in JavaScript about 3, the rest copying and arranging.",
  'rows as CSV':
    'Making the text of a million rows on the main thread is about half of 1.9 s of CPU, and the load client shares the two cores.',
  'first page of the customers of a product, p50':
    'Names, types and regions of the customers on the page are not kept in memory: one statement reads them.',
  'cached analysis / empty route':
    'The machine is shared: the ratio moves by a tenth between runs, and is above the aim in most.',
  'account, chunks of 100 k rows: memory growth': HEAPS,
  'account, chunks of 10 k rows: longest turn': TURNS,
  'account, chunks of 100 k rows: longest turn': TURNS,
  'customer.facts': FACTS,
  'customer.facts / by hand':
    'The facts are kept in a file beside the database, for who asks next; the statement by hand makes a temporary table.',
  'portfolio.categories':
    'Three passes over 20 M relationships for money, and both matrices put together by category; 3.6 s was seen in a quieter minute.',
  'k-means of all customers x 4, k chosen':
    'The clustering for a given k takes half of it; the gap statistic clusters ten reference sets for each k besides. It moves by a third with the load of the machine.',
  'next products of a customer, p50':
    'Scoring is below 1 ms; the rest counts, for the sentence of each product, who has its two strongest reasons and the product too, exactly: popular ones have 100,000 customers. What many lists share is not kept between requests yet.',
  'ten products for every customer, as NDJSON':
    'Ten million rows: two threads score and find reasons (about 100 s of CPU in all), the main thread makes the text, the load client reads it, on two cores.',
  'longest wait of /livez during the lists':
    'With two busy threads on two cores the main thread waits for a core; what of it is its own work has not been traced.',
  'longest wait of /livez meanwhile':
    'With two busy threads on two cores the main thread waits for a core; what of it is its own work has not been traced.',
  'filtered, sorted page / raw DuckDB':
    'At small sizes the request itself (parsing, compiling, JSON) is as large as the statement.',
};
