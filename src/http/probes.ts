import { Type, type Static } from 'typebox';
import { AppError } from '../lib/app-error.ts';

/** Something that the service depends on. Without a required one it cannot answer; without another it answers less. */
export type Probe = {
  readonly name: string;
  readonly isRequired: boolean;
  check(): Promise<{ readonly latencyMs?: number; readonly detail?: string }>;
};

export const Dependency = Type.Object(
  {
    name: Type.String({ description: 'What is depended on.', maxLength: 100 }),
    status: Type.String({ description: 'Whether it answered.', enum: ['ok', 'down'], maxLength: 10 }),
    isRequired: Type.Boolean({ description: 'Whether the service is down without it.' }),
    latencyMs: Type.Number({ description: 'Time that it took to answer.', minimum: 0, 'x-unit': 'milliseconds' }),
    detail: Type.Optional(Type.String({ description: 'What there is to say about it.', maxLength: 1_000 })),
  },
  { additionalProperties: false },
);
export type Dependency = Static<typeof Dependency>;

/**
 * The probe as a function that always answers, within `probeMs`. One check runs at a time, however many ask: a
 * dependency that hangs must not collect questions.
 */
export function boundedCheck(probe: Probe, probeMs: number): () => Promise<Dependency> {
  let running: Promise<Dependency> | undefined;
  return async () => {
    running ??= runCheck(probe).finally(() => (running = undefined));
    const { name, isRequired } = probe;
    const late = Promise.withResolvers<Dependency>();
    const detail = `no answer within ${probeMs} ms`;
    const timer = setTimeout(
      () => late.resolve({ name, status: 'down', isRequired, latencyMs: probeMs, detail }),
      probeMs,
    );
    return Promise.race([running, late.promise]).finally(() => clearTimeout(timer));
  };
}

async function runCheck({ name, isRequired, check }: Probe): Promise<Dependency> {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 100) / 100;
  try {
    const { latencyMs, detail } = await check();
    return {
      name,
      status: 'ok',
      isRequired,
      latencyMs: latencyMs ?? elapsed(),
      ...(detail !== undefined && { detail }),
    };
  } catch (error) {
    // The words of an engine stay inside; the code says enough.
    const detail = error instanceof AppError ? error.code : 'failed';
    return { name, status: 'down', isRequired, latencyMs: elapsed(), detail };
  }
}
