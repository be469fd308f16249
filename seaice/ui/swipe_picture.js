// Images of the maps: to be drawn, and to be read. Part of swipe.js.

/** An image: a bitmap that is ready to be drawn, and its palette indices for the pointer. */
class Picture {
  constructor(uri, onReady) {
    this.bytes = Uint8Array.from(atob(uri.slice(uri.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    this.onReady = onReady;
    createImageBitmap(new Blob([this.bytes], { type: "image/png" })).then((bitmap) => {
      if (this.closed) return bitmap.close();
      this.bitmap = bitmap;
      onReady();
    }, console.warn);
  }

  close() {
    this.closed = true;
    this.bitmap?.close();
  }

  /** Colours are no key to what they mean (a radar image has the grey of land): indices are. */
  read() {
    this.reading ??= readIndexed(this.bytes).then((pixels) => {
      this.pixels = pixels;
      if (!this.closed) this.onReady();
    }, console.warn);
  }

  /** Index, colour and alpha at a place, given as shares of the sides; null until read. */
  at(x, y) {
    this.read();
    if (!this.pixels) return null;
    const { width, height, indices, colours, alphas } = this.pixels;
    const index = indices[Math.floor(y * height) * width + Math.floor(x * width)];
    const colour = colours.subarray(index * 3, index * 3 + 3);
    return { index, colour, alpha: alphas[index] ?? 255 };
  }
}

/** Image indices of a view from bottom to top, with their opacities. */
function layersOf({ layers, base }, opacity) {
  const below = layers.slice(0, -1);
  if (base !== null && opacity < 1) below.unshift(base);
  // An image with nothing below it would only fade into the page.
  const top = layers.slice(-1).map((index) => [index, below.length || base !== null ? opacity : 1]);
  return [...below.map((index) => [index, 1]), ...top];
}

/** A palette PNG of 8 bits without interlace, as png.py writes it, without its colours applied. */
async function readIndexed(bytes) {
  const data = new DataView(bytes.buffer);
  const chunks = { PLTE: [], tRNS: [], IDAT: [] };
  for (let at = 8; at < bytes.length; at += data.getUint32(at) + 12) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks[type]?.push(bytes.subarray(at + 8, at + 8 + data.getUint32(at)));
  }
  const width = data.getUint32(16), height = data.getUint32(20);
  if (bytes[24] !== 8 || bytes[25] !== 3 || bytes[28]) throw new Error("Not a palette PNG");
  const packed = new Blob(chunks.IDAT).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(packed).arrayBuffer());
  const indices = unfiltered(raw, width, height);
  return { width, height, indices, colours: chunks.PLTE[0], alphas: chunks.tRNS[0] ?? [] };
}

const PNG_FILTERS = [
  () => 0, (left) => left, (left, up) => up, (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
    return a <= b && a <= c ? left : b <= c ? up : corner;
  },
];

function unfiltered(raw, width, height) {
  const out = new Uint8Array(width * height);
  for (let line = 0, at = 0; line < height; line++) {
    const start = line * (width + 1), guess = PNG_FILTERS[raw[start]];
    for (let x = 0; x < width; x++, at++) {
      const left = x ? out[at - 1] : 0, up = line ? out[at - width] : 0;
      out[at] = raw[start + 1 + x] + guess(left, up, x && line ? out[at - width - 1] : 0);
    }
  }
  return out;
}

const same = (colour, other) => colour.every((each, place) => each === other[place]);
