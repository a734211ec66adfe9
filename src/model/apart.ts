import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Does work for many, or wakes them: it belongs to nothing that is under way here, to no trace and to nobody who may leave, and goes on
 * when that is over.
 */
export const apart = AsyncLocalStorage.snapshot();
