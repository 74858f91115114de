/** A table of pure functions. */
// oxlint-disable-next-line typescript/no-explicit-any -- only so are functions of every input assignable
export type TaskTable = Readonly<Record<string, (input: any) => unknown>>;

export type Asked = { readonly task: string; readonly input: unknown };
export type Answered = { readonly value: unknown } | { readonly error: unknown };

/** What is used of a port of a thread. */
type Port = {
  on(event: 'message', listener: (asked: Asked) => void): unknown;
  postMessage(answered: Answered, transfer?: readonly ArrayBuffer[]): void;
};

/** Answers what is asked at the port with the functions of the table, one call after another, errors too. */
export function serve(port: Port, tasks: TaskTable): void {
  port.on('message', ({ task, input }) => {
    try {
      const value = call(tasks, task, input);
      port.postMessage({ value }, buffersOf(value));
    } catch (error) {
      refuse(port, error);
    }
  });
}

function call(tasks: TaskTable, task: string, input: unknown): unknown {
  if (!Object.hasOwn(tasks, task)) throw new RangeError(`there is no task '${task}'`);
  return tasks[task]!(input);
}

/** What cannot be cloned is told in words. */
function refuse(port: Port, error: unknown): void {
  try {
    port.postMessage({ error });
  } catch {
    port.postMessage({ error: new Error(String(error)) });
  }
}

/** The buffers of the arrays that are members of the answer: they are handed over rather than copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  const views = Object.values(value).filter((member) => ArrayBuffer.isView(member));
  const buffers = views.map((view) => view.buffer).filter((buffer) => buffer instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
