import { useEffect, useState, useSyncExternalStore } from 'react';
import { noRows, type Rows, type RowsState } from './rows.ts';

/**
 * A list for as long as it is shown.
 *
 * @param open opens it; another function opens another one.
 */
export function useRows<T>(open: () => Rows<T>): [RowsState<T>, Rows<T> | undefined] {
  const [rows, setRows] = useState<Rows<T>>();
  useEffect(() => {
    const opened = open();
    setRows(opened);
    return () => opened.close();
  }, [open]);
  const state = useSyncExternalStore(rows?.subscribe ?? nothing, rows?.state ?? none);
  return [state as RowsState<T>, rows];
}

const nothing = () => () => {};
const none = () => noRows;
