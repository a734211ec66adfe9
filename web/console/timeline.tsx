import { useId, useState } from 'react';
import { Scrollable } from '../shared/scrollable.tsx';
import { duration, longTime, words } from './format.ts';
import type { Step } from './history.ts';
import { spread } from './timeline-scale.ts';
import { useMedia } from './use-media.ts';
import './timeline.css';

const laneHeight = 40;
const labelWidth = 126;
const lineLength = 420;
const lineLengthOnPhone = 160;
const margin = 20;
const gap = 32;
/** Between neighbours, for the time between them to be written. */
const roomForDuration = 52;
const axisHeight = 26;

/** The steps of a resource drawn over time: a lane for each status that it was in, a shape for each way it was heard of. */
export function Timeline({ steps }: { steps: readonly Step[] }) {
  const [shown, setShown] = useState<Step>();
  const detail = useId();
  const isPhone = useMedia('(max-width: 44rem)');
  const inOrder = [...steps].sort((a, b) => a.version - b.version);
  const lanes = [...new Set(inOrder.map(({ status }) => status))].reverse();
  const times = inOrder.map(({ at }) => Date.parse(at));
  // Xendit's times need not rise with the versions.
  const rising = times.map((_, index) => Math.max(...times.slice(0, index + 1)));
  const { places, length } = spread(rising, isPhone ? lineLengthOnPhone : lineLength, gap);
  const height = lanes.length * laneHeight;
  const points = inOrder.map((step, index) => ({
    step,
    x: labelWidth + margin + (places[index] ?? 0),
    y: lanes.indexOf(step.status) * laneHeight + laneHeight / 2,
    sinceMs: index === 0 ? 0 : (rising[index] ?? 0) - (rising[index - 1] ?? 0),
  }));
  const line = points.map(({ x, y }, index) => (index === 0 ? `M${x} ${y}` : `H${x} V${y}`)).join(' ');
  const width = labelWidth + margin * 2 + length;
  const [first, last] = [inOrder[0], inOrder.at(-1)];

  return (
    <figure className="timeline">
      <Scrollable className="timeline-scroll" label="Timeline drawn over time">
        <div className="timeline-plane" style={{ width, height: height + axisHeight }}>
          <svg width={width} height={height + axisHeight} aria-hidden="true">
            {lanes.map((lane, index) => (
              <g key={lane} transform={`translate(0 ${index * laneHeight + laneHeight / 2})`}>
                <line className="lane" x1={labelWidth} x2={width} />
                <text className="lane-name" x={0} dy="0.35em">
                  {words(lane)}
                </text>
              </g>
            ))}
            <path className="course" d={line} />
            {points.map(({ step, x, sinceMs }, index) =>
              index > 0 && x - (points[index - 1]?.x ?? 0) >= roomForDuration ? (
                <text
                  key={step.version}
                  className="since"
                  x={(x + (points[index - 1]?.x ?? 0)) / 2}
                  y={height + axisHeight - 8}
                >
                  +{duration(sinceMs)}
                </text>
              ) : null,
            )}
            <line className="axis" x1={labelWidth} x2={width} y1={height + 2} y2={height + 2} />
            {points.map(({ step, x }) => (
              <line key={step.version} className="axis" x1={x} x2={x} y1={height - 2} y2={height + 6} />
            ))}
          </svg>
          {points.map(({ step, x, y }) => (
            <button
              key={step.version}
              type="button"
              className={`point point-${step.origin.toLowerCase()}`}
              style={{ left: x, top: y }}
              aria-label={sentenceOf(step)}
              aria-describedby={shown === step ? detail : undefined}
              onMouseEnter={() => setShown(step)}
              onFocus={() => setShown(step)}
              onClick={() => setShown(step)}
            />
          ))}
        </div>
      </Scrollable>
      <figcaption>
        <p id={detail} className="timeline-detail">
          {shown ? sentenceOf(shown) : first && last && `${longTime(first.at)} to ${longTime(last.at)}`}
        </p>
        <ul className="timeline-key" aria-label="How it was heard of">
          <li>
            <span className="point point-webhook" /> Webhook
          </li>
          <li>
            <span className="point point-api" /> Answer of Xendit’s API
          </li>
          <li>
            <span className="point point-reconciled" /> Asked by itself
          </li>
        </ul>
      </figcaption>
    </figure>
  );
}

const origins = { WEBHOOK: 'by webhook', API: 'by an answer of Xendit’s', RECONCILED: 'by asking itself' } as const;

export function sentenceOf({ version, kind, status, origin, at }: Step): string {
  return `Version ${version}: ${words(kind)}, ${words(status)}, heard ${origins[origin]}, ${longTime(at)}`;
}
