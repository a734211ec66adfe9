import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useMedia } from './use-media.ts';
import './plot.css';

export interface Line {
  label: string;
  /** The name of a colour of the page's, such as `--accent`. */
  color: string;
  isBar?: boolean;
}

interface PlotProps {
  /** What it shows, in a sentence: whoever can't see it has this and the table. */
  summary: string;
  unit: string;
  /** The same at each render: for others the chart is drawn anew. */
  lines: readonly Line[];
  /** Seconds since 1970, then the values of each line. */
  data: uPlot.AlignedData;
  /** What is shown of time, in seconds since 1970. */
  from: number;
  to: number;
}

const height = 240;
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const bars = uPlot.paths.bars?.({ size: [0.7, 40] }) ?? (() => null);

/** A chart over time; its table is beside it in words. Its canvas is drawn anew for other colours. */
export function Plot(props: PlotProps) {
  const isDark = useMedia('(prefers-color-scheme: dark)');
  return <Canvas key={isDark ? 'dark' : 'light'} {...props} />;
}

function Canvas({ summary, unit, lines, data, from, to }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const range = useRef<[number, number]>([from, to]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const color = (name: string) => colorOf(element, name);
    const axis = { stroke: color('--text-quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
    const drawn = new uPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { range: () => range.current },
          y: { range: (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.15)] },
        },
        axes: [
          { ...axis, space: 80, values: (_, values) => values.map((value) => minute.format(value * 1_000)) },
          {
            ...axis,
            size: unit === '' ? 36 : 72,
            values: (_, values) => values.map((value) => (Number.isInteger(value) ? `${value}${unit}` : '')),
          },
        ],
        series: [
          {},
          ...lines.map(({ label, color: name, isBar }) => ({
            label,
            stroke: color(name),
            width: 2,
            points: { show: !isBar, size: 5 },
            ...(isBar && { fill: color(name), paths: bars, width: 0 }),
          })),
        ],
      },
      [[], ...lines.map(() => [])],
      element,
    );
    plot.current = drawn;
    const resizing = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [unit, lines]);
  useEffect(() => {
    // uPlot asks for it when it is given data.
    range.current = [from, to];
    plot.current?.setData(data);
  }, [data, from, to]);

  return <div ref={place} className="plot" role="img" aria-label={summary} style={{ height }} />;
}

/** A colour as it is now: a canvas knows no names of the page's. */
function colorOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
