import './header.css';
import type { About } from '../shared/about.ts';
import { allLanguages, useLanguage, wordsOf } from './language.tsx';

/** Whether it is for real money, and the language. */
export function Header({ mode }: { mode: About['mode'] | undefined }) {
  const { words, language, choose } = useLanguage();
  return (
    <header>
      {mode !== undefined && mode !== 'live' && <p className="mode">{words.modes[mode]}</p>}
      <fieldset className="languages">
        <legend className="unseen">{words.language}</legend>
        {allLanguages.map((one) => (
          <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => choose(one)}>
            {wordsOf(one).name}
          </button>
        ))}
      </fieldset>
    </header>
  );
}
