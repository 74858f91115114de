import { assert, property, string } from '../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { FORMAT_NAMES } from '../delivery/formats.ts';
import { AppError } from '../lib/app-error.ts';
import { formatOf } from './negotiate.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

describe('formatOf', () => {
  test('format= beats the header', () => {
    expect(formatOf('csv', 'application/json')).toBe('csv');
    expect(formatOf('json', 'image/png')).toBe('json');
  });

  test.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    [BROWSER, 'json'],
    ['application/json', 'json'],
    ['application/json;charset=utf-8', 'json'],
    ['text/csv', 'csv'],
    ['TEXT/CSV; header=present', 'csv'],
    ['text/*', 'csv'],
    ['application/*', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['text/csv;q=0.5, application/json;q=0.9', 'json'],
    ['application/json;q=0.5, text/csv', 'csv'],
    ['text/csv; q=0.7, application/x-ndjson; q=0.7', 'csv'],
    ['image/png, application/x-ndjson;q=0.1', 'ndjson'],
    ['text/csv;q=0, application/json', 'json'],
    [' text/csv , */*;q=0.1', 'csv'],
  ])('Accept: %s gives %s', (accept, format) => {
    expect(formatOf(undefined, accept)).toBe(format);
  });

  test.each([
    ['application/json;q=0, */*', 'csv'],
    ['*/*, application/json;q=0, text/csv;q=0', 'ndjson'],
    ['text/*;q=0, */*;q=0.1', 'json'],
    ['application/json;q=0, application/*', 'ndjson'],
  ])('what is refused by name is not given because of a wildcard: %s gives %s', (accept, format) => {
    expect(formatOf(undefined, accept)).toBe(format);
  });

  test.each([
    'image/png',
    'text/html',
    'application/json;q=0',
    'application/json;q=-1',
    '*/*;q=0',
    'csv',
    'application/json;q=abc',
    ',',
    '__proto__',
  ])('Accept: %s can not be met', (accept) => {
    expect(() => formatOf(undefined, accept)).toThrow(
      expect.objectContaining({ code: 'request.not_acceptable', status: 406 }),
    );
  });

  test('any header gives a format or the one error, also a very long one', () => {
    assert(
      property(string({ unit: 'binary-ascii' }), (accept) => {
        try {
          expect(FORMAT_NAMES).toContain(formatOf(undefined, accept));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
    expect(() => formatOf(undefined, 'image/png,'.repeat(10_000))).toThrow('request.not_acceptable');
  });
});
