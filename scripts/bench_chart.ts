/**
 * The picture of the page: starts as bars, and below them what an
 * argument-checked call costs as lines. It brings its own background, so that
 * it can be read wherever it is shown, and follows the reader's light or dark.
 *
 * @module
 */

/** A bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Whether it is one of jacamar-seccomp. */
  readonly isOurs: boolean;
}

/** A line, by points from left to right. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** All that is drawn. */
export interface Picture {
  readonly bars: readonly Bar[];
  readonly barTitle: string;
  readonly lines: readonly Line[];
  readonly lineTitle: string;
  /** What lies along the lower edge of the lines. */
  readonly across: string;
}

const WIDTH = 800;
const MARGIN = 20;
/** Room for the names of bars, and for the numbers behind them. */
const NAMES = 270;
const NUMBERS = 60;
const BAR = 24;
const TITLE = 36;
const LINES_HEIGHT = 240;
/** Room for the names of lines, at their right ends. */
const LEGEND = 210;
/** Room for the scale at the left of the lines, and for that below them. */
const SCALE = 40;
/** How far apart the names of lines must be. */
const LEAST_STEP = 17;

/**
 * Colours that differ in lightness too, and text of at least 4.5 : 1 to the
 * background, by `class`.
 */
const STYLE = `
  svg { font: 13px system-ui, sans-serif; }
  .ground { fill: #ffffff; } text { fill: #1f2328; } .title { font-weight: 600; }
  .grid { stroke: #d1d9e0; } .other { fill: #9198a1; } .ours { fill: #0969da; }
  .line { fill: none; stroke-width: 2; }
  .c0 { stroke: #0969da; } .c1 { stroke: #bc4c00; } .c2 { stroke: #59636e; }
  .c3 { stroke: #8250df; } .c4 { stroke: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #f0f6fc; }
    .grid { stroke: #3d444d; } .other { fill: #656c76; } .ours { fill: #4493f8; }
    .c0 { stroke: #4493f8; } .c1 { stroke: #f0883e; } .c2 { stroke: #9198a1; }
    .c3 { stroke: #ab7df8; } .c4 { stroke: #3fb950; }
  }`;
const COLOURS = 5;
/** Lines that lie on one another are told apart by their dashes. */
const DASHES = ["none", "2 5", "7 5", "none", "none"];

/** Draws a picture as SVG 1.1. */
export function draw(picture: Picture): string {
  const { bars, lines } = picture;
  const barsHeight = bars.length === 0 ? 0 : TITLE + bars.length * BAR + MARGIN;
  const linesHeight = lines.length === 0
    ? 0
    : TITLE + LINES_HEIGHT + SCALE + MARGIN;
  const height = 2 * MARGIN + barsHeight + linesHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escape(`${picture.barTitle}; ${picture.lineTitle}`)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    ...barsHeight > 0 ? drawBars(picture, MARGIN) : [],
    ...linesHeight > 0 ? drawLines(picture, MARGIN + barsHeight) : [],
    "</svg>\n",
  ].join("\n");
}

function drawBars({ bars, barTitle }: Picture, top: number): string[] {
  const most = Math.max(...bars.map(({ value }) => value));
  const room = WIDTH - 2 * MARGIN - NAMES - NUMBERS;
  return [
    text(MARGIN, top + 14, barTitle, 'class="title"'),
    ...bars.flatMap(({ name, value, isOurs }, index) => {
      const y = top + TITLE + index * BAR;
      const length = room * value / most;
      const left = MARGIN + NAMES;
      return [
        text(left - 8, y + 14, name, 'text-anchor="end"'),
        `<rect class="${isOurs ? "ours" : "other"}" x="${left}" y="${y + 3}" ` +
        `width="${length.toFixed(1)}" height="${BAR - 8}" rx="2"/>`,
        text(left + length + 6, y + 14, value.toFixed(2)),
      ];
    }),
  ];
}

function drawLines(picture: Picture, top: number): string[] {
  const { lines, lineTitle, across } = picture;
  const points = lines.flatMap(({ points }) => points);
  const right = Math.max(...points.map(([x]) => x));
  const step = niceStep(Math.max(1, ...points.map(([, y]) => y)));
  const high = step *
    Math.ceil(Math.max(1, ...points.map(([, y]) => y)) / step);
  const left = MARGIN + SCALE;
  const room = WIDTH - MARGIN - LEGEND - left;
  const bottom = top + TITLE + LINES_HEIGHT;
  const place = (x: number) => left + room * x / right;
  // Less than nothing is no more than noise.
  const level = (y: number) => bottom - LINES_HEIGHT * Math.max(0, y) / high;
  const grid: string[] = [];
  for (let value = 0; value <= high; value += step) {
    const y = level(value).toFixed(1);
    grid.push(
      `<path class="grid" d="M${left} ${y}H${left + room}"/>`,
      text(left - 8, Number(y) + 4, `${value}`, 'text-anchor="end"'),
    );
  }
  const marks = [...new Set(lines[0].points.map(([x]) => x))]
    .filter((x) => x === right || x >= right / 10)
    .map((x) => text(place(x), bottom + 18, `${x}`, 'text-anchor="middle"'));
  const ends = spread(
    lines.map(({ points }) => level(points.at(-1)?.[1] ?? 0)),
  );
  return [
    text(MARGIN, top + 14, lineTitle, 'class="title"'),
    ...grid,
    ...marks,
    text(left + room / 2, bottom + 36, across, 'text-anchor="middle"'),
    ...lines.flatMap(({ name, points }, index) => {
      const path = points.map(([x, y]) =>
        `${place(x).toFixed(1)} ${level(y).toFixed(1)}`
      ).join("L");
      const stroke = `class="line c${index % COLOURS}" ` +
        `stroke-dasharray="${DASHES[index % COLOURS]}"`;
      const end = left + room + 8;
      return [
        `<path ${stroke} d="M${path}"/>`,
        `<path ${stroke} d="M${end} ${ends[index].toFixed(1)}h18"/>`,
        text(end + 24, ends[index] + 4, name),
      ];
    }),
  ];
}

/** Moves heights apart that are too close for a text each. */
function spread(heights: readonly number[]): number[] {
  const moved = [...heights];
  const order = heights.map((_, index) => index)
    .toSorted((a, b) => heights[b] - heights[a]);
  order.slice(1).forEach((index, place) => {
    moved[index] = Math.min(moved[index], moved[order[place]] - LEAST_STEP);
  });
  return moved;
}

/** A round step of which four or so reach a height. */
function niceStep(height: number): number {
  const power = 10 ** Math.floor(Math.log10(height / 4));
  return [1, 2, 5, 10].map((factor) => factor * power)
    .find((step) => height / step <= 5) ?? 10 * power;
}

function text(x: number, y: number, content: string, more = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${
    escape(content)
  }</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
