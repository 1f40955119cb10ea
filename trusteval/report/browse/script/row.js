"use strict";
// One answer in the list: three lines, the last of which waits until its text is unpacked.

const SIGNS = { correct: "✓", wrong: "✗", refused: "–" };
const LEFT_OUT = "left out to keep this page small, see the note above.";
const EXCERPT = 300; // letters; a line on a wide screen has no more

function rowOf(here, answers, against) {
  const { row, part, item } = here;
  const lines = [
    [
      badge(answers.outcomeName(row)),
      element("b", {}, answers.subjectOf(here)),
      element("span", {}, saidIn(here, answers)),
    ],
    [
      element("span", { class: "answers-name" }, answers.nameOf(part, item)),
      element("i", {}, marksOf(here, answers, against).join(", ")),
    ],
    [""],
  ].map((line) => element("div", {}, ...line));
  const made = element("div", { role: "option", class: "answers-row" }, ...lines);
  made.dataset.row = row;
  return made;
}

function badge(outcome) {
  const isInvalid = INVALID.includes(outcome);
  const sign = element("span", { "aria-hidden": "true" }, `${SIGNS[outcome] ?? "?"} `);
  const kind = `answers-badge answers-${isInvalid ? "invalid" : outcome}`;
  return element("span", { class: kind }, sign, isInvalid ? `invalid: ${outcome}` : outcome);
}

// The answer where it is a label, and the right one.
function saidIn({ part, item, given }, answers) {
  const right = `right is “${answers.word(part.target[item])}”`;
  const answer = given.answer[item];
  return answers.isLabel(answer) ? `“${answers.word(answer)}”, ${right}` : right;
}

// What sets an answer apart: how it flipped, how its vote went.
function marksOf(here, answers, against) {
  const marks = answers.flips(here, against).map(({ how, called }) => `${how} against ${called}`);
  const decided = answers.caseOf(here);
  if (decided?.tie) marks.push("tie");
  else if (decided?.disagrees) marks.push("members disagree");
  return marks;
}

// Put the beginning of an item's text into its row.
async function fillExcerpt(made, answers, texts) {
  const { number, item } = answers.at(Number(made.dataset.row));
  const { texts: held, at } = await texts.around(number, item);
  const own = held.text[at];
  const text = own === null ? `Its text: ${LEFT_OUT}` : await texts.text(own);
  made.lastChild.textContent = text.slice(0, EXCERPT);
}
