// A Plotly figure that changes in place. Streamlit's own chart replaces every colour of its theme in
// the figure's text and builds a new plot from it, twice, whenever anything in the figure changes.

const LOOK_MS = 20;
const PATIENCE_LOOKS = 500;
// Narrower than its margins, a figure would have panels of no size.
const LEAST_PX = 300;
const LINE_FEED = 10;
const MOST_KEPT = 8;
const EXPAND = "M32 32C14.3 32 0 46.3 0 64v96c0 17.7 14.3 32 32 32s32-14.3 32-32V96h64c17.7 0 32"
  + "-14.3 32-32s-14.3-32-32-32H32zM64 352c0-17.7-14.3-32-32-32s-32 14.3-32 32v96c0 17.7 14.3 32 32"
  + " 32h96c17.7 0 32-14.3 32-32s-14.3-32-32-32H64V352zM320 32c-17.7 0-32 14.3-32 32s14.3 32 32 32"
  + "h64v64c0 17.7 14.3 32 32 32s32-14.3 32-32V64c0-17.7-14.3-32-32-32H320zM448 352c0-17.7-14.3-32"
  + "-32-32s-32 14.3-32 32v64H320c-17.7 0-32 14.3-32 32s14.3 32 32 32h96c17.7 0 32-14.3 32-32V352z";

const ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array,
};

const plots = new WeakMap();
const decoded = new Map();
const decoder = new TextDecoder();

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector("[data-part=plot]");
  if (!plots.has(place)) begin(place);
  const plot = plots.get(place);
  const end = data.indexOf(LINE_FEED);
  const head = JSON.parse(decoder.decode(data.subarray(0, end)));
  place.setAttribute("aria-label", head.alt);
  place.style.height = head.height;
  plot.choose = (box) => setTriggerValue("box", box);
  plot.look = (box) => setTriggerValue("closer", box);
  plot.pick = (point) => head.picks && setTriggerValue("point", point);
  plot.opacity = head.opacity;
  plot.closer = head.closer;
  plot.button.textContent = head.closer?.label ?? "";
  const theme = themeOf(parentElement);
  const shows = head.id + JSON.stringify([head.config, theme]);
  if (shows !== plot.shows) {
    plot.shows = shows;
    // As Streamlit marks what is not the newest.
    place.dataset.stale = "true";
    // The figure's text is read when its turn comes: a later one may have come by then.
    plot.next = () => draw(place, plot, head, data.subarray(end + 1), theme);
    plot.queue = plot.queue.then(() => {
      const next = plot.next;
      plot.next = null;
      return next?.();
    }).catch((error) => {
      // One figure that cannot be drawn must not keep the next one from being drawn.
      plot.shows = null;
      console.error(error);
    });
  } else {
    setOpacity(place, plot);
  }
  const call = ++plot.calls;
  return () => {
    // Streamlit also cleans up after calls that others have followed.
    if (plot.calls === call) finish(place, plot);
  };
}

function begin(place) {
  const plot = { calls: 0, queue: Promise.resolve(), next: null, size: "" };
  // A browser without a window of its own leaves that to the page.
  plot.leave = ({ key }) => {
    if (key === "Escape" && document.fullscreenElement === place) document.exitFullscreen();
  };
  document.addEventListener("keydown", plot.leave, true);
  // Made once: where anything in its configuration is another one, Plotly builds a new plot.
  plot.buttons = place.requestFullscreen ? [fullscreen(place)] : [];
  plot.observer = new ResizeObserver(() => resize(place, plot));
  plot.observer.observe(place);
  watchSlider(place, plot);
  plot.button = place.previousElementSibling;
  plot.button.onclick = () => plot.look(viewOf(place));
  plots.set(place, plot);
}

function finish(place, plot) {
  plot.observer.disconnect();
  plot.slider.disconnect();
  document.removeEventListener("keydown", plot.leave, true);
  plot.next = null;
  plots.delete(place);
  if (place._fullLayout) window.Plotly.purge(place);
}

async function plotly(place) {
  // Every page with such a figure loads it.
  for (let looks = 0; !window.Plotly && plots.has(place); looks++) {
    if (looks === PATIENCE_LOOKS) place.textContent = "Plotly, which draws this figure, has not come.";
    await look();
  }
  if (!place._fullLayout) place.textContent = "";
  return window.Plotly;
}

