"use strict";
// Makes elements. Texts become text nodes, whatever they hold: nothing is ever parsed.

const MOST_LETTERS = 20_000; // shown at once; a page with megabytes of text is slow

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function quiet(text) {
  return element("p", { class: "answers-quiet" }, text);
}

function counted(n, noun) {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

// A long text with its line ends, of which the first part is shown until more is asked for.
function textBlock(text, words = "") {
  const shown = marked(text.slice(0, MOST_LETTERS), words);
  const block = element("pre", { class: "answers-text" }, ...shown);
  if (!text) block.append(element("i", {}, "(empty)"));
  if (text.length <= MOST_LETTERS) return block;
  const label = `Show all ${counted(text.length, "character")}`;
  const more = element("button", { type: "button" }, label);
  more.addEventListener("click", () => {
    block.replaceChildren(...marked(text, words));
    more.remove();
  });
  return element("div", {}, block, more);
}

// Cut a text where words stand in it, and mark them.
function marked(text, words) {
  const parts = [];
  let end = 0;
  for (const found of places(text, words)) {
    parts.push(text.slice(end, found.index), element("mark", {}, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

// Where words stand: as they are and by themselves, else in any case, else within others.
function places(text, words) {
  if (!words) return [];
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
  const anyhow = escaped.replace(/\s+/gu, "\\s+"); // the reader writes one space for line ends too
  const alone = `(?<![\\p{L}\\p{N}])(?:${anyhow})(?![\\p{L}\\p{N}])`;
  for (const pattern of [RegExp(alone, "gu"), RegExp(alone, "giu"), RegExp(anyhow, "giu")]) {
    const found = [...text.matchAll(pattern)];
    if (found.length) return found;
  }
  return [];
}
