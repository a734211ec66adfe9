import DataLoader from 'dataloader';

/** How many questions go to the database at once. */
const maxTogether = 1_000;

/**
 * Gathers the questions of one moment: they are asked together, and equal ones once, with one answer for all who asked.
 * Nothing is remembered, so that an answer is never older than its question.
 *
 * @param nameOf equal for equal questions.
 * @param ask answers in the order of the questions, which all differ; an Error rejects those who asked that one.
 */
export function askTogether<Question, Answer>(
  nameOf: (question: Question) => string,
  ask: (questions: readonly Question[]) => Promise<(Answer | Error)[]>,
): (question: Question) => Promise<Answer> {
  const loader = new DataLoader<Question, Answer>(
    async (questions) => {
      const distinct = new Map(questions.map((question) => [nameOf(question), question]));
      const answers = await ask([...distinct.values()]);
      const byName = new Map([...distinct.keys()].map((name, index) => [name, answers[index] as Answer]));
      return questions.map((question) => byName.get(nameOf(question)) as Answer);
    },
    { cache: false, maxBatchSize: maxTogether },
  );
  return (question) => loader.load(question);
}

/** The same for questions that can't be asked together: equal ones of one moment are asked once. */
export function askOnce<Question, Answer>(
  nameOf: (question: Question) => string,
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  return askTogether<Question, Answer>(nameOf, async (questions) => {
    const answers = await Promise.allSettled(questions.map(ask));
    return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : (answer.reason as Error)));
  });
}
