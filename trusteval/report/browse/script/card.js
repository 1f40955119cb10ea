"use strict";
// What one subject answered to an item: what it said, how that was read, or how it was voted.

class Card {
  // `held` are the texts of the item's chunk, `at` its place in them.
  constructor(answers, texts, { held, at, against }) {
    Object.assign(this, { answers, texts, held, at, against });
  }

  async of(here) {
    const head = element("h5", {}, badge(this.answers.outcomeName(here.row)), this.headline(here));
    const body = here.given.vote ? this.vote(here) : await this.response(here);
    return element("section", { class: "answers-card" }, head, ...this.compared(here), ...body);
  }

  headline(here) {
    const answer = here.given.answer[here.item];
    const word = this.answers.word(answer);
    const said = this.answers.isLabel(answer) ? `answered “${word}”` : "gave no valid answer";
    return ` ${this.answers.subjectOf(here)} ${word === "refused" ? "declined" : said}`;
  }

  compared(here) {
    const flips = this.answers.flips(here, this.against).map(({ how, called, answer }) => {
      const word = this.answers.word(answer);
      return `${how === "lost" ? "Lost" : "Gained"} against ${called}, which answered “${word}”.`;
    });
    const missing = here.given.references
      .filter(({ why }) => why)
      .map(({ called, why }) => `Not compared with ${called}: ${why}.`);
    return [...flips, ...missing].map(quiet);
  }

  // What a variant said, with the words that its reading rests on marked.
  async response({ given, item, part }) {
    const who = given.subject;
    if (!given.speaks) return [quiet("What it said is not recorded.")];
    const said = this.held.said[who][this.at];
    const text = said === null ? null : await this.texts.text(said);
    const [rule, span] = this.held.read[who][this.at] ?? [null, null];
    const words = span === null ? "" : await this.texts.text(span);
    const made = [text === null ? quiet(`The response: ${LEFT_OUT}`) : textBlock(text, words)];
    if (this.held.cut[who][this.at]) made.push(quiet("Cut off at the token limit."));
    made.push(quiet(this.reading(rule, text, words)));
    if (this.held.likely[who]) {
      const { labels } = part.settings[part.setting[item]];
      made.push(quiet(likely(this.held.likely[who][this.at], labels, given.unknown)));
    }
    return made;
  }

  reading(rule, text, words) {
    if (rule === null) return "How it was read is not recorded.";
    const named = `Read by the rule “${this.answers.index.rules[rule]}”`;
    return `${named}${text && words ? restsOn(text, words) : ""}.`;
  }

  // The ballots, who was dropped and why, the tally, what broke a tie, the decision.
  vote(here) {
    const { vote, answer } = here.given;
    if (vote.why) return [quiet(`How the vote was taken cannot be shown: ${vote.why}.`)];
    const decided = this.answers.caseOf(here);
    const lines = [this.tally(decided)];
    if (decided.tie !== null) {
      const why = "of those who gave a leading answer it has the highest precision";
      lines.push(`A tie, broken by ${decided.tie}: ${why}.`);
    }
    lines.push(`Decision: ${this.answers.word(decided.answer)}.`);
    if (!this.answers.isSame(decided.answer, answer[here.item])) {
      lines.push(`The run recorded another answer: ${this.answers.word(answer[here.item])}.`);
    }
    return [this.ballots(vote.members, decided), ...lines.map(quiet)];
  }

  ballots(members, { ballots, dropped }) {
    const column = (name) => element("th", { scope: "col" }, name);
    const head = element("tr", {}, ...["Member", "Ballot", "In the vote"].map(column));
    const rows = members.map((member, place) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, member),
        element("td", {}, this.answers.word(ballots[place])),
        element("td", {}, dropped[place] ? `dropped: ${dropped[place]}` : "admitted"),
      ),
    );
    return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  }

  tally({ tally }) {
    if (!tally.length) return "No ballot was admitted: the vote is what most members gave.";
    const counts = tally.map(([answer, votes]) => `${this.answers.word(answer)} ${votes}`);
    return `Tally: ${counts.join(", ")}.`;
  }
}

// How likely each label was, told per mille; null is unknown.
function likely(perMille, labels, unknown) {
  const shares = perMille.map((share) => {
    if (share === null) return "unknown";
    return share ? `${(share / 10).toFixed(1)} %` : "under 0.1 %";
  });
  const told = labels.map((label, place) => `${label} ${shares[place]}`).join(", ");
  const why = perMille.includes(null) ? ` (${unknown.join("; ") || "not recorded"})` : "";
  return `Probability of each label at the start: ${told}${why}.`;
}

// How the words that a reading rests on stand in a text.
function restsOn(text, words) {
  const n = places(text, words).length;
  if (n === 0) return `, from words that the reader writes so: “${words}”`;
  if (n === 1) return ", from the words marked";
  return `, from words that stand there ${n} times, all marked`;
}
