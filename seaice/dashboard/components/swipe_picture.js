// Images of the maps, to draw and to read. Part of swipe.js.

/** An image: a bitmap that is ready to draw, and its palette indices for the readout. */
class Picture {
  constructor(uri, onReady) {
    this.bytes = Uint8Array.from(atob(uri.slice(uri.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    const alphas = chunksOf(this.bytes).tRNS[0] ?? [];
    this.translucent = alphas.some((alpha) => alpha > 0 && alpha < 255);
    this.onReady = onReady;
    this.decode().catch(console.warn).finally(() => {
      this.tried = true;
      this.settle();
    });
  }

  /** Decode before the image is first shown, so that a flip only has to draw. */
  async decode() {
    this.bitmap = await createImageBitmap(new Blob([this.bytes], { type: "image/png" }));
  }

  settle() {
    if (this.closed) this.bitmap?.close();
    else this.onReady();
  }

  close() {
    this.closed = true;
    this.bitmap?.close();
  }

  /** Read the indices: colours are ambiguous, as a radar image can have the colour of land. */
  read() {
    this.reading ??= readIndexed(this.bytes)
      .then((pixels) => { this.pixels = pixels; })
      .catch(console.warn)
      .finally(() => this.settle());
  }

  /** Index, colour and alpha at a place, given as fractions of the sides; null until read. */
  at(x, y) {
    this.read();
    if (!this.pixels) return null;
    const { width, height, indices, colours, alphas } = this.pixels;
    const index = indices[Math.floor(y * height) * width + Math.floor(x * width)];
    const colour = colours.subarray(index * 3, index * 3 + 3);
    return { index, colour, alpha: alphas[index] ?? 255 };
  }
}

/** Image indices of a map from bottom to top, with their opacities. */
function layersOf({ layers, base }, opacity, picture) {
  const below = layers.slice(0, -1);
  const shows = opacity < 1 || picture(layers.at(-1))?.translucent;
  if (base !== null && shows) below.unshift(base);
  // Without anything below, an image would only fade into the page.
  const top = layers.slice(-1).map((index) => [index, below.length || base !== null ? opacity : 1]);
  return [...below.map((index) => [index, 1]), ...top];
}

/** Palette indices of a PNG as png.py writes it. */
async function readIndexed(bytes) {
  const data = new DataView(bytes.buffer), chunks = chunksOf(bytes);
  const width = data.getUint32(16), height = data.getUint32(20);
  const packed = new Blob(chunks.IDAT).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(packed).arrayBuffer());
  const indices = new Uint8Array(width * height);
  // 8 bits, a palette, no interlace, no line filter.
  const plain = bytes[24] === 8 && bytes[25] === 3 && bytes[28] === 0;
  for (let line = 0, at = 0; line < height; line++, at += width + 1) {
    if (!plain || raw[at]) throw new Error("This PNG cannot be read below the pointer.");
    indices.set(raw.subarray(at + 1, at + 1 + width), line * width);
  }
  return { width, height, indices, colours: chunks.PLTE[0], alphas: chunks.tRNS[0] ?? [] };
}

function chunksOf(bytes) {
  const data = new DataView(bytes.buffer), chunks = { PLTE: [], tRNS: [], IDAT: [] };
  for (let at = 8; at < bytes.length; at += data.getUint32(at) + 12) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks[type]?.push(bytes.subarray(at + 8, at + 8 + data.getUint32(at)));
  }
  return chunks;
}

const same = (colour, other) => colour.every((each, place) => each === other[place]);
