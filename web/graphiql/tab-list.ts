/**
 * GraphiQL says of each of its tabs that it is one, and puts two buttons into it, which a tab may not have. As a list of buttons they
 * are told right; GraphiQL writes its own words again whenever another tab is seen.
 *
 * @returns a way to leave them as they are.
 */
export function mendTabs(): () => void {
  const observer = new MutationObserver(mend);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['aria-selected', 'role'] });
  mend();
  return () => observer.disconnect();
}

function mend(): void {
  document.querySelector('.graphiql-tabs[role=tablist]')?.setAttribute('role', 'list');
  for (const item of document.querySelectorAll('.graphiql-tab')) {
    const selected = item.getAttribute('aria-selected');
    if (selected !== null) {
      item.setAttribute('role', 'listitem');
      item.removeAttribute('aria-selected');
      item.querySelector('.graphiql-tab-button')?.setAttribute('aria-current', selected);
    }
    const name = item.querySelector('.graphiql-tab-button')?.textContent;
    item.querySelector('.graphiql-tab-close')?.setAttribute('aria-label', `Close ${name}`);
  }
}