function look() {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

async function draw(place, plot, head, text, theme) {
  const Plotly = await plotly(place);
  // A place that is not laid out yet has no size.
  while (!place.clientWidth && plots.has(place)) await look();
  if (!plots.has(place)) return;
  const { data, layout } = unpacked(JSON.parse(decoder.decode(text)));
  const zoom = plot.ground === head.ground ? zoomed(place, plot) : null;
  plot.ground = head.ground;
  const { xaxis, yaxis } = layout;
  plot.ranges = xaxis?.range && yaxis?.range && [[...xaxis.range], [...yaxis.range]];
  keepElements(plot, layout);
  withOpacity(layout, chosenOpacity(plot));
  layout.template = theme;
  [layout.width, layout.height] = sizeOf(place);
  plot.size = String(sizeOf(place));
  await Plotly.react(place, data, layout, configOf(head.config, plot));
  if (zoom) await Plotly.relayout(place, rangesOf(layout, zoom));
  offerCloser(place, plot);
  if (!plot.next) delete place.dataset.stale;
  if (plot.listens) return;
  plot.listens = true;
  place.on("plotly_selected", (event) => chosen(place, plot, event));
  place.on("plotly_click", ({ points }) => {
    const point = points.find((each) => each.customdata)?.customdata;
    if (point) plot.pick(point);
  });
  place.on("plotly_relayout", () => {
    followView(place, plot);
    offerCloser(place, plot);
  });
}

// A figure as Plotly wants it: what stands once in `positions`, `texts` and `sources` goes back to
// its places.
function unpacked({ data, layout, positions, sources }) {
  const known = positions.map(rowsOf);
  for (const trace of data) {
    const { text, customdata } = trace;
    if (text?.texts) {
      const at = new Uint16Array(bytesOf(text.at).buffer);
      trace.text = inRows(Array.from(at, (each) => text.texts[each]), text.samples);
    }
    if (customdata?.position !== undefined) trace.customdata = known[customdata.position];
  }
  for (const image of layout.images ?? []) image.source = sources[image.source];
  return { data, layout };
}

// The rows of an array of numbers, decoded once: scenes seldom change.
function rowsOf(packed) {
  if (decoded.get(packed.bdata)) return decoded.get(packed.bdata);
  const [, samples, numbers] = String(packed.shape).split(",").map(Number);
  const values = new ARRAYS[packed.dtype](bytesOf(packed.bdata).buffer);
  const cells = inRows(Array.from(values), numbers ?? 1);
  const rows = inRows(numbers ? cells : cells.flat(), samples);
  if (decoded.size > MOST_KEPT) decoded.clear();
  decoded.set(packed.bdata, rows);
  return rows;
}

function inRows(values, samples) {
  const rows = [];
  for (let i = 0; i < values.length; i += samples) rows.push(values.slice(i, i + samples));
  return rows;
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

function chosen(place, plot, event) {
  const box = event?.selections?.findLast((each) => each.type === "rect");
  if (!box) return;
  window.Plotly.relayout(place, { selections: [] });
  plot.choose({ x: [box.x0, box.x1], y: [box.y0, box.y1] });
}

// What all maps have been zoomed to, if that is not all of them.
function zoomed(place, plot) {
  const axes = place.layout;
  if (!plot.ranges || !axes?.xaxis?.range) return null;
  const now = [axes.xaxis.range, axes.yaxis.range];
  if (String(now) === String(plot.ranges)) return null;
  return { x: [...now[0]], y: [...now[1]] };
}

// Where the server has more pixels than the maps show, a closer look can ask for them.
function offerCloser(place, plot) {
  const sides = Object.values(viewOf(place)).map(([from, to]) => Math.abs(to - from));
  plot.button.hidden = !plot.closer || Math.max(...sides) > plot.closer.widest;
}

function viewOf(place) {
  const { xaxis, yaxis } = place._fullLayout;
  return { x: [...xaxis.range], y: [...yaxis.range] };
}

// Axes that match follow the pointer together, but a change of one range changes no other.
function rangesOf(layout, zoom) {
  const axes = Object.keys(layout).filter((name) => /^[xy]axis/.test(name));
  return Object.fromEntries(axes.map((name) => [`${name}.range`, [...zoom[name[0]]]]));
}

function sizeOf(place) {
  return [Math.max(place.clientWidth, LEAST_PX), Math.max(place.clientHeight, 1)];
}

function resize(place, plot) {
  const size = sizeOf(place);
  if (!place._fullLayout || String(size) === plot.size || !place.clientWidth) return;
  plot.size = String(size);
  window.Plotly.relayout(place, { width: size[0], height: size[1] });
}

function configOf(config, plot) {
  return { ...config, modeBarButtonsToAdd: plot.buttons };
}

function fullscreen(place) {
  return {
    name: "Fullscreen",
    title: "Fullscreen",
    icon: { width: 600, height: 470, path: EXPAND },
    click: () => (document.fullscreenElement ? document.exitFullscreen() : place.requestFullscreen()),
  };
}

function themeOf(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const [ink, paper, line] = [of("text-color"), of("background-color"), of("border-color")];
  const grid = of("border-color-light");
  const font = { color: ink, family: of("font"), size: 12 };
  const axis = {
    zerolinecolor: line, gridcolor: grid, tickcolor: line, showgrid: false, zeroline: false,
    tickfont: { size: 12 }, automargin: true,
  };
  return {
    layout: {
      font,
      paper_bgcolor: paper,
      plot_bgcolor: paper,
      margin: { pad: 8, r: 0, l: 0 },
      hoverlabel: { bgcolor: paper, bordercolor: line, font },
      legend: { borderwidth: 0 },
      xaxis: { ...axis, title: { standoff: 20, font: { size: 14 } } },
      yaxis: { ...axis, title: { standoff: 24, font: { size: 14 } } },
    },
  };
}
