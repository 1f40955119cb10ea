"use strict";
// What the page holds of texts: JSON, gzipped, in base64, unpacked when somebody looks.

const MOST_KEPT = 24; // chunks in memory, of some 0.3 MB each
const BETWEEN_PIECES = "\n\n";

async function unpacked(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(inflated).json();
}

// The chunks of texts. Each says where it begins: at which item of which benchmark, and with which
// piece; a text is one piece, or a list of them.
class Texts {
  constructor(starts) {
    this.starts = starts;
    this.kept = new Map();
  }

  chunk(number) {
    const chunk = this.kept.get(number) ?? unpacked(`answers-texts-${number}`);
    this.kept.delete(number); // so that the one asked for last stands last
    this.kept.set(number, chunk);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    return chunk;
  }

  // The texts of an item's chunk, and the item's place in them.
  async around(benchmark, item) {
    const number = this.starts.findLastIndex(
      (start) => start.benchmark === benchmark && start.item <= item,
    );
    return { texts: await this.chunk(number), at: item - this.starts[number].item };
  }

  async text(pieces) {
    const texts = await Promise.all([pieces].flat().map((piece) => this.piece(piece)));
    return texts.join(BETWEEN_PIECES);
  }

  async piece(number) {
    const at = this.starts.findLastIndex((start) => start.piece <= number);
    return (await this.chunk(at)).pieces[number - this.starts[at].piece];
  }
}
