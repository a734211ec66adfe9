import { type Json, objectOf } from '../model/json.ts';
import type { Answer } from './answer.ts';
import * as wire from './wire.ts';

/**
 * The items of a list, page after page, each asked for by the `id` of the last item before it.
 *
 * @returns the first ones only, when there are more than `maxPages`.
 * @throws UnreadableError an answer is no list.
 */
export async function itemsOf(
  ask: (afterId: string | undefined) => Promise<Answer>,
  maxPages: number,
): Promise<Json[]> {
  const found: Json[] = [];
  let afterId: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const { items, hasMore } = wire.page((await ask(afterId)).body);
    const lastId = wire.text(objectOf(items.at(-1)), 'id');
    // A page that ends where the last one did would follow itself for ever.
    if (afterId !== undefined && lastId === afterId) break;
    found.push(...items);
    if (!hasMore || lastId === undefined) break;
    afterId = lastId;
  }
  return found;
}
