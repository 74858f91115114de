import { describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { readYaml } from './read-yaml.ts';

const problemsOf = (text: string) => readYaml(text, 'c.yaml').problems.lines();

describe('YAML faults', () => {
  test.each([
    ['a tab in a line', 'a:\n  b: 1\n\tc: 2\n  d: 3\n', ['c.yaml:3:1 a tab in the indentation; use spaces']],
    ['tabs all over', 'a:\n\tb:\n\t\tc: 1\nd: 2\n', ['c.yaml:2:1 a tab in the indentation; use spaces']],
    ['a duplicate key', 'a: 1\nb:\n  c: 1\n  c: 2\n', ['c.yaml:4:3 duplicate key "c", first on line 3']],
    ['an open quote', 'a: "x\nb: 1\n', ['c.yaml:1:4 this quote is not closed']],
    ['an open brace', 'a: { b: 1\nc: 2\n', ['c.yaml:1:4 this { is not closed']],
    ['an open brace within another', 'a: { b: {\nc: 2\n', ['c.yaml:1:9 this { is not closed']],
    ['an open bracket', 'a:\n  b: [x,\nc: 2\n', ['c.yaml:2:6 this [ is not closed']],
    [
      'a colon in a text',
      'a: select x: y\n',
      ['c.yaml:1:4 wrong indentation, or a text with ": " in it that needs quotes'],
    ],
    [
      'a line too far right',
      'a: 1\n  b: 2\n',
      ['c.yaml:1:4 wrong indentation, or a text with ": " in it that needs quotes'],
    ],
    [
      'a line too far left',
      'x:\n  - a\n b: 3\n',
      ['c.yaml:3:2 wrong indentation: the keys of a mapping start in the same column'],
    ],
    ['a key without a colon', 'a: 1\nb\nc: 2\n', ['c.yaml:2:1 a key needs ": " after it']],
    [
      'a value too many',
      'a:\n  b: {c: 1}}\n  d: 2\n',
      ['c.yaml:2:12 not YAML: Unexpected flow-map-end token in YAML stream: "}"'],
    ],
    ['a reserved sign', 'a: @x\nb: 1\n', ['c.yaml:1:4 not YAML: Plain value cannot start with reserved character @']],
    ['a bad escape', 'a: "\\q"\n', ['c.yaml:1:5 not YAML: Invalid escape sequence \\q']],
    ['a tag', 'a: !secret x\n', ['c.yaml:1:4 a tag (!name); a catalog has none']],
    ['a second document', 'a: 1\n---\nb: 2\n', ['c.yaml:2:1 a second document; a catalog is one']],
    ['a list as a key', '? [x]\n: 1\n', ['c.yaml:1:3 a key must be a word']],
    ['a tab after a dash', 'a:\n  -\tb: 1\n', ['c.yaml:2:5 a tab; use spaces']],
  ])('%s', (_, text, lines) => {
    expect(problemsOf(text)).toEqual(lines);
  });

  test('nesting without end is refused in a line, not a stack overflow', () => {
    expect(problemsOf('['.repeat(50_000))[0]).toMatch(/^c\.yaml:1:\d+ nested too deeply$/);
  });

  test('an alias bomb ends the reading at its first alias', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    const bomb = ['a0: &a0 [x, x]', ...levels].join('\n');
    expect(() => readYaml(bomb, 'c.yaml')).toThrow(
      new AppError('catalog.invalid', 'c.yaml:2:10 an alias (*name); a catalog has none: write the value out'),
    );
    expect(() => readYaml('a: &x 1\n*x : 2\n', 'c.yaml')).toThrow('c.yaml:2:1 an alias');
  });

  test('many keys take linear time', () => {
    const started = performance.now();
    expect(problemsOf(Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join(''))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('places count from 1, with CRLF line ends and beyond a tab', () => {
  const { root, problems } = readYaml('a: 1\r\nb:\r\n  c: x\r\n\td: y\r\n', 'c.yaml');
  expect(root.content.kind).toBe('map');
  problems.report(['b', 'c'], 'value', 'here');
  problems.report(['b', 'd'], 'key', 'tabbed key');
  problems.report(['b', 'd'], 'value', 'tabbed value');
  problems.report(['nowhere'], 'value', 'start');
  expect(problems.lines()).toEqual([
    'c.yaml:1:1 start',
    'c.yaml:3:6 here',
    'c.yaml:4:1 a tab in the indentation; use spaces',
    'c.yaml:4:2 tabbed key',
    'c.yaml:4:5 tabbed value',
  ]);
});

test('nothing is said about parts that a fault makes doubtful, nor about what may be in them', () => {
  const { problems } = readYaml('tables:\n  a: "x\n  b: 1\n', 'c.yaml');
  problems.report(['tables', 'a', 'sql'], 'value', 'follow-up');
  problems.reportAbsence(['tables'], 'key', 'no b');
  expect(problems.lines()).toEqual(['c.yaml:2:6 this quote is not closed']);
});

test('more than a hundred mistakes are counted', () => {
  const { problems } = readYaml(Array.from({ length: 130 }, () => 'a: 1\n').join(''), 'c.yaml');
  const error = (() => {
    try {
      problems.throwIfAny();
    } catch (thrown) {
      return thrown as AppError;
    }
  })();
  expect(error?.detail.split('\n')).toHaveLength(101);
  expect(error?.detail).toMatch(/\n… and 29 more$/);
});
