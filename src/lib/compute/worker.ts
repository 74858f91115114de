import { parentPort } from 'node:worker_threads';
import { serve } from './serve.ts';
import { TASKS } from './tasks.ts';

serve(parentPort!, TASKS);
