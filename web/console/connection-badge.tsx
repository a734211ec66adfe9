import { useSyncExternalStore } from 'react';
import { useGateway } from './gateway.ts';
import './connection-badge.css';

const names = {
  connecting: 'Connecting',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  refused: 'Refused',
  blind: 'Not live',
} as const;

/** Whether what happens is heard of now. */
export function ConnectionBadge() {
  const { onConnection, connection, pulse } = useGateway();
  const now = useSyncExternalStore(onConnection, connection);
  const problem = useSyncExternalStore(
    (listener) => pulse.listen({ onProblem: listener }),
    () => pulse.problem(),
  );
  const state = problem?.code === 'FORBIDDEN' ? 'blind' : problem ? 'reconnecting' : now;
  const title = state === 'blind' ? 'Live activity needs the scope activity:read' : undefined;
  return (
    <span className={`connection connection-${state}`} role="status" title={title}>
      {names[state]}
    </span>
  );
}
