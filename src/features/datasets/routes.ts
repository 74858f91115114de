import { Type } from 'typebox';
import { defineAnalysis } from '../../analysis/define.ts';
import { DatasetRow } from './model.ts';
import { describeDatasets } from './service.ts';

export const datasetList = defineAnalysis({
  name: 'datasets.list',
  title: 'What can be read: tables, views and files with their columns and row counts',
  description: 'The core tables first, then the datasets of the catalog by name.',
  params: Type.Object({}),
  row: DatasetRow,
  run: (_, context) => describeDatasets(context),
  examples: [{ title: 'All datasets', params: {} }],
  path: '/datasets',
});
