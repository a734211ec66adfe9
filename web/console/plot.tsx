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

/** A chart over time; its table is beside it in words. */
export function Plot({ summary, unit, lines, data, from, to }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const range = useRef([from, to]);
  range.current = [from, to];

  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas is drawn from nothing only for other colours; data and time come by setData below
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
          x: { range: () => range.current as [number, number] },
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
      data,
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
  }, [isDark]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: from and to are read by way of `range`, which uPlot asks at setData
  useEffect(() => plot.current?.setData(data), [data, from, to]);

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
