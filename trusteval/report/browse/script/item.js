"use strict";
// One item opened: what was asked, and what every subject said, how that was read, how votes ended.

const SIGNS = { correct: "✓", wrong: "✗", refused: "–" };
const LEFT_OUT = "left out to keep this page small, see the note above.";
const SHORT = 800; // letters of a prompt that is shown at once; a longer one is opened

class Item {
  constructor(box, { answers, texts, close }) {
    Object.assign(this, { box, answers, texts, close, turn: 0 });
  }

  get title() {
    return this.box.querySelector("h3");
  }

  hide() {
    this.turn += 1;
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  // Show the item of an answer, that answer first; true once it stands there.
  async show(here, against) {
    const turn = (this.turn += 1);
    const { texts, at } = await this.texts.around(here.number, here.item);
    const made = [this.head(here), ...(await this.asked(here, texts, at))];
    for (const [title, answers] of this.groups(here)) {
      if (title && answers.length) made.push(element("h4", {}, title));
      for (const one of answers) made.push(await this.card(one, { texts, at, against }));
    }
    if (turn !== this.turn) return false; // another was opened meanwhile
    this.box.replaceChildren(...made);
    this.box.hidden = false;
    this.box.scrollTop = 0;
    this.box.scrollIntoView({ block: "nearest" });
    return true;
  }

  head({ part, item }) {
    const close = element("button", { type: "button" }, "Close");
    close.addEventListener("click", this.close);
    const { groups, group, target } = part;
    const facts = [["Dimension", part.dimension.replaceAll("_", " ")], ["Right answer", this.word(target[item])]];
    if (groups[group[item]] !== null) facts.push(["Group", groups[group[item]]]);
    return element("header", {},
      element("h3", { id: "answers-item-title", tabindex: "-1" }, this.answers.nameOf(part, item)), close,
      element("dl", {}, ...facts.flatMap(([name, fact]) => [element("dt", {}, name), element("dd", {}, fact)])));
  }

  // The answer that was opened, the members where it is a vote's, and all others.
  groups(here) {
    const all = here.part.given.map((_, place) => this.answers.at(this.answers.rowAt(here.number, here.item, place)));
    const members = here.given.vote?.members ?? [];
    const isMember = (one) => members.includes(this.nameOf(one));
    const others = all.filter((one) => one.row !== here.row);
    return [["", [here]], ["Its members", others.filter(isMember)],
      ["Other subjects", others.filter((one) => !isMember(one))]];
  }

  // The item's own text, and the prompt as the model got it.
  async asked({ part }, { text, prompt }, at) {
    const own = text[at] === null ? paragraph(LEFT_OUT) : textBlock(await this.texts.text(text[at]));
    const made = [element("h4", {}, "Item"), own];
    if (!part.holdsPrompts) return [...made, paragraph("This run holds no prompts, as runs of earlier versions do not.")];
    if (prompt[at] === null) return [...made, paragraph(`The prompt: ${LEFT_OUT}`)];
    const turns = await Promise.all(prompt[at].map(async ([role, pieces]) => [role, await this.texts.text(pieces)]));
    return [...made, this.prompt(turns)];
  }

  // A long prompt is closed until somebody opens it; then all are open.
  prompt(turns) {
    const letters = turns.reduce((sum, [, text]) => sum + text.length, 0);
    const size = `${turns.length} ${turns.length === 1 ? "turn" : "turns"}, ${letters.toLocaleString("en")} characters`;
    const block = element("details", {}, element("summary", {}, `Prompt, as the model got it (${size})`),
      ...turns.map(([role, text]) => element("div", { class: "answers-turn" }, element("b", {}, role), textBlock(text))));
    block.open = this.wantsPrompts ?? letters <= SHORT;
    block.firstChild.addEventListener("click", () => { this.wantsPrompts = !block.open; });
    return block;
  }

  async card(here, { texts, at, against }) {
    const outcome = this.answers.outcomeName(here.row);
    return element("section", { class: "answers-card" },
      element("h5", {}, badge(outcome), ` ${this.nameOf(here)}${this.said(here, outcome)}`),
      ...this.compared(here, against),
      ...(here.given.vote ? this.vote(here) : await this.response(here, texts, at)));
  }

  // Words of an answer that its outcome does not say.
  said({ given, item }, outcome) {
    const { word, kind } = this.answers.index.answers[given.answer[item]];
    return kind === "label" ? ` answered “${word}”` : outcome === "refused" ? " gave no answer" : " gave no valid answer";
  }

  compared(here, against) {
    const flips = this.answers.flips(here, against).map(({ how, called, answer }) =>
      `${how === "lost" ? "Lost" : "Gained"} against ${called}, which answered “${this.word(answer)}”.`);
    const unknown = here.given.references.filter((one) => one.why).map(({ called, why }) => `Not compared with ${called}: ${why}.`);
    return [...flips, ...unknown].map(paragraph);
  }

  // What a variant said, with the words that its reading rests on marked.
  async response({ given, item, part }, { said, cut, read, likely }, at) {
    const who = given.subject;
    if (!given.speaks) return [paragraph("What it said is not recorded.")];
    const made = [];
    const [rule, span] = read[who]?.[at] ?? [null, null];
    const words = span === null ? "" : await this.texts.text(span);
    if (said[who][at] === null) made.push(paragraph(`The response: ${LEFT_OUT}`));
    const text = said[who][at] === null ? "" : await this.texts.text(said[who][at]);
    if (said[who][at] !== null) made.push(textBlock(text, words));
    if (cut[who][at]) made.push(paragraph("Cut off at the token limit."));
    if (rule === null) made.push(paragraph("How it was read is not recorded."));
    else made.push(paragraph(`Read by the rule “${this.answers.index.rules[rule]}”${restsOn(text, words)}.`));
    if (likely[who]) made.push(this.likely(likely[who][at], part.settings[part.setting[item]].labels, given.unknown));
    return made;
  }

  likely(perMille, labels, unknown) {
    const told = labels.map((label, place) => {
      const share = perMille[place];
      return `${label} ${share === null ? "unknown" : share ? `${(share / 10).toFixed(1)} %` : "under 0.1 %"}`;
    });
    const why = perMille.includes(null) ? ` (${unknown.join("; ") || "not recorded"})` : "";
    return paragraph(`Probability of each label at the start: ${told.join(", ")}${why}.`);
  }

  // The ballots, who was dropped and why, the tally, what broke a tie, the decision.
  vote(here) {
    const { vote, answer } = here.given;
    if (vote.why) return [paragraph(`How the vote was taken cannot be shown: ${vote.why}.`)];
    const { ballots, dropped, tally, tie, answer: decided } = this.answers.caseOf(here);
    const rows = vote.members.map((member, place) =>
      element("tr", {}, element("th", { scope: "row" }, member), element("td", {}, this.word(ballots[place])),
        element("td", {}, dropped[place] ? `dropped: ${dropped[place]}` : "admitted")));
    const head = ["Member", "Ballot", "In the vote"].map((name) => element("th", { scope: "col" }, name));
    const counts = tally.map(([said, votes]) => `${this.word(said)} ${votes}`).join(", ");
    const lines = [counts ? `Tally: ${counts}.` : "No ballot was admitted: the vote is what most members gave."];
    if (tie !== null) lines.push(`A tie, broken by ${tie}: of those who gave a leading answer it has the highest precision.`);
    lines.push(`Decision: ${this.word(decided)}.`);
    if (!this.answers.isSame(decided, answer[here.item])) lines.push(`The run recorded another answer: ${this.word(answer[here.item])}.`);
    return [element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)), ...lines.map(paragraph)];
  }

  word(answer) {
    return this.answers.index.answers[answer].word;
  }

  nameOf({ given }) {
    return this.answers.index.subjects[given.subject];
  }
}

function badge(outcome) {
  const name = INVALID.includes(outcome) ? `invalid: ${outcome}` : outcome;
  const kind = INVALID.includes(outcome) ? "invalid" : outcome;
  return element("span", { class: `answers-badge answers-${kind}` },
    element("span", { "aria-hidden": "true" }, `${SIGNS[outcome] ?? "?"} `), name);
}

// How the words that a reading rests on stand in a text.
function restsOn(text, words) {
  if (!words || !text) return "";
  const n = places(text, words).length;
  if (n === 0) return `, from words that the reader writes so: “${words}”`;
  return n === 1 ? ", from the words marked" : `, from words that stand there ${n} times, all marked`;
}
