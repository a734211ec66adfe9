import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useState } from 'react';
import { type Formats, formatsOf } from './formats.ts';
import { en, type Words } from './words/en.ts';
import { id } from './words/id.ts';

const languages = { en, id };
export type Language = keyof typeof languages;
export const allLanguages = Object.keys(languages) as Language[];

/** The language that the page speaks. */
export interface Speaking {
  language: Language;
  words: Words;
  formats: Formats;
  choose(language: Language): void;
}

const storageKey = 'checkout:language';
const SpeakingContext = createContext<Speaking | undefined>(undefined);

/** @throws Error outside of a LanguageProvider. */
export function useLanguage(): Speaking {
  const speaking = useContext(SpeakingContext);
  if (speaking === undefined) throw new Error('There is no LanguageProvider');
  return speaking;
}

export function wordsOf(language: Language): Words {
  return languages[language];
}

/** Speaks the payer's language where it can, until another one is chosen. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(preferred);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speaking = useMemo<Speaking>(
    () => ({
      language,
      words: languages[language],
      formats: formatsOf(navigator.languages.find((one) => isOf(language, one)) ?? language),
      choose(chosen) {
        setLanguage(chosen);
        try {
          localStorage.setItem(storageKey, chosen);
        } catch {}
      },
    }),
    [language],
  );
  return <SpeakingContext value={speaking}>{children}</SpeakingContext>;
}

function preferred(): Language {
  const isKnown = (language: string | null) => allLanguages.find((one) => one === language);
  const wished = navigator.languages.map((locale) => allLanguages.find((one) => isOf(one, locale)));
  return isKnown(chosenBefore()) ?? wished.find((one) => one !== undefined) ?? 'en';
}

function chosenBefore(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/** Some still name Indonesian by its old code. */
function isOf(language: Language, locale: string): boolean {
  return locale.toLowerCase().replace(/^in\b/, 'id').split('-')[0] === language;
}
