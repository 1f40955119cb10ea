"use strict";
// Makes elements. Texts become text nodes, whatever they hold: nothing is ever parsed.

const MOST_LETTERS = 20_000; // shown at once; a page with megabytes of text is slow

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function paragraph(text) {
  return element("p", { class: "answers-quiet" }, text);
}

// A long text with its line ends, of which the first part is shown until more is asked for.
function textBlock(text, words = "") {
  const block = element("pre", { class: "answers-text" }, ...marked(text.slice(0, MOST_LETTERS), words));
  if (!text) block.append(element("i", {}, "(empty)"));
  if (text.length <= MOST_LETTERS) return block;
  const label = `Show all ${text.length.toLocaleString("en")} characters`;
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

// Where words stand: as they are and by themselves, else in any case, else within others. The reader
// writes one space where the text may have line ends.
function places(text, words) {
  if (!words) return [];
  const pattern = words.split(/\s+/u).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")).join("\\s+");
  const alone = `(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`;
  for (const [source, flags] of [[alone, "gu"], [alone, "giu"], [pattern, "giu"]]) {
    const found = [...text.matchAll(new RegExp(source, flags))];
    if (found.length) return found;
  }
  return [];
}
