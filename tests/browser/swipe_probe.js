// Looks into the swipe viewer from within the page; test_swipe.py puts it into every page.

const frame = () => new Promise(requestAnimationFrame);
const made = { bitmaps: [], signals: [] };

// Note what must not pile up.
const create = window.createImageBitmap;
window.createImageBitmap = async (...given) => {
  const bitmap = await create(...given);
  made.bitmaps.push(bitmap);
  return bitmap;
};
const listen = window.addEventListener;
window.addEventListener = function (type, act, options) {
  if (type === "resize" && options?.signal) made.signals.push(options.signal);
  return listen.call(window, type, act, options);
};

function rgba(figure, across, down) {
  const canvas = figure.querySelector("canvas");
  const place = [canvas.width * across, canvas.height * down];
  return [...canvas.getContext("2d").getImageData(...place, 1, 1).data];
}

window.probe = {
  /** Bitmaps and viewers' listeners that are still held; a closed bitmap has no width. */
  alive: () => [
    made.bitmaps.filter((bitmap) => bitmap.width).length,
    made.signals.filter((signal) => !signal.aborted).length,
  ],

  /** RGBA of the map, once drawn, at shares of its sides. */
  async pixel(figure, across, down) {
    await frame();
    await frame();
    return rgba(figure, across, down);
  },

  /** Press keys: milliseconds from each to the frame that shows other pixels at the right. */
  async flips(figure, keys) {
    const times = [];
    for (const key of keys) {
      const before = rgba(figure, 0.9, 0.5).join(), start = performance.now();
      figure.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
      do await frame();
      while (rgba(figure, 0.9, 0.5).join() === before && performance.now() - start < 2000);
      times.push(performance.now() - start);
    }
    return times;
  },

  /** Outline and name of what has the focus. */
  focused() {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const name = at.ariaLabel ?? at.labels?.[0]?.innerText ?? at.innerText;
    return [getComputedStyle(at).outlineStyle, name.trim()];
  },
};
