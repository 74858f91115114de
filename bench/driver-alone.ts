/*
 * node bench/driver-alone.ts URL STATEMENT: Snowflake's driver by itself, rows as it gives them; prints rows per second.
 * A process of its own, because the driver's settings are those of its process.
 */
import driver from 'snowflake-sdk';

const [url, sqlText] = process.argv.slice(2) as [string, string];
driver.configure({ logLevel: 'OFF', additionalLogToConsole: false });
const connection = driver.createConnection({
  account: 'STANDIN',
  accessUrl: url,
  username: 'tester',
  password: 'secret',
  warehouse: 'COMPUTE_WH',
  database: 'DEMO',
  schema: 'PUBLIC',
});
await new Promise<void>((resolve, reject) => {
  connection.connectAsync((error) => (error ? reject(error) : resolve())).catch(reject);
});
const started = performance.now();
let rows = 0;
await new Promise<void>((resolve, reject) => {
  connection.execute({
    sqlText,
    streamResult: true,
    complete: (error, statement) => {
      if (error) return reject(error);
      statement
        .streamRows()
        .on('data', () => rows++)
        .on('error', reject)
        .on('end', () => resolve());
    },
  });
});
process.stdout.write(`${rows / ((performance.now() - started) / 1000)}\n`);
process.exit(0);
