// A ruler on the map, between two places that a drag gives. Part of swipe.js.

const RULER = "#c6007e";

class Ruler {
  constructor(button, onChange) {
    this.button = button;
    this.onChange = onChange;
    this.ends = null;
  }

  get active() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  /** Measure with the next drags, or pan again; the line goes with the ruler. */
  toggle() {
    this.button.setAttribute("aria-pressed", !this.active);
    this.clear();
    this.onChange();
  }

  clear() {
    this.ends = null;
  }

  begin(place) {
    this.ends = [place, place];
    this.onChange();
  }

  end(place) {
    this.ends = [this.ends?.[0] ?? place, place];
    this.onChange();
  }

  get km() {
    if (!this.ends) return 0;
    const [from, to] = this.ends;
    return Math.hypot(to.x - from.x, to.y - from.y);
  }

  get text() {
    return this.km ? `ruler ${this.km.toFixed(1)} km` : "";
  }

  paint(context, { x, y }, kmPerPx) {
    if (!this.km) return;
    const unit = devicePixelRatio / kmPerPx;
    const [from, to] = this.ends.map((end) => [(end.x - x) * unit, (end.y - y) * unit]);
    const line = new Path2D();
    line.moveTo(...from);
    line.lineTo(...to);
    context.save();
    context.lineCap = "round";
    outlined(context, (width) => { context.lineWidth = width; context.stroke(line); });
    context.font = `bold ${14 * devicePixelRatio}px sans-serif`;
    const middle = [(from[0] + to[0]) / 2 + 6 * devicePixelRatio,
      (from[1] + to[1]) / 2 - 6 * devicePixelRatio];
    const text = `${this.km.toFixed(1)} km`;
    context.lineWidth = 3 * devicePixelRatio;
    context.strokeStyle = "#fff";
    context.strokeText(text, ...middle);
    context.fillStyle = RULER;
    context.fillText(text, ...middle);
    context.restore();
  }
}

/** Draw something twice, so that it is seen on light and on dark. */
function outlined(context, stroke) {
  for (const [colour, width] of [["#fff", 5], [RULER, 2.5]]) {
    context.strokeStyle = colour;
    stroke(width * devicePixelRatio);
  }
}
