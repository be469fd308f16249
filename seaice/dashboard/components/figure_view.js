// What follows the view of maps that are zoomed: scale bar, graticule and its labels. Part of figure.js.
// The rules are those of seaice/figures/map_elements.py, which the layout's `meta` brings.

const ROUND = [5, 2, 1];

/** Keep what the server made for the whole of the maps; later views are made from it. */
function keepElements(plot, layout) {
  const { meta, shapes = [], annotations = [] } = layout;
  plot.elements = meta?.bar ? structuredClone({ meta, shapes, annotations }) : null;
  plot.seen = String(plot.ranges);
}

/** Draw the elements for what is seen now. */
function followView(place, plot) {
  const { xaxis, yaxis } = place._fullLayout;
  if (!plot.elements || !plot.ranges) return;
  const ranges = [[...xaxis.range], [...yaxis.range]];
  if (String(ranges) === plot.seen) return;
  plot.seen = String(ranges);
  const whole = plot.seen === String(plot.ranges);
  const { shapes, annotations } = whole ? plot.elements : viewed(plot.elements, ranges);
  // What a person has drawn comes after the server's shapes.
  const drawn = place.layout.shapes.slice(plot.elements.shapes.length);
  window.Plotly.relayout(place, structuredClone({ shapes: [...shapes, ...drawn], annotations }));
}

function viewed({ meta, shapes, annotations }, [[left, right], [bottom, top]]) {
  const view = { left, top, width: right - left, height: bottom - top };
  const lines = [...seenLines(meta.parallels, meta.least, view),
    ...seenLines(meta.meridians, meta.least, view)];
  const path = lines.map(({ pieces }) => pieces.map(pathOf).join(" ")).join(" ");
  const bar = barOf(meta.bar, view);
  const style = annotations.find(({ name }) => name === "bar");
  const named = lines.map((line) => labelOf(line, meta, view)).filter(Boolean);
  return {
    shapes: shapes.map((each) => {
      if (each.name === "graticule") return { ...each, path: path || "M0,0" };
      return each.name === "bar" ? { ...each, ...bar.ends } : each;
    }),
    annotations: [
      ...annotations.filter(({ name }) => name !== "graticule").map((each) =>
        each.name === "bar" ? { ...each, text: bar.text, x: bar.ends.x0, y: bar.ends.y0 } : each),
      ...meta.labelled.flatMap(([xref, yref]) =>
        named.map((label) => ({ ...style, yshift: 0, ...label, xref, yref, name: "graticule" }))),
    ],
  };
}

/** The longest round length that the view has room for. */
function barOf({ share, left, down }, view) {
  const longest = Math.abs(view.width) * share;
  const power = 10 ** Math.floor(Math.log10(longest));
  const km = power * ROUND.find((each) => each * power <= longest * (1 + 1e-9));
  const x0 = view.left + left * view.width, y = view.top + down * view.height;
  const ends = { x0, x1: x0 + Math.sign(view.width) * km, y0: y, y1: y };
  return { ends, text: km < 1 ? `${Math.round(1000 * km)} m` : `${km} km` };
}

/** Lines at the widest step of which enough are seen, or at the smallest. */
function seenLines(levels, least, view) {
  let seen = [];
  for (const level of levels) {
    seen = level.map(([text, points]) => ({ text, pieces: piecesIn(points, view) }))
      .filter(({ pieces }) => pieces.length);
    if (new Set(seen.map(({ text }) => text)).size >= least) break;
  }
  return seen;
}

/** The parts of a line within the view, each a list of places as shares of it: right and down. */
function piecesIn(points, view) {
  const pieces = [];
  let piece = null;
  for (let i = 2; i < points.length; i += 2) {
    const ends = [points.slice(i - 2, i), points.slice(i, i + 2)].map(([x, y]) =>
      [(x - view.left) / view.width, (y - view.top) / view.height]);
    const cut = clipped(...ends);
    if (!cut) {
      piece = null;
    } else if (piece && cut[0] === 0) {
      piece.push(between(...ends, cut[1]));
    } else {
      piece = cut.map((at) => between(...ends, at));
      pieces.push(piece);
    }
  }
  return pieces.map((each) => each.map(([across, down]) => ({
    across, down, x: view.left + across * view.width, y: view.top + down * view.height,
  })));
}

function between([a, b], [c, d], at) {
  return [a + at * (c - a), b + at * (d - b)];
}

/** From which share of a segment to which it lies within the unit square (Liang and Barsky 1984). */
function clipped(from, to) {
  let [first, last] = [0, 1];
  for (const axis of [0, 1]) {
    const way = to[axis] - from[axis];
    if (way === 0) {
      if (from[axis] < 0 || from[axis] > 1) return null;
      continue;
    }
    const [near, far] = [-from[axis] / way, (1 - from[axis]) / way].sort((a, b) => a - b);
    [first, last] = [Math.max(first, near), Math.min(last, far)];
  }
  return first < last ? [first, last] : null;
}

function pathOf(piece) {
  return `M${piece.map(({ x, y }) => `${x.toFixed(3)},${y.toFixed(3)}`).join("L")}`;
}

/** The name of a line: of a parallel at the left edge, of a meridian at the upper one. */
function labelOf({ text, pieces }, { edge, free }, view) {
  const parallel = /[NS]$/.test(text);
  const [from, along] = parallel ? ["across", "down"] : ["down", "across"];
  const at = pieces.flat().reduce((best, each) => (each[from] < best[from] ? each : best));
  if (at[from] > edge || at[along] < free[0] || at[along] > free[1]) return null;
  const anchors = parallel ? ["left", "middle"] : ["center", "top"];
  return { text, x: at.x, y: at.y, xanchor: anchors[0], yanchor: anchors[1] };
}
