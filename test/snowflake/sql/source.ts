import { syntaxError, unsupported } from '../errors.ts';
import { type ObjectName, RESERVED } from './names.ts';
import { placeOf, type Token, tokensOf } from './tokens.ts';

/** What unqualified names mean in a session, and which of its tables are temporary. */
export type Scope = {
  readonly database: string;
  readonly schema: string;
  readonly temporary?: ReadonlySet<string>;
  readonly now?: number;
};

/** The two rules of the grammar that all others come back to. */
export type Grammar = { readonly expression: (source: Source) => string; readonly query: (source: Source) => string };

/** A statement as it is read, token by token, with notes of what it named. */
export class Source {
  readonly text: string;
  readonly scope: Scope;
  readonly calls = new Set<string>();
  readonly reads: ObjectName[] = [];
  readonly common = new Set<string>();
  binds = 0;
  /** In a query over a stage: the greatest $n that was named. Undefined elsewhere. */
  stageColumns: number | undefined;
  readonly #grammar: Grammar;
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string, scope: Scope, grammar: Grammar) {
    this.#grammar = grammar;
    this.text = text;
    this.scope = scope;
    this.#tokens = tokensOf(text);
  }

  /** Reads an expression; returns DuckDB's spelling of it. */
  expression(): string {
    return this.#grammar.expression(this);
  }

  /** Reads a whole query; returns DuckDB's spelling of it. */
  query(): string {
    return this.#grammar.query(this);
  }

  isQuery(): boolean {
    return ['SELECT', 'WITH', 'VALUES'].some((word) => this.isWord(word));
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  isWord(...words: string[]): boolean {
    return words.every((word, i) => this.peek(i).kind === 'word' && this.peek(i).text === word);
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    return this.peek(ahead).kind === 'symbol' && this.peek(ahead).text === symbol;
  }

  /** Takes these words if they come next. */
  accept(...words: string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.#at += words.length;
    return true;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expect(...words: string[]): void {
    for (const word of words) if (!this.accept(word)) this.fail();
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.fail();
  }

  /** A name: folded to upper case unless it is quoted. */
  name(): string {
    const token = this.peek();
    if (token.kind !== 'quoted' && (token.kind !== 'word' || RESERVED.has(token.text))) this.fail();
    this.#at += 1;
    return token.text;
  }

  textLiteral(): string {
    if (this.peek().kind !== 'text') this.fail();
    return this.next().text;
  }

  integer(): string {
    const token = this.next();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) this.fail(token);
    return token.text;
  }

  /** Text that is no tokens, as the path of a stage is. */
  raw(pattern: RegExp): string {
    pattern.lastIndex = this.peek().from;
    const found = pattern.exec(this.text)?.[0] ?? this.fail();
    const end = this.peek().from + found.length;
    while (this.peek().kind !== 'end' && this.peek().from < end) this.#at += 1;
    return found;
  }

  list<T>(read: () => T, open?: string, close?: string): T[] {
    if (open !== undefined) this.expectSymbol(open);
    const items = [read()];
    while (this.acceptSymbol(',')) items.push(read());
    if (close !== undefined) this.expectSymbol(close);
    return items;
  }

  parenthesised<T>(read: () => T): T {
    this.expectSymbol('(');
    const value = read();
    this.expectSymbol(')');
    return value;
  }

  /** The source from a token's start to the last token that was taken. */
  since(token: Token): string {
    return this.text.slice(token.from, this.#tokens[this.#at - 1]?.to ?? token.from);
  }

  fail(token: Token = this.peek()): never {
    const { line, position } = placeOf(this.text, token.from);
    throw syntaxError(line, position, token.kind === 'end' ? '<EOF>' : this.text.slice(token.from, token.to));
  }

  refuse(what: string): never {
    throw unsupported(what);
  }

  /** Nothing may follow but one semicolon; more is a second statement. */
  end(): void {
    while (this.acceptSymbol(';')) continue;
    if (this.peek().kind !== 'end') this.fail();
  }
}
