/** What a front end needs: the documents and types of the graph, and `watchPayment`. It runs in browsers and in Node. */
export type { Transport } from './connection.ts';
export * from './errors.ts';
export * from './generated/operations.ts';
export * from './generated/schema.ts';
export type { WatchedChange, WatchedPayment } from './questions.ts';
export { resuming } from './resuming.ts';
export type { WatchConnection, WatchOptions } from './watch-options.ts';
export { watchPayment } from './watch-payment.ts';
export { type WatchedResource, type WatchedType, watchedBy } from './watched-by.ts';
