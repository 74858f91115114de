/** Every error that a client can receive. `code` is stable; `hint` says what to do. docs/reference/errors.md is generated from it. */
export const ERRORS = {
  'request.malformed': { status: 400, title: 'The request could not be read', hint: 'Send well-formed HTTP and JSON.' },
  'request.invalid': {
    status: 400,
    title: 'The request is not valid',
    hint: 'See errors[] for each field and what it allows.',
  },
  'request.unknown_parameter': {
    status: 400,
    title: 'A parameter is not known',
    hint: 'Check its spelling against /docs.',
  },
  'request.too_large': { status: 413, title: 'The body is too large', hint: 'Send less, or raise BODY_BYTES.' },
  'request.uri_too_long': {
    status: 414,
    title: 'The address is too long',
    hint: 'Send the parameters as a POST body.',
  },
  'request.unsupported_media_type': {
    status: 415,
    title: 'The media type is not supported',
    hint: 'Send application/json.',
  },
  'request.not_acceptable': { status: 406, title: 'No such format', hint: 'Ask for json, csv or ndjson.' },
  'request.headers_too_large': {
    status: 431,
    title: 'The headers are too large',
    hint: 'Send fewer or shorter headers.',
  },
  'request.timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    hint: 'Send the whole request without pauses.',
  },
  'request.expectation_failed': {
    status: 417,
    title: 'The Expect header is not supported',
    hint: 'Leave it out, or send 100-continue.',
  },
  'request.cross_site': {
    status: 403,
    title: 'Pages of other sites may not change anything',
    hint: 'Send it from a program, or from a page of this service.',
  },
  'route.not_found': { status: 404, title: 'There is nothing at this address', hint: '/docs lists every address.' },
  'route.method_not_allowed': {
    status: 405,
    title: 'The address does not take this method',
    hint: 'See the Allow header.',
  },
  'customer.not_found': { status: 404, title: 'No customer has this id', hint: 'List them at /v1/customers.' },
  'product.not_found': { status: 404, title: 'No product has this id', hint: 'List them at /v1/products.' },
  'relationship.not_found': {
    status: 404,
    title: 'No relationship has this id',
    hint: 'List them at /v1/relationships.',
  },
  'analysis.not_found': { status: 404, title: 'No analysis has this name', hint: 'List them at /v1/analyses.' },
  'dataset.not_found': { status: 404, title: 'No dataset has this name', hint: 'List them at /v1/datasets.' },
  'segment.not_found': { status: 404, title: 'No segment has this id', hint: 'List them at /v1/segments.' },
  'segment.invalid': {
    status: 400,
    title: 'The rule of a segment is not valid',
    hint: 'See errors[] for each condition and what it allows.',
  },
  'segment.in_use': {
    status: 409,
    title: 'Other segments refer to the segment',
    hint: 'Change their rules first.',
  },
  'cursor.invalid': {
    status: 400,
    title: 'The cursor is not one of ours',
    hint: 'Take it from page.nextCursor, unchanged.',
  },
  'cursor.mismatch': {
    status: 400,
    title: 'The cursor belongs to another list',
    hint: 'Keep filters and sort while paging, or start without cursor.',
  },
  'limit.rows': {
    status: 422,
    title: 'The answer has too many rows',
    hint: 'Filter, page, or ask for csv or ndjson, which stream.',
  },
  'statement.timeout': {
    status: 504,
    title: 'The statement took too long',
    hint: 'Ask for less, or raise STATEMENT_SECONDS.',
  },
  'statement.out_of_memory': {
    status: 503,
    title: 'The statement needs more memory than allowed',
    hint: 'Ask for less, or raise MEMORY_LIMIT.',
  },
  'statement.cancelled': {
    status: 499,
    title: 'The client went away',
    hint: 'Nothing to do: nobody waits for the answer.',
  },
  'warehouse.busy': {
    status: 503,
    title: 'Too many statements wait already',
    hint: 'Try again after Retry-After seconds.',
  },
  'warehouse.unavailable': {
    status: 503,
    title: 'The warehouse does not answer',
    hint: 'Try again after Retry-After seconds; see /health.',
  },
  'warehouse.locked': {
    status: 503,
    title: 'Another process has the database file open',
    hint: 'Stop it, or use another DATA_DIR.',
  },
  'warehouse.disk_full': { status: 507, title: 'The disk is full', hint: 'Free space in DATA_DIR.' },
  'warehouse.suspended': {
    status: 503,
    title: 'The virtual warehouse does not run',
    hint: 'It is suspended, over its resource monitor, or not granted: see the detail, or run npm run doctor.',
  },
  'warehouse.forbidden': {
    status: 503,
    title: "The service's role may not do that in the warehouse",
    hint: 'Run npm run doctor and grant what it names, then try again.',
  },
  'warehouse.failed': {
    status: 500,
    title: 'The warehouse refused the statement',
    hint: 'See the log under the requestId.',
  },
  'write.rolled_back': {
    status: 503,
    title: 'The write was not stored: its transaction was rolled back',
    hint: 'Repeat it: nothing was changed by this request.',
  },
  'write.unknown': {
    status: 503,
    title: 'It is not known whether the write was stored',
    hint: 'Repeat it with the same Idempotency-Key; without one, look at the record first.',
  },
  'state.unavailable': {
    status: 503,
    title: 'The service cannot use its own records',
    hint: 'See the log: DATA_DIR/state.sqlite must be writable, and not from a newer version.',
  },
  'catalog.read_only': {
    status: 405,
    title: 'The catalog makes this table of others: it cannot be written',
    hint: 'Write the tables that it is made of.',
  },
  'catalog.column_read_only': {
    status: 422,
    title: 'The catalog makes this column by an expression: it cannot be written',
    hint: 'Leave the field out.',
  },
  'record.taken': {
    status: 409,
    title: 'The id is taken',
    hint: 'Choose another id, or change the record with PUT or PATCH.',
  },
  'record.related': {
    status: 409,
    title: 'Relationships refer to the record',
    hint: 'Delete them first, or send cascade=true.',
  },
  'record.dangling': {
    status: 422,
    title: 'The record refers to one that does not exist',
    hint: 'Create the customer and the product first.',
  },
  'record.value': {
    status: 422,
    title: 'A value cannot be stored as it is',
    hint: 'See errors[] for the field and what it allows.',
  },
  'precondition.required': {
    status: 428,
    title: 'The change needs If-Match',
    hint: 'Send the ETag of the record as If-Match, or * to change whatever is there.',
  },
  'precondition.failed': {
    status: 412,
    title: 'The record has changed since it was read',
    hint: 'Read it again and send its new ETag.',
  },
  'idempotency.mismatch': {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    hint: 'Repeat the first request unchanged, or make a new key.',
  },
  'idempotency.in_flight': {
    status: 409,
    title: 'A request with this Idempotency-Key is being answered',
    hint: 'Try again after Retry-After seconds.',
  },
  'catalog.changed': {
    status: 503,
    title: 'Another catalog is served from now on',
    hint: 'Ask again: nothing was changed by this request.',
  },
  'dataset.changed': {
    status: 503,
    title: 'The file of a dataset changed while it was read',
    hint: 'Ask again. Put new files in place by renaming them.',
  },
  'dataset.unavailable': {
    status: 503,
    title: 'The file of a dataset is not there',
    hint: 'Put it where the catalog says, or change the catalog.',
  },
  'catalog.invalid': {
    status: 422,
    title: 'The catalog does not fit the warehouse',
    hint: 'Run npm run catalog -- check.',
  },
  'settings.invalid': {
    status: 500,
    title: 'A setting has a value that is not allowed',
    hint: 'See docs/reference/settings.md.',
  },
  'import.failed': {
    status: 422,
    title: 'The import was not carried out',
    hint: 'See the report; nothing was changed.',
  },
  'backup.demo': {
    status: 409,
    title: 'Demo data are not saved',
    hint: 'Import your own data first; npm run demo makes the same demo data again.',
  },
  'backup.running': { status: 409, title: 'A backup is being made', hint: 'Wait for it; one is made at a time.' },
  'backup.failed': { status: 500, title: 'The backup could not be made', hint: 'See the log under the requestId.' },
  'restore.failed': {
    status: 422,
    title: 'The restore was not carried out',
    hint: 'See docs/operations.md.',
  },
  'import.cancelled': {
    status: 409,
    title: 'The import was cancelled',
    hint: 'Nothing was changed; start it again.',
  },
  'import.running': { status: 409, title: 'Another import is under way', hint: 'Wait for it, or cancel it.' },
  'import.not_found': { status: 404, title: 'No import has this id', hint: 'List them at /v1/imports.' },
  'import.ended': { status: 409, title: 'The import has ended', hint: 'See /v1/imports/{id}.' },
  'upload.too_large': { status: 413, title: 'The upload is too large', hint: 'Send less, or raise UPLOAD_BYTES.' },
  'model.learning': {
    status: 503,
    title: 'What is to be offered is still being learned from the data',
    hint: 'Ask again after Retry-After seconds.',
  },
  'ids.unknown': {
    status: 422,
    title: 'Some of the ids do not exist',
    hint: 'Leave out those that errors[] names.',
  },
  'service.starting': { status: 503, title: 'The service is starting', hint: 'Try again in a second.' },
  'service.draining': { status: 503, title: 'The service is shutting down', hint: 'Ask another instance.' },
  'unsupported.feature': { status: 501, title: 'This warehouse cannot do that', hint: 'See docs/data-sources.md.' },
  'internal.error': {
    status: 500,
    title: 'Something went wrong on our side',
    hint: 'See the log under the requestId.',
  },
} as const satisfies Record<string, { status: number; title: string; hint: string }>;

export type ErrorCode = keyof typeof ERRORS;
