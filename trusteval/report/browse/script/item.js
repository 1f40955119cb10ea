"use strict";
// One item opened: what was asked, and what every subject answered.

const SHORT = 800; // letters of a prompt that is shown at once; a longer one is opened
const NO_PROMPTS = "This run holds no prompts, as runs of earlier versions do not.";

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
    const card = new Card(this.answers, this.texts, { held: texts, at, against });
    for (const [title, group] of this.groups(here)) {
      if (title && group.length) made.push(element("h4", {}, title));
      for (const one of group) made.push(await card.of(one));
    }
    if (turn !== this.turn) return false; // another was opened meanwhile
    this.box.replaceChildren(...made);
    this.box.hidden = false;
    this.box.scrollTop = 0;
    this.box.scrollIntoView({ block: "nearest" });
    return true;
  }

  head({ part, item }) {
    const title = { id: "answers-item-title", tabindex: "-1" };
    const close = element("button", { type: "button" }, "Close");
    close.addEventListener("click", this.close);
    const right = this.answers.word(part.target[item]);
    const facts = { Dimension: part.dimension, "Right answer": right };
    const group = part.groups[part.group[item]];
    if (group !== null) facts.Group = group;
    const told = Object.entries(facts).flatMap(([name, fact]) => [
      element("dt", {}, name),
      element("dd", {}, fact),
    ]);
    const name = element("h3", title, this.answers.nameOf(part, item));
    return element("header", {}, name, close, element("dl", {}, ...told));
  }

  // The answer that was opened, the members where it is a vote's, and all others.
  groups(here) {
    const others = this.answers.ofItem(here).filter(({ row }) => row !== here.row);
    const members = here.given.vote?.members ?? [];
    const isMember = (one) => members.includes(this.answers.subjectOf(one));
    return [
      ["", [here]],
      ["Its members", others.filter(isMember)],
      ["Other subjects", others.filter((one) => !isMember(one))],
    ];
  }

  // The item's own text, and the prompt as the model got it.
  async asked({ part }, { text, prompt }, at) {
    const own = text[at] === null ? quiet(LEFT_OUT) : textBlock(await this.texts.text(text[at]));
    const made = [element("h4", {}, "Item"), own];
    if (!part.holdsPrompts) return [...made, quiet(NO_PROMPTS)];
    if (prompt[at] === null) return [...made, quiet(`The prompt: ${LEFT_OUT}`)];
    const turns = prompt[at].map(async ([role, pieces]) => [role, await this.texts.text(pieces)]);
    return [...made, this.prompt(await Promise.all(turns))];
  }

  // A long prompt is closed until somebody opens it; then all are open.
  prompt(turns) {
    const letters = turns.reduce((sum, [, text]) => sum + text.length, 0);
    const size = `${counted(turns.length, "turn")}, ${counted(letters, "character")}`;
    const summary = element("summary", {}, `Prompt, as the model got it (${size})`);
    const told = turns.map(([role, text]) =>
      element("div", { class: "answers-turn" }, element("b", {}, role), textBlock(text)),
    );
    const block = element("details", {}, summary, ...told);
    block.open = this.wantsPrompts ?? letters <= SHORT;
    summary.addEventListener("click", () => {
      this.wantsPrompts = !block.open;
    });
    return block;
  }
}
