import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { desktop, phone } from './browser.ts';

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A rule that some nodes of a page need not keep, by their selectors as axe writes them. */
export type Exceptions = Readonly<Record<string, RegExp>>;

const looks = [
  { viewport: phone, colorScheme: 'light' },
  { viewport: desktop, colorScheme: 'dark' },
] as const;

/** For a page to look as it was told to, in milliseconds. */
const patienceMs = 3_000;

/**
 * Asserts that axe-core finds nothing against the page as it is now, on a phone in light colours and on a desktop in dark ones: neither
 * changes with the other. The page has its size and colours back in the end.
 */
export async function assertAccessible(page: Page, exceptions: Exceptions = {}): Promise<void> {
  const before = page.viewportSize() ?? desktop;
  for (const { viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    let found = await violations(page, exceptions);
    // What draws by itself, as an editor does, takes its time to change its colours.
    for (const givingUpAt = Date.now() + patienceMs; found.length > 0 && Date.now() < givingUpAt; )
      found = await violations(page, exceptions);
    assert.deepEqual(found, [], `${viewport.width} px wide, ${colorScheme}`);
    assert.deepEqual(await moving(page), [], 'nothing moves where that is not wanted');
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(before);
}

/** What would take its time to move or to change, by its tag and classes. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('*')]
      .filter((element) => [undefined, '::before', '::after'].some((part) => {
        const { animationDuration, transitionDuration } = getComputedStyle(element, part);
        return [animationDuration, transitionDuration].some((all) => all.split(', ').some((one) => parseFloat(one) > 0));
      }))
      .map((element) => element.tagName + ' ' + element.getAttribute('class'))
  `);
}

/** What axe-core finds against the page: each rule, with the node that breaks it. */
async function violations(page: Page, exceptions: Exceptions): Promise<string[]> {
  // Evaluated, since the page's policy refuses a script element of ours.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await axeSource);
  const found = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ['violations'] } satisfies RunOptions,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes
      .map(({ target, failureSummary }) => ({ target: target.join(' '), failureSummary }))
      .filter(({ target }) => !exceptions[id]?.test(target))
      .map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary?.replaceAll('\n', ' ')}`),
  );
}
