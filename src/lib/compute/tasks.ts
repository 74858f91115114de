import { clustering } from '../stats/clustering.ts';

/** What a compute thread can do: pure functions by name. Input and output cross by structured clone. */
export const TASKS = Object.freeze({ 'k-means': clustering });

export type Tasks = typeof TASKS;
