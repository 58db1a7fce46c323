// The learning curve at the end of the work, drawn small: how the learner fared while people answered, and
// which part of it came with this person's answers. Knows nothing of the page around it.

const WIDTH = 360;
const HEIGHT = 140;
/** Room beside the line, and for the figures above and below it. */
const SIDE = 4;
const EDGE = 24;
const MOST_POINTS = 80;

const share = ({ right, count }) => right / count;
export const percent = (point) => `${(100 * share(point)).toFixed(1)} %`;

/** Returns the figure, or null where the learner was measured less than twice. */
export const drawCurve = (points) => {
  if (points.length < 2) return null;
  const shown = thinned(points);
  const first = shown[0];
  const last = shown.at(-1);
  const figure = document.createElement("figure");
  figure.className = "curve";
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": inWords(first, last) });
  picture.append(...lines(shown));
  const caption = document.createElement("figcaption");
  caption.textContent = underneath(last);
  figure.append(picture, caption);
  return figure;
};

/** Every so many points, and the last one. */
const thinned = (points) => {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, index) => (points.length - 1 - index) % step === 0);
};

const inWords = (first, last) => `Accuracy went from ${percent(first)} after ${first.answers} answers to ${percent(last)} after ${last.answers}; ${last.own} of them are yours.`;

const underneath = ({ answers, own, count }) =>
  `Accuracy on ${count.toLocaleString()} images kept apart, over the first ${answers.toLocaleString()} answers of everybody` + (own ? `; in color where answers of yours came in, ${own.toLocaleString()} so far.` : ".");

const lines = (points) => {
  const at = scale(points);
  const parts = [svg("polyline", { class: "all", points: points.map((each) => at(each).join()).join(" ") })];
  points.slice(1).forEach((each, index) => {
    const before = points[index];
    if (each.own > before.own) parts.push(svg("polyline", { class: "own", points: [before, each].map((point) => at(point).join()).join(" ") }));
  });
  const [first, last] = [points[0], points.at(-1)];
  const rises = share(last) >= share(first);
  for (const [point, anchor, above] of [[first, "start", !rises], [last, "end", rises]]) {
    const [x, y] = at(point);
    const figure = svg("text", { x: anchor === "end" ? x + 3 : x - 3, y: above ? y - 9 : y + 19, "text-anchor": anchor });
    figure.textContent = percent(point);
    parts.push(svg("circle", { cx: x, cy: y, r: 3 }), figure);
  }
  return parts;
};

/** Where a point is drawn; a curve of few changes is not blown up to look like many. */
const scale = (points) => {
  const shares = points.map(share);
  const middle = (Math.min(...shares) + Math.max(...shares)) / 2;
  const half = Math.max(0.05, (Math.max(...shares) - Math.min(...shares)) / 2);
  const from = points[0].answers;
  const span = Math.max(1, points.at(-1).answers - from);
  return (point) => [
    SIDE + ((point.answers - from) / span) * (WIDTH - 2 * SIDE),
    HEIGHT / 2 - ((share(point) - middle) / half) * (HEIGHT / 2 - EDGE),
  ].map((each) => Math.round(each * 10) / 10);
};

const svg = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
