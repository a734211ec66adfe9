/** How many questions go to the database at once. */
const maxTogether = 1_000;

/** A question of this moment, with one answer for all who ask it. */
interface Asked<Question, Answer> extends PromiseWithResolvers<Answer> {
  question: Question;
}

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
  let gathered = new Map<string, Asked<Question, Answer>>();

  const askAll = async (asked: readonly Asked<Question, Answer>[]) => {
    try {
      const answers = await ask(asked.map(({ question }) => question));
      for (const [index, { resolve, reject }] of asked.entries()) {
        const answer = answers[index];
        if (answer instanceof Error) reject(answer);
        else resolve(answer as Answer);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  const askGathered = () => {
    const all = [...gathered.values()];
    // A new one, since V8 keeps what was in one that is cleared until it collects all garbage.
    gathered = new Map();
    for (let start = 0; start < all.length; start += maxTogether) void askAll(all.slice(start, start + maxTogether));
  };
  return (question) => {
    // The moment lasts until all that has arrived is read: what came by many connections at once is asked together.
    if (gathered.size === 0) setImmediate(askGathered);
    const name = nameOf(question);
    const known = gathered.get(name);
    if (known !== undefined) return known.promise;
    const asked = { question, ...Promise.withResolvers<Answer>() };
    gathered.set(name, asked);
    return asked.promise;
  };
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
