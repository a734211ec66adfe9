import { useEffect, useRef, useState } from 'react';

/** How often a figure that is read aloud may change, in milliseconds. */
const everyMs = 3_000;

/** A figure that grows fast as it is told to people: at once when it leaves 0 or comes back to it, else every few seconds. */
export function useCalm(figure: number): number {
  const [told, setTold] = useState(figure);
  const toldAt = useRef(0);
  useEffect(() => {
    const tell = () => {
      toldAt.current = figure === 0 ? 0 : Date.now();
      setTold(figure);
    };
    const timer = setTimeout(tell, toldAt.current + everyMs - Date.now());
    return () => clearTimeout(timer);
  }, [figure]);
  return figure === 0 ? 0 : told || figure;
}
