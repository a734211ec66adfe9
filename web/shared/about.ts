/** What a gateway says of itself at `/about`. */
export interface About {
  /** sandbox: a stand-in plays Xendit; test and live: the kind of its key. */
  mode: 'sandbox' | 'test' | 'live';
  /** Whether whoever reaches it may do everything, without any proof. */
  isOpen: boolean;
  /** Whether it tells its contract to those who ask. */
  introspection: boolean;
  /** Of the pages, those that it serves. */
  pages: string[];
  version: string;
}

/** @throws Error it can't be reached. */
export async function askAbout(): Promise<About> {
  const answer = await fetch('/about');
  if (!answer.ok) throw new Error(`The gateway answered ${answer.status}`);
  return (await answer.json()) as About;
}
