// Charts by plotly, in the page's own fonts and colors. Its script is fetched only when one is drawn.

let library = null;

const load = (address) => {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
};

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const facts = (id) => JSON.parse(document.getElementById(id).textContent);
const percent = (share) => `${(share * 100).toFixed(1)} %`;
const faint = (name, share) => {
  const hex = color(name).replace("#", "");
  const [red, green, blue] = [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${share})`;
};

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };

const layout = (axes) => ({
  font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: color("--muted") },
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  margin: { l: 56, r: 24, t: 12, b: 44 },
  showlegend: false,
  hovermode: "closest",
  hoverdistance: 40,
  dragmode: false,
  hoverlabel: {
    bgcolor: color("--ink"), bordercolor: color("--ink"), align: "left",
    font: { color: color("--surface"), family: getComputedStyle(document.body).fontFamily, size: 13 },
  },
  ...axes,
});

const axis = (options) => ({
  fixedrange: true, zeroline: false, gridcolor: color("--line"), linecolor: color("--line"),
  tickfont: { color: color("--muted") }, ...options,
});

// No <b>: plotly would write it as a style attribute, which the page's policy refuses.
const about = (point) =>
  `Round ${point.round}: ${percent(point.accuracy)}<br>${percent(point.low)} to ${percent(point.high)}` +
  `<br>${point.answers.toLocaleString("en")} answers, ${point.refused.toLocaleString("en")} of them refusals`;

const band = (points, across) => ({
  x: [...points.map(across), ...points.map(across).reverse()],
  y: [...points.map((point) => point.high * 100), ...points.map((point) => point.low * 100).reverse()],
  fill: "toself", fillcolor: faint("--accent", 0.14), line: { width: 0 }, mode: "lines", hoverinfo: "skip",
});

const line = (points, across, look) => ({
  x: points.map(across), y: points.map((point) => point.accuracy * 100),
  mode: points.length > 80 ? "lines" : "lines+markers",
  text: points.map(about), hovertemplate: "%{text}<extra></extra>", ...look,
});

const ticks = (points) => ({
  x: points.map((point) => point.answers), y: points.map(() => 0), yaxis: "y2", mode: "markers", cliponaxis: false,
  marker: { symbol: "line-ns-open", size: 7, color: color("--edge"), line: { width: 1, color: color("--edge") } },
  text: points.map(about), hovertemplate: "%{text}<extra></extra>",
});

const bounds = (points) => {
  const low = Math.min(...points.map((point) => point.low));
  const high = Math.max(...points.map((point) => point.high));
  return [Math.max(0, low * 100 - 3), Math.min(100.5, high * 100 + 3)];
};

const drawCurve = (plotly, place, { withLabels }) => {
  const { points, target } = facts("curve-facts");
  const aim = target * 100;
  const range = bounds(points);
  const answers = (point) => point.answers;
  const traces = [
    band(points, answers),
    ticks(points),
    ...(withLabels ? [line(points, (point) => point.labeled, { line: { color: color("--muted"), width: 1.5, dash: "dot" }, mode: "lines" })] : []),
    line(points, answers, { line: { color: color("--accent"), width: 2 }, marker: { size: 6, color: color("--accent") } }),
  ];
  const goal = aim < range[1] ? [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: aim, y1: aim, line: { color: color("--edge"), width: 1, dash: "dash" } }] : [];
  const named = goal.length ? [{ xref: "paper", x: 1, y: aim, xanchor: "right", yanchor: "bottom", showarrow: false, text: `target ${Number(aim.toFixed(1))} %` }] : [];
  const most = points[points.length - 1].answers;
  return plotly.react(place, traces, layout({
    shapes: goal,
    annotations: named,
    xaxis: axis({ title: { text: withLabels ? "answers (dotted: labels only)" : "answers", standoff: 8 }, range: [-most * 0.015, most * 1.015 || 1], showgrid: false, tickformat: ",d", nticks: 10 }),
    yaxis: axis({ range, ticksuffix: " %", nticks: 7, domain: [0.03, 1] }),
    yaxis2: { fixedrange: true, visible: false, range: [-1, 1], domain: [0, 0.04], zeroline: false, showgrid: false },
  }), CONFIG);
};

const drawLosses = (plotly, place) => {
  const losses = facts("losses-facts");
  const trace = {
    x: losses.map((_, epoch) => epoch + 1), y: losses, mode: "lines", line: { color: color("--accent"), width: 2 },
    hovertemplate: "epoch %{x}: %{y:.4g}<extra></extra>",
  };
  return plotly.react(place, [trace], layout({
    xaxis: axis({ title: { text: "epoch", standoff: 8 }, showgrid: false, tickformat: "d" }),
    yaxis: axis({ nticks: 5 }),
  }), CONFIG);
};

// A swap of the page's parts must not undo what the reader chose.
let withLabels = false;

const keepChoice = () => {
  for (const box of document.querySelectorAll('[data-toggle="labels"]')) box.checked = withLabels;
};

export const drawCharts = async (address) => {
  const places = [...document.querySelectorAll("[data-chart]")];
  if (!places.length) return;
  keepChoice();
  const plotly = await load(address);
  for (const place of places.filter((each) => each.isConnected)) {
    if (place.dataset.chart === "curve") await drawCurve(plotly, place, { withLabels });
    else await drawLosses(plotly, place);
    place.dataset.drawn = "true";
  }
};

export const redrawOnChange = (address) => {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts(address));
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-toggle]")) return;
    withLabels = event.target.checked;
    drawCharts(address);
  });
};
