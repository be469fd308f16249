// A slider that blends the maps at the right into one another, and the field's square over the
// pointer. Part of swipe.js.

const FADE_MS = 350, AT_REST = 1e-3;

class Morph {
  constructor({ steps, stepsLabel }, chosen, onStep) {
    this.slider = steps;
    this.label = stepsLabel;
    this.chosen = chosen;
    this.onStep = onStep;
    this.facts = null;
  }

  update(facts) {
    this.facts = facts;
    this.label.hidden = !facts;
    if (!facts) return;
    this.slider.max = facts.steps.length - 1;
    this.find();
    this.show();
  }

  /** With other steps, stay at the chosen one, if it still exists. */
  find() {
    const labels = this.facts.steps.map(({ label }) => label), all = labels.join("\n");
    if (all === this.labels) return;
    this.labels = all;
    cancelAnimationFrame(this.frame);
    this.target = null;
    this.at = Math.max(labels.indexOf(this.chosen().label), 0);
  }

  /** Place on the slider; between two steps, both are seen. */
  get at() { return this.chosen().step ?? 0; }
  set at(place) { this.chosen().step = place; }

  get nearest() { return Math.round(this.at); }

  get row() {
    const index = this.facts.rows.findIndex(({ title }) => title === this.chosen().row);
    return Math.max(index, 0);
  }

  /** Index of the map that is nearest to the slider's place. */
  get map() { return this.facts.rows[this.row].maps[this.nearest]; }

  /** Indices of the maps that are seen, from bottom to top, with their opacities. */
  get layers() {
    const { maps } = this.facts.rows[this.row], low = Math.floor(this.at);
    const share = this.at - low;
    return share < AT_REST ? [[maps[low], 1]] : [[maps[low], 1], [maps[low + 1], share]];
  }

  get field_km() {
    const { steps } = this.facts, low = Math.floor(this.at), share = this.at - low;
    const next = steps[Math.min(low + 1, steps.length - 1)].field_km;
    return steps[low].field_km * (1 - share) + next * share;
  }

  set(place) {
    cancelAnimationFrame(this.frame);
    this.move(place);
  }

  move(place) {
    const before = this.nearest;
    this.at = clamp(place, 0, this.facts.steps.length - 1);
    this.chosen().label = this.facts.steps[this.nearest].label;
    this.show();
    this.onStep(before !== this.nearest);
  }

  /** Fade to a step. */
  go(step) {
    cancelAnimationFrame(this.frame);
    const from = this.at, to = clamp(step, 0, this.facts.steps.length - 1);
    this.target = to;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.move(to);
    const begun = performance.now();
    const fade = (now) => {
      const share = clamp((now - begun) / FADE_MS, 0, 1);
      this.move(from + (to - from) * share);
      if (share < 1) this.frame = requestAnimationFrame(fade);
    };
    this.frame = requestAnimationFrame(fade);
  }

  onKey(event) {
    const from = this.target ?? this.nearest, last = this.facts.steps.length - 1;
    const steps = { ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1,
      ArrowUp: from + 1, PageDown: from - 1, PageUp: from + 1, Home: 0, End: last };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.go(steps[event.key]);
  }

  show() {
    const { label, field_km } = this.facts.steps[this.nearest];
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", `${label}, field ${field_km.toFixed(0)} km`);
  }

  /** The square that the network sees of a place of the figure, in pixels of the screen. */
  paintField(context, { x, y }, kmPerPx) {
    const side = (this.field_km / kmPerPx) * devicePixelRatio;
    const [left, top] = [x, y].map((each) => each * devicePixelRatio - side / 2);
    context.save();
    for (const [colour, width] of [["#fff", 4], ["#16232e", 1.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = width * devicePixelRatio;
      context.strokeRect(left, top, side, side);
    }
    context.restore();
  }
}
