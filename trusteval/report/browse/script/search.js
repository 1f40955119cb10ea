"use strict";
// Finds words in prompts and responses, chunk after chunk, so that the page stays usable.

const PAUSE = 120; // milliseconds between two looks at what was found so far

class Search {
  constructor(answers, texts) {
    this.answers = answers;
    this.texts = texts;
    this.turn = 0;
  }

  // Mark the rows whose item, prompt or response has the words, whatever their case. Calls `tell`
  // with the marks and the share that is done; ends early when another search begins.
  async run(words, tell) {
    const turn = (this.turn += 1);
    const marks = new Uint8Array(this.answers.count);
    const hits = new Set(); // numbers of pieces; one is first met before any text that has it
    const wanted = words.toLowerCase();
    let told = performance.now();
    for (const [number, start] of this.texts.starts.entries()) {
      const chunk = await unpacked(`answers-texts-${number}`);
      if (turn !== this.turn) return;
      chunk.pieces.forEach((piece, place) => {
        if (piece.toLowerCase().includes(wanted)) hits.add(start.piece + place);
      });
      if (hits.size) this.mark(marks, start, chunk, hits);
      if (performance.now() - told > PAUSE) {
        tell(marks, (number + 1) / this.texts.starts.length);
        told = performance.now();
      }
    }
    tell(marks, 1);
  }

  stop() {
    this.turn += 1;
  }

  mark(marks, start, chunk, hits) {
    const has = (pieces) => pieces !== null && [pieces].flat().some((piece) => hits.has(piece));
    const part = this.answers.index.benchmarks[start.benchmark];
    chunk.text.forEach((text, place) => {
      const asked = has(text) || (chunk.prompt[place] ?? []).some(([, pieces]) => has(pieces));
      part.given.forEach(({ subject }, nth) => {
        const said = chunk.said[subject]?.[place] ?? null;
        const row = this.answers.rowAt(start.benchmark, start.item + place, nth);
        if (asked || has(said)) marks[row] = 1;
      });
    });
  }
}
