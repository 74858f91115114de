import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Stage } from './stage.ts';

const READS = [
  '/v1/customers?limit=50&total=true',
  '/v1/relationships?limit=50',
  '/v1/customers/B1/products',
  '/v1/products/BP1/customers?limit=50',
  '/v1/analyses/ownership.summary',
  '/v1/datasets',
];

/** A reader that never sees an error, whatever others do. */
export async function read(stage: Stage, random: Chance): Promise<void> {
  while (!stage.isOver()) {
    const path = random.pick(READS);
    const answer = await stage.wire.send({ method: 'GET', path });
    if (answer === undefined) return void stage.lost(path);
    // It was asked by the columns of before an import that brought others.
    if (answer.status === 503 && answer.text.includes('catalog.changed')) stage.tally.count('reads told to ask again');
    else if (answer.status !== 200) stage.fail(`${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    stage.tally.count('reads answered');
    await pause(random.below(20));
  }
}

/** Changes a word of the catalog and has it read again. */
export async function reload(stage: Stage, random: Chance, folder: string): Promise<void> {
  for (let count = 0; !stage.isOver(); count += 1) {
    const isLost = await stage.gate.shared(async () => {
      const file = join(folder, 'catalog.yaml');
      const text = readFileSync(file, 'utf8');
      // An import may read it at the same time.
      writeFileSync(`${file}.next`, text.replace(/Mark of [^.]*\./, `Mark of round ${stage.round} reload ${count}.`));
      renameSync(`${file}.next`, file);
      const answer = await stage.wire.send({ method: 'POST', path: '/v1/admin/catalog:reload' });
      if (answer === undefined) return stage.lost('reload');
      if (answer.status !== 200) stage.fail(`reload: ${answer.status} ${answer.text.slice(0, 300)}`);
      stage.tally.count('reloads answered');
      return false;
    });
    if (isLost) return;
    await pause(random.below(150));
  }
}

/** Saves the data once; the name of the folder when it was said to be done. */
export async function backUp(stage: Stage, random: Chance, folder: string): Promise<void> {
  await pause(random.below(200));
  const answer = await stage.wire.send({ method: 'POST', path: '/v1/admin/backups' });
  if (answer === undefined) return void stage.lost('backup');
  if (answer.status !== 201) return stage.fail(`backup: ${answer.status} ${answer.text.slice(0, 300)}`);
  const { name } = (JSON.parse(answer.text) as { data: { name: string } }).data;
  if (!existsSync(join(folder, 'backups', name, 'manifest.json'))) stage.fail(`backup ${name} has no manifest`);
  stage.tally.count('backups answered');
}
