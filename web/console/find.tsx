import { type FormEvent, useId, useState } from 'react';
import { typeName } from './format.ts';
import { useGateway } from './gateway.ts';
import { FindByReferenceDocument, type LinkedFragment } from './generated/documents.ts';
import { SearchIcon } from './icons.tsx';
import { answerOf, type Problem } from './problem.ts';

interface FindProps {
  /** The id that is filtered by; empty for none. */
  id: string;
  onFilter(id: string): void;
}

/** How ids of Xendit's begin; anything else is taken for a reference. */
const isId = /^(qr_|qrpy_|qrrf_|pr-|py-|ddpy-|pymt-|ca_|ewc_|ewr_|cap-|cptr-|ps-|ptkn-|pt-|pm-|rfd-)/;

type Finding = { asked: string; found: LinkedFragment[] } | { problem: Problem };

/** Filters by one resource: by its id, or by the merchant's own name for it, of which there may be several. */
export function Find({ id, onFilter }: FindProps) {
  const { client } = useGateway();
  const field = useId();
  const [text, setText] = useState(id);
  const [finding, setFinding] = useState<Finding>();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const asked = text.trim();
    setFinding(undefined);
    if (asked === '' || isId.test(asked)) return onFilter(asked);
    const question = client.query(FindByReferenceDocument, { id: asked, reference: asked });
    const { data, problem } = answerOf(await question.toPromise());
    if (problem) return setFinding({ problem });
    const lists = [data.paymentRequests, data.payments, data.paymentSessions];
    const found = [data.qrCode, ...lists.flatMap(({ edges }) => edges.map(({ node }) => node))];
    setFinding({ asked, found: found.filter((one) => one !== null && one !== undefined) });
  }

  return (
    <form className="field find" onSubmit={(event) => void submit(event)}>
      <label htmlFor={field}>Id or reference</label>
      <div className="find-box">
        <input
          id={field}
          type="search"
          value={text}
          placeholder="pr-… or order-1"
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" className="icon-button" aria-label="Find">
          <SearchIcon />
        </button>
      </div>
      <div role="status" className="found">
        {finding && 'problem' in finding && (
          <p>
            {finding.problem.code === 'FORBIDDEN'
              ? 'Finding by reference needs the scope payments:read.'
              : `${finding.problem.message}.`}
          </p>
        )}
        {finding && 'found' in finding && finding.found.length === 0 && <p>Nothing is called “{finding.asked}”.</p>}
        {finding && 'found' in finding && finding.found.length > 0 && (
          <ul>
            {finding.found.map((one) => (
              <li key={one.id}>
                <button type="button" className="link" onClick={() => onFilter(one.id)}>
                  {typeName(one.__typename)} <code>{one.id}</code>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </form>
  );
}
