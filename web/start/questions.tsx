import { useState } from 'react';
import { useQuery } from 'urql';
import { texts } from '../examples/examples.ts';
import type { About } from '../shared/about.ts';
import { Code } from './code.tsx';
import { problemOf } from './problem.ts';
import { Step } from './step.tsx';

const questions = [
  {
    title: 'See what happened last',
    words: 'Everything that happened in the account, in the one order of all changes.',
    query: texts.recentActivity,
  },
  {
    title: 'See the last payments',
    words: 'Those that this gateway has heard of, whoever made them.',
    query: texts.recentPayments,
  },
  {
    title: 'See how much may be asked of Xendit',
    words: 'What is left of each endpoint’s calls in the running minute.',
    query: texts.xenditBudget,
  },
];

interface ThreeQuestionsProps {
  about: About;
  /** Whether the gateway is open, or a token was given. */
  mayTry: boolean;
}

/** What may be tried where money is real: nothing that makes or moves anything. */
export function ThreeQuestions({ about, mayTry }: ThreeQuestionsProps) {
  return (
    <section aria-labelledby="try" className="try">
      <div className="section-title">
        <h2 id="try">Three things to ask</h2>
      </div>
      <p>The key is live, so these only read: nothing here makes or moves anything.</p>
      <ol className="steps">
        {questions.map((question, index) => (
          <Question key={question.title} {...question} number={index + 1} about={about} mayTry={mayTry} />
        ))}
      </ol>
    </section>
  );
}

interface QuestionProps extends ThreeQuestionsProps {
  number: number;
  title: string;
  words: string;
  query: string;
}

function Question({ number, title, words, query, about, mayTry }: QuestionProps) {
  const [isAsked, setAsked] = useState(false);
  const [{ data, error, fetching }, ask] = useQuery<object>({ query, pause: !isAsked });
  return (
    <Step
      number={number}
      title={title}
      button={{
        label: fetching ? 'Asking…' : isAsked ? 'Ask again' : 'Ask',
        isDisabled: !mayTry || fetching,
        onClick: () => (isAsked ? ask({ requestPolicy: 'network-only' }) : setAsked(true)),
      }}
      isDone={data !== undefined}
      result={data && <Code label={`The answer to: ${title}`} text={JSON.stringify(data, null, 2)} />}
      problem={problemOf(error, undefined)}
      operation={{ query, variables: {} }}
      hasExplorer={about.pages.includes('graphiql')}
    >
      {words}
    </Step>
  );
}
