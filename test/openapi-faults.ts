type Media = { schema?: object; example?: unknown; examples?: object };
type ResponseObject = { description?: string; content?: Record<string, Media> };
type Operation = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: object; examples?: object }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, ResponseObject>;
};
export type OpenApiDocument = {
  openapi: string;
  info: object;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

/** What is wrong with an OpenAPI document by our rules, one line each: ids, words, parameters, responses, examples, references. */
export function openApiFaults(document: OpenApiDocument): string[] {
  const faults = /^3\.1\.\d+$/.test(document.openapi) ? [] : [`openapi is ${document.openapi}`];
  const ids = new Set<string>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const found = operationFaults(document, path, operation, ids);
      faults.push(...found.map((fault) => `${method} ${path}: ${fault}`));
    }
  }
  const references = JSON.stringify(document.paths).matchAll(/"\$ref":"([^"]+)"/g);
  for (const reference of new Set(Array.from(references, ([, name]) => name!))) {
    const name = reference.replace('#/components/schemas/', '');
    if (!Object.hasOwn(document.components.schemas, name)) faults.push(`${reference} does not exist`);
  }
  return faults;
}

function operationFaults(document: OpenApiDocument, path: string, operation: Operation, ids: Set<string>): string[] {
  const { operationId, summary, tags = [], parameters = [], responses } = operation;
  const faults: string[] = [];
  if (operationId === undefined) faults.push('no operationId');
  else if (ids.has(operationId)) faults.push(`operationId ${operationId} is taken`);
  ids.add(operationId ?? '');
  if (!summary) faults.push('no summary');
  if (tags.length === 0) faults.push('no tag');
  for (const tag of tags)
    if (!document.tags.some(({ name }) => name === tag)) faults.push(`tag ${tag} is not declared`);
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    const isThere = parameters.some(
      (parameter) => parameter.in === 'path' && parameter.name === name && parameter.required === true,
    );
    if (!isThere) faults.push(`path parameter ${name} is not described`);
  }
  if (!Object.keys(responses).some((status) => /^2\d\d$/.test(status))) faults.push('no 2xx response');
  for (const [status, { description }] of Object.entries(responses))
    if (!description) faults.push(`response ${status} has no description`);
  const problems = Object.values(responses).filter(
    ({ content }) => content?.['application/problem+json']?.examples !== undefined,
  );
  if (problems.length === 0) faults.push('no problem response');
  if (!hasExample(operation)) faults.push('no example');
  return faults;
}

/** An example of a parameter, of the body or of a good answer; those of problems do not count. */
function hasExample({ parameters = [], requestBody, responses }: Operation): boolean {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return JSON.stringify([parameters, requestBody, good]).includes('"example');
}
