// Texts, numbers and legends of the maps. Part of swipe.js.
//
// Text in the data is untrusted: set it as textContent or as an attribute only.

/** Sample and line of a place on the screen, km in the scene; it counts from the upper left. */
function inScene({ x: [left, right], y: [top, bottom], transposed }, x, y) {
  const place = [left + (right < left ? -x : x), top + (bottom < top ? -y : y)];
  return transposed ? place.reverse() : place;
}

/** Sample and line of a place as text; on a polar map, those of the pointer's cell. */
function sceneText(extent, x, y, kmPerPx) {
  let place = inScene(extent, x, y);
  if (extent.line_km) {
    const cell = (km, count) => clamp(Math.floor(km / extent.cell_km), 0, count - 1);
    const row = cell(y, extent.line_km.length), column = cell(x, extent.line_km[0].length);
    place = [extent.sample_km[row][column], extent.line_km[row][column]];
    if (place.includes(null)) return "outside the scene";
  }
  const texts = place.map((each) => kilometres(each, extent.line_km ? 1 : kmPerPx));
  return `${texts.join(", ")} (samples, lines)`;
}

/** Latitude and longitude interpolated between the centres of the grid's cells, as text. */
function position(extent, across, down) {
  const { latitude, longitude, cell_km, left_km, top_km } = extent;
  const [sample_km, line_km] = inScene(extent, across, down);
  return positionAt({ latitude, longitude, cell_km }, sample_km - left_km, line_km - top_km);
}

function positionAt({ latitude, longitude, cell_km }, x, y) {
  if (!latitude || latitude.length < 2 || latitude[0].length < 2) return "";
  const first = (km, count) => clamp(Math.floor(km / cell_km - 0.5), 0, count - 2);
  const line = first(y, latitude.length), sample = first(x, latitude[0].length);
  const down = y / cell_km - 0.5 - line, across = x / cell_km - 0.5 - sample;
  const between = (grid) => {
    const corners = [line, line + 1].flatMap((each) => grid[each].slice(sample, sample + 2));
    if (corners.includes(null)) return NaN;
    // Across the date line -179 lies beside 179.
    const [a, b, c, d] = corners.map((each) => each - 360 * Math.round((each - corners[0]) / 360));
    return (a * (1 - across) + b * across) * (1 - down) + (c * (1 - across) + d * across) * down;
  };
  const north = between(latitude), east = ((between(longitude) + 540) % 360) - 180;
  if (Number.isNaN(north + east)) return "";
  const degrees = (value, [positive, negative]) =>
    `${Math.abs(value).toFixed(2)}° ${value < 0 ? negative : positive}`;
  return `${degrees(north, "NS")}, ${degrees(east, "EW")}`;
}

/** What stands beside the maps' values at a place: the text of the pointer's cell. */
function noteAt(notes, extent, across, down) {
  if (!notes) return "";
  const [sample_km, line_km] = inScene(extent, across, down);
  const cell = (km, count) => clamp(Math.floor(km / extent.cell_km), 0, count - 1);
  const line = notes.at[cell(line_km - extent.top_km, notes.at.length)];
  return notes.texts[line[cell(sample_km - extent.left_km, line.length)]];
}

/** What a map shows at a pixel; `at` gives that pixel of an image, by the image's index. */
function meaning({ layers, base, palette, unlabelled }, { land, hatch }, at) {
  const pixel = at(layers.at(-1));
  if (!pixel) return layers.length ? "…" : "no data";
  if (pixel.index < palette.count) return valueText(palette, pixel.index);
  if (pixel.alpha && same(pixel.colour, land)) return "Land";
  if (!unlabelled) return "no data";
  if (pixel.alpha && same(pixel.colour, hatch)) return "unlabelled";
  // Nothing is drawn between two stripes of the hatch, nor where there is no data.
  if (base === null) return "unlabelled or no data";
  const below = at(base);
  if (!below) return "…";
  return below.alpha ? "unlabelled" : "no data";
}

/** What a colour of a palette stands for. */
function valueText({ labels, low, high, count, name, unit, decimals }, index) {
  if (labels.length) return labels[index];
  const value = low + ((high - low) * index) / Math.max(count - 1, 1);
  // A unit says enough without the name.
  return [unit ? "" : name, signed(value.toFixed(decimals)), unit].filter(Boolean).join(" ");
}

/** Legends of the two maps; a single one if they share a palette. */
function legends({ maps, land, hatch }, left, right) {
  const pair = [maps[left], maps[right]];
  const [first, second] = pair.map(({ palette }) => JSON.stringify(palette));
  if (first === second) return [legend(pair[0].palette.title, pair, land, hatch)];
  const titles = pair.map(({ palette }, each) => `${["Left", "Right"][each]}: ${palette.title}`);
  return pair.map((map, each) => legend(titles[each], [map], land, hatch));
}

function legend(title, maps, land, hatch) {
  const { palette } = maps[0], group = node("div", "legend");
  group.append(node("b", "", title));
  const classes = palette.labels.map((label, each) => swatch(label, palette.colours[each]));
  group.append(...(classes.length ? classes : gradient(palette)));
  if (maps.some(({ unlabelled }) => unlabelled)) {
    group.append(swatch("Unlabelled", `rgb(${hatch})`, "hatched"));
  }
  if (maps.some((map) => map.land)) {
    group.append(swatch("Land", `rgb(${land})`), swatch("No data", "transparent"));
  }
  return group;
}

function swatch(label, colour, look = "") {
  const entry = node("span", `swatch ${look}`, label);
  entry.style.setProperty("--colour", colour);
  return entry;
}

function gradient({ colours, low, high }) {
  const bar = node("div", "gradient"), numbers = node("div", "numbers");
  bar.style.backgroundImage = `linear-gradient(to right, ${colours})`;
  const marks = [low, (low + high) / 2, high];
  numbers.append(...marks.map((mark) => node("span", "", signed(rounded(mark)))));
  return [bar, numbers];
}

function options(maps) {
  return maps.map(({ title }, value) => Object.assign(node("option", "", title), { value }));
}

/** Ticks of an axis at round kilometres of the scene, about `apart` pixels from each other. */
function ticks(side, { start, px, ends: [first, last], kmPerPx }, apart) {
  const step = niceStep(apart * kmPerPx), runs = last < first ? -1 : 1, marks = [];
  const shown = [start, start + px * kmPerPx].map((each) => clamp(first + runs * each,
    Math.min(first, last), Math.max(first, last)));
  const [low, high] = runs < 0 ? shown.reverse() : shown;
  for (let each = Math.ceil(low / step); each * step <= high; each++) {
    const mark = node("span", "", rounded(each * step));
    mark.style[side] = `${((each * step - first) * runs - start) / kmPerPx}px`;
    marks.push(mark);
  }
  // From the left and from the top.
  return runs < 0 ? marks.reverse() : marks;
}

/** The smallest number of the form 1, 2 or 5 times a power of ten that is at least `least`. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].find((each) => each * power >= least) * power;
}

/** A number without the digits that come from binary fractions. */
const rounded = (value) => String(+value.toFixed(3));

/** Kilometres with as many decimals as a pixel of the screen can resolve. */
const kilometres = (km, kmPerPx) => `${km.toFixed(kmPerPx < 0.05 ? 2 : kmPerPx < 0.5 ? 1 : 0)} km`;

const signed = (text) => text.replace("-", "−");

function node(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
