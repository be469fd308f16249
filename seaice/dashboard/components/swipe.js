// Two of several maps on one canvas, left and right of a divider. swipe.py sends all maps at once,
// and appends swipe_morph.js, swipe_picture.js, swipe_ruler.js and swipe_words.js to this file.
//
// Text in the data is untrusted: set it as textContent or as an attribute only.

const WHEEL_RATE = 0.0026, WHEEL_LINE_PX = 33, LARGEST_PIXEL_PX = 32, PAN_SHARE = 0.15;
const AXIS_PX = 40, LEGEND_PX = 200, BESIDE_PX = 720, SMALLEST_PX = 150, WINDOW_SHARE = 0.8;
const SMALLEST_SIDE_PX = 60;
const TYPED_INTO = "textarea, [contenteditable=true], "
  + "input:not([type=radio], [type=range], [type=checkbox])";
const GRATICULE = "rgba(110, 122, 134, 0.75)";
const HINT = "Point at the map to read it. Zoom with the wheel or + and −; pan by dragging or arrow keys.";

// Streamlit calls again with new data without cleaning up first, so an existing viewer is updated.
// The user's choices outlive a viewer that leaves the page.
const viewers = new WeakMap();
const memory = new Map();

export default function ({ data, parentElement }) {
  let viewer = viewers.get(parentElement);
  if (!viewer?.root.isConnected) {
    viewer?.destroy();
    viewer = new Viewer(parentElement.querySelector(".swipe"));
    viewers.set(parentElement, viewer);
  }
  const call = viewer.update(data);
  return () => {
    // The clean-up of an older call comes late: it must not remove a viewer in use.
    if (viewer.call !== call) return;
    viewer.destroy();
    if (viewers.get(parentElement) === viewer) viewers.delete(parentElement);
  };
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.part = {};
    for (const each of root.querySelectorAll("[data-part]")) this.part[each.dataset.part] = each;
    this.pictures = new Map();
    this.call = 0;
    this.frame = 0;
    this.pointer = null;
    this.ruler = new Ruler(this.part.ruler, () => this.draw());
    this.morph = new Morph(this.part, () => this.chosen,
      (other) => (other ? this.choose() : this.draw()));
    this.abort = new AbortController();
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(root);
    this.listen();
  }

  destroy() {
    this.abort.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    for (const picture of this.pictures.values()) picture.close();
    this.pictures.clear();
    this.part.canvas.width = 0;
  }

  update(data) {
    this.data = data;
    this.chosen = recall(data);
    const ground = [this.chosen.ground, data.ground].join();
    if (ground !== this.measured) this.ruler.clear();
    this.measured = ground;
    this.load(data.images);
    this.part.left.replaceChildren(...options(data.maps));
    this.part.right.replaceChildren(...options(data.morph?.rows ?? data.maps));
    this.morph.update(data.morph);
    this.fillFlips();
    this.part.opacity.value = this.chosen.opacity * 100;
    this.fit();
    if (this.width) this.moveTo(this.chosen.x, this.chosen.y);
    this.choose();
    return ++this.call;
  }

  // Images ----------------------------------------------------------------------------------

  load(uris) {
    const kept = new Set(uris);
    for (const [uri, picture] of this.pictures) {
      if (kept.has(uri)) continue;
      picture.close();
      this.pictures.delete(uri);
    }
    for (const uri of uris) {
      if (!this.pictures.has(uri)) this.pictures.set(uri, new Picture(uri, () => this.draw()));
    }
  }

  picture = (index) => this.pictures.get(this.data.images[index]);

  // Choices ---------------------------------------------------------------------------------

  /** Index of the map at a side: the chosen one, if it still exists. */
  shown(side) {
    if (side === "right" && this.data.morph) return this.morph.map;
    const index = this.data.maps.findIndex((map) => map.title === this.chosen[side]);
    return index < 0 ? this.data[side] : index;
  }

  choose(side, index) {
    const { morph } = this.data;
    if (side === "right" && morph) this.chosen.row = morph.rows[index].title;
    else if (side) this.chosen[side] = this.data.maps[index].title;
    const titles = {};
    for (const each of ["left", "right"]) {
      const map = this.data.maps[this.shown(each)];
      titles[each] = map.title;
      this.part[each].value = each === "right" && morph ? this.morph.row : this.shown(each);
      const [title, message] = this.part[`${each}Side`].children;
      title.textContent = map.title;
      message.textContent = map.message;
      this.picture(map.layers.at(-1))?.read();
    }
    for (const button of this.part.flips.querySelectorAll("button")) {
      const place = Number(button.value);
      const pressed = morph ? this.morph.nearest === place
        : this.data.flips[place].map === this.shown("right");
      button.setAttribute("aria-pressed", pressed);
    }
    const { width_km, height_km } = this.data.extent;
    const size = `${rounded(width_km)} by ${rounded(height_km)} km`;
    this.part.figure.setAttribute("aria-label",
      `Map of ${size}. Left of the divider: ${titles.left}. Right of it: ${titles.right}.`);
    const both = [this.shown("left"), this.shown("right")];
    this.part.legends.replaceChildren(...legends(this.data, ...both));
    this.draw();
  }

  /** Put one of the maps with a button to the right; with a slider, fade to it. */
  flip(position) {
    if (this.data.morph) this.morph.go(position);
    else this.choose("right", this.data.flips[position].map);
  }

  fillFlips() {
    const { flips } = this.data;
    const buttons = flips.map(({ label }, position) => {
      const button = node("button", "", label);
      button.type = "button";
      button.value = position;
      if (position < 9) button.setAttribute("aria-keyshortcuts", position + 1);
      return button;
    });
    const last = Math.min(flips.length, 9);
    const keys = last > 1 ? `keys 1–${last}` : "key 1";
    if (last && !this.data.morph) buttons.unshift(node("span", "", `Right (${keys})`));
    this.part.flips.replaceChildren(...buttons);
  }

  // Size, zoom, pan -------------------------------------------------------------------------

  fit() {
    const { height_km, width_km } = this.data?.extent ?? {};
    const room = this.root.clientWidth;
    const asked = [room, window.innerHeight, devicePixelRatio, height_km, width_km].join();
    // Resizing a canvas clears it, and a legend that wraps changes the root's size.
    if (!height_km || !room || asked === this.fitted) return;
    this.fitted = asked;
    this.root.classList.toggle("beside", room >= BESIDE_PX);
    const widest = room - AXIS_PX - (room >= BESIDE_PX ? LEGEND_PX : 0);
    const tallest = Math.max(window.innerHeight * WINDOW_SHARE, SMALLEST_PX);
    this.width = Math.floor(Math.min(widest, (tallest * width_km) / height_km));
    this.width = Math.min(Math.max(this.width, SMALLEST_PX), widest);
    this.height = Math.min((this.width * height_km) / width_km, tallest);
    this.height = Math.floor(Math.max(this.height, SMALLEST_PX));
    const { figure, canvas } = this.part;
    Object.assign(figure.style, { width: `${this.width}px`, height: `${this.height}px` });
    canvas.width = this.width * devicePixelRatio;
    canvas.height = this.height * devicePixelRatio;
    this.moveTo(this.chosen.x, this.chosen.y);
    this.paint();
  }

  get kmPerPx() {
    const { height_km, width_km } = this.data.extent;
    return Math.max(width_km / this.width, height_km / this.height) / this.chosen.zoom;
  }

  /** Move a place, in km, to the upper left corner, within the map; centre a smaller map. */
  moveTo(x, y) {
    const { height_km, width_km } = this.data.extent;
    const held = (start, size, seen) =>
      seen >= size ? (size - seen) / 2 : clamp(start, 0, size - seen);
    this.chosen.x = held(x, width_km, this.width * this.kmPerPx);
    this.chosen.y = held(y, height_km, this.height * this.kmPerPx);
    this.part.figure.classList.toggle("zoomed", this.chosen.zoom > 1);
    this.draw();
  }

  /** Zoom by a factor about a place of the figure, in pixels; 0 shows the whole map. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const before = this.kmPerPx;
    const pixels = Math.max(...[...this.pictures.values()].map((each) => each.bitmap?.width ?? 0));
    const largest = Math.max(1, (LARGEST_PIXEL_PX * pixels) / this.width);
    this.chosen.zoom = clamp(this.chosen.zoom * factor, 1, largest);
    const change = before - this.kmPerPx;
    this.moveTo(this.chosen.x + x * change, this.chosen.y + y * change);
  }

  // Drawing ---------------------------------------------------------------------------------

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    if (!this.width) return;
    const { canvas, divider, leftSide, rightSide, share } = this.part;
    const edge = Math.round(canvas.width * this.chosen.share);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    const { maps, morph } = this.data;
    this.paintSide(context, maps[this.shown("left")], 0, edge);
    const right = morph ? this.morph.layers : [[this.shown("right"), 1]];
    for (const [index, share] of right) {
      this.paintSide(context, maps[index], edge, canvas.width, share);
    }
    this.paintGraticule(context);
    // On a polar map, the network's square would lie turned.
    if (morph && !this.data.extent.line_km) {
      this.morph.paintField(context, this.pointer ?? this.middle, this.kmPerPx);
    }
    this.ruler.paint(context, this.chosen, this.kmPerPx);
    share.value = Math.round(this.chosen.share * 100);
    divider.style.left = leftSide.style.width = `${this.chosen.share * 100}%`;
    rightSide.style.width = `${(1 - this.chosen.share) * 100}%`;
    leftSide.hidden = this.chosen.share * this.width < SMALLEST_SIDE_PX;
    rightSide.hidden = (1 - this.chosen.share) * this.width < SMALLEST_SIDE_PX;
    this.paintAxes();
    this.updateReadout();
    const loading = [...this.pictures.values()].some(({ tried }) => !tried);
    this.part.figure.setAttribute("aria-busy", loading);
  }

  get middle() {
    return { x: this.width / 2, y: this.height / 2 };
  }

  paintSide(context, map, from, to, share = 1) {
    context.save();
    context.beginPath();
    context.rect(from, 0, to - from, context.canvas.height);
    context.clip();
    const unit = devicePixelRatio / this.kmPerPx;
    const left = -this.chosen.x * unit, top = -this.chosen.y * unit;
    const width = this.data.extent.width_km * unit, height = this.data.extent.height_km * unit;
    for (const [index, alpha] of layersOf(map, this.chosen.opacity, this.picture)) {
      const bitmap = this.picture(index).bitmap;
      if (!bitmap) continue;
      // Enlarged pixels stay squares; a reduced image is averaged.
      context.imageSmoothingEnabled = width < bitmap.width;
      context.globalAlpha = alpha * share;
      context.drawImage(bitmap, left, top, width, height);
    }
    context.restore();
  }

  paintGraticule(context) {
    const { x: [left, right], y: [top, bottom], graticule } = this.data.extent;
    const unit = devicePixelRatio / this.kmPerPx, lines = new Path2D();
    const [across, down] = [right < left ? -unit : unit, bottom < top ? -unit : unit];
    const { x, y } = this.chosen;
    lines.addPath(new Path2D(graticule), new DOMMatrix(
      [across, 0, 0, down, -left * across - x * unit, -top * down - y * unit]));
    context.strokeStyle = GRATICULE;
    context.lineWidth = devicePixelRatio;
    context.stroke(lines);
  }

  paintAxes() {
    const { extent } = this.data, { width, height, kmPerPx } = this, { x, y } = this.chosen;
    const across = { start: x, px: width, ends: extent.x, kmPerPx };
    const down = { start: y, px: height, ends: extent.y, kmPerPx };
    this.part.samples.replaceChildren(...ticks("left", across, 80));
    this.part.lines.replaceChildren(...ticks("top", down, 60));
    const bar = niceStep((kmPerPx * Math.min(130, width / 3)) / 2);
    this.part.scale.style.width = `${bar / kmPerPx}px`;
    this.part.scale.textContent = `${rounded(bar)} km`;
    const { north } = extent, turned = north && Math.atan2(...north);
    this.part.north.hidden = !north;
    this.part.north.style.transform = `rotate(${turned}rad)`;
  }

  // Reading ---------------------------------------------------------------------------------

  updateReadout() {
    const { height_km, width_km } = this.data.extent;
    const { pointer, kmPerPx } = this;
    const x = pointer && this.chosen.x + pointer.x * kmPerPx;
    const y = pointer && this.chosen.y + pointer.y * kmPerPx;
    const inside = pointer && x >= 0 && y >= 0 && x < width_km && y < height_km;
    this.part.readout.textContent = inside ? this.reading(x, y) : HINT;
  }

  reading(x, y) {
    const { extent, maps } = this.data;
    const km = sceneText(extent, x, y, this.kmPerPx);
    const at = (index) => this.picture(index)?.at(x / extent.width_km, y / extent.height_km);
    const [left, right] = ["left", "right"].map((side) =>
      `${side}: ${meaning(maps[this.shown(side)], this.data, at)}`);
    const note = noteAt(this.data.notes, extent, x, y);
    const field = this.data.morph && !extent.line_km
      ? `square: field of ${this.morph.field_km.toFixed(0)} km` : "";
    return [km, position(extent, x, y), left, right, note, field,
      this.ruler.text]
      .filter(Boolean).join(" · ");
  }

  // Events ----------------------------------------------------------------------------------

  listen() {
    const { left, right, flips, share, opacity, figure } = this.part;
    const on = (target, type, act, passive = true) =>
      target.addEventListener(type, act, { signal: this.abort.signal, passive });
    on(window, "resize", () => this.fit());
    on(left, "change", () => this.choose("left", left.value));
    on(right, "change", () => this.choose("right", right.value));
    on(flips, "click", ({ target }) => target.value && this.flip(target.value));
    on(this.part.steps, "input", () => this.morph.set(+this.part.steps.value));
    on(this.part.steps, "change", () => this.morph.go(this.morph.nearest));
    on(this.part.steps, "keydown", (event) => this.morph.onKey(event), false);
    on(share, "input", () => this.set("share", share.value / 100));
    on(opacity, "input", () => this.set("opacity", opacity.value / 100));
    on(this.root, "keydown", (event) => this.onKey(event), false);
    on(document, "keydown", (event) => this.onDigit(event));
    on(figure, "wheel", (event) => this.onWheel(event), false);
    on(figure, "click", ({ target: { dataset } }) => dataset.zoom && this.zoom(+dataset.zoom));
    on(this.part.ruler, "click", () => this.ruler.toggle());
    on(figure, "pointerdown", (event) => this.onPress(event));
    on(figure, "pointermove", (event) => this.onMove(event));
    on(figure, "pointerleave", (event) => this.onLeave(event));
    for (const end of ["pointerup", "pointercancel"]) on(figure, end, () => { this.drag = null; });
  }

  set(name, value) {
    this.chosen[name] = value;
    this.draw();
  }

  /** Digits flip wherever the focus is, unless something is typed there. */
  onDigit(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    if (event.composedPath()[0].matches?.(TYPED_INTO)) return;
    if (this.data.flips[event.key - 1]) this.flip(event.key - 1);
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target !== this.part.figure) return;
    const { x, y } = this.chosen, step = PAN_SHARE * this.width * this.kmPerPx;
    const acts = {
      "+": () => this.zoom(2), "=": () => this.zoom(2),
      "-": () => this.zoom(0.5), 0: () => this.zoom(0),
      ArrowLeft: () => this.moveTo(x - step, y), ArrowRight: () => this.moveTo(x + step, y),
      ArrowUp: () => this.moveTo(x, y - step), ArrowDown: () => this.moveTo(x, y + step),
    };
    // Arrows scroll the page if there is nothing to pan.
    if (!acts[event.key] || (event.key.startsWith("Arrow") && this.chosen.zoom === 1)) return;
    event.preventDefault();
    acts[event.key]();
  }

  onWheel(event) {
    // Zoomed out all the way, the wheel belongs to the page again.
    if (!event.deltaY || (event.deltaY > 0 && this.chosen.zoom === 1)) return;
    event.preventDefault();
    const { x, y } = this.place(event);
    const turned = event.deltaY * (event.deltaMode ? WHEEL_LINE_PX : 1);
    this.zoom(Math.exp(-clamp(turned, -200, 200) * WHEEL_RATE), x, y);
  }

  place({ clientX, clientY }) {
    const box = this.part.canvas.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  }

  /** The place of the map, in km from its upper left corner, at a place of the figure. */
  ground({ x, y }) {
    return { x: this.chosen.x + x * this.kmPerPx, y: this.chosen.y + y * this.kmPerPx };
  }

  onPress(event) {
    if (event.button || event.target.closest("button")) return;
    this.part.figure.setPointerCapture(event.pointerId);
    const { x, y } = this.chosen, divides = event.target === this.part.divider;
    if (this.ruler.active && !divides) this.ruler.begin(this.ground(this.place(event)));
    this.drag = { from: this.place(event), x, y, divides };
    this.onMove(event);
  }

  onMove(event) {
    this.pointer = this.place(event);
    const { drag, pointer } = this;
    if (drag?.divides) return this.set("share", clamp(pointer.x / this.width, 0, 1));
    if (!drag) return this.data.morph ? this.draw() : this.updateReadout();
    if (this.ruler.active) return this.ruler.end(this.ground(pointer));
    const { x, y } = drag.from, scale = this.kmPerPx;
    this.moveTo(drag.x - (pointer.x - x) * scale, drag.y - (pointer.y - y) * scale);
  }

  onLeave({ pointerType }) {
    // A finger leaves when it is lifted: keep the readout of where it pointed.
    if (pointerType !== "mouse") return;
    this.pointer = null;
    this.draw();
  }
}

/** What the user has chosen so far; the zoom resets when the extent changes. */
function recall({ key, extent, morph }) {
  const ground = [extent.x, extent.y, extent.transposed].join();
  // A slider has the whole map at first.
  const chosen = memory.get(key) ?? { share: morph ? 0 : 0.5, opacity: 1 };
  if (chosen.ground !== ground) Object.assign(chosen, { ground, zoom: 1, x: 0, y: 0 });
  memory.set(key, chosen);
  return chosen;
}
