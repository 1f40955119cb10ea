"use strict";
// Every answer as a row of numbers, and which rows a choice of filters leaves.

const INVALID = ["empty", "unparseable", "contradictory", "truncated"];
const OUTCOMES = ["correct", "wrong", "refused", ...INVALID];

class Answers {
  constructor(index) {
    this.index = index;
    this.firsts = [];
    this.count = 0;
    for (const part of index.benchmarks) {
      this.firsts.push(this.count);
      this.count += part.ids.length * part.given.length;
    }
    this.outcome = new Uint8Array(this.count);
    this.subject = new Uint16Array(this.count);
    index.benchmarks.forEach((part, number) => this.fill(part, this.firsts[number]));
    const all = index.benchmarks.flatMap((part) => part.given);
    this.comparesAny = all.some((given) => given.references.length > 0);
  }

  // Rows stand by benchmark, item and subject.
  fill(part, first) {
    const n = part.given.length;
    part.given.forEach((given, place) => {
      given.answer.forEach((answer, item) => {
        const row = first + item * n + place;
        this.subject[row] = given.subject;
        this.outcome[row] = OUTCOMES.indexOf(this.outcomeOf(answer, part, item));
      });
    });
  }

  // A refusal is right where an item is to be declined, and so is what counts as one.
  outcomeOf(answer, part, item) {
    const { kind } = this.index.answers[answer];
    const standsFor = this.index.answers[part.rightFor[answer] ?? answer];
    const isTarget = standsFor.label === this.index.answers[part.target[item]].label;
    if (standsFor.kind === "label" && isTarget) return "correct";
    return kind === "label" ? "wrong" : kind;
  }

  // Where a row belongs: the benchmark's number and columns, the item, and who gave the answer.
  at(row) {
    const number = this.firsts.findLastIndex((first) => first <= row);
    const part = this.index.benchmarks[number];
    const within = row - this.firsts[number];
    const item = Math.floor(within / part.given.length);
    return { row, number, part, item, given: part.given[within % part.given.length] };
  }

  rowAt(number, item, place) {
    return this.firsts[number] + item * this.index.benchmarks[number].given.length + place;
  }

  // The row of a subject's answer, of the first one where it gave none or is not named.
  rowOf(number, item, subject) {
    const { given } = this.index.benchmarks[number];
    const place = given.findIndex((one) => this.index.subjects[one.subject] === subject);
    return this.rowAt(number, item, Math.max(place, 0));
  }

  outcomeName(row) {
    return OUTCOMES[this.outcome[row]];
  }

  // Whether two answers say the same; one that was read although contradictory says its label.
  isSame(one, other) {
    const [{ kind, label }, its] = [this.index.answers[one], this.index.answers[other]];
    return kind === its.kind && label === its.label;
  }

  settingOf(part, item) {
    return `${part.name}/${part.settings[part.setting[item]].name}`;
  }

  nameOf(part, item) {
    return `${this.settingOf(part, item)}/${part.ids[item]}`;
  }

  // Which benchmark and item a name such as ethics/few_shot/17 means.
  find(name) {
    for (const [number, part] of this.index.benchmarks.entries()) {
      if (!name.startsWith(`${part.name}/`)) continue;
      const item = part.ids.findIndex((_, place) => this.nameOf(part, place) === name);
      if (item >= 0) return { number, item };
    }
    return null;
  }

  // All answers to the item of one.
  ofItem({ number, item, part }) {
    return part.given.map((_, place) => this.at(this.rowAt(number, item, place)));
  }

  subjectOf({ given }) {
    return this.index.subjects[given.subject];
  }

  word(answer) {
    return this.index.answers[answer].word;
  }

  isLabel(answer) {
    return this.index.answers[answer].kind === "label";
  }

  // What an answer is compared with: by name another subject or a gate's reference, else those of
  // all its gates.
  references(part, given, against) {
    if (!against) return given.references;
    const named = given.references.filter((one) => one.name === against);
    if (named.length) return named;
    return part.given
      .filter((one) => this.index.subjects[one.subject] === against && one !== given)
      .map((one) => ({ name: against, called: against, answer: one.answer }));
  }

  // How an answer flipped: "lost" or "gained", against whom, and what that one answered.
  flips({ part, item, given }, against) {
    const isRight = (answer) => this.outcomeOf(answer, part, item) === "correct";
    const here = isRight(given.answer[item]);
    const how = here ? "gained" : "lost";
    return this.references(part, given, against)
      .filter((one) => one.answer && isRight(one.answer[item]) !== here)
      .map((one) => ({ how, called: one.called, answer: one.answer[item] }));
  }

  // The case of a vote: ballots, tally, decision. None where no vote gave the answer.
  caseOf({ item, given }) {
    return given.vote?.cases ? given.vote.cases[given.vote.case[item]] : null;
  }

  // The rows that the filters leave, in the order asked for; `found` marks those a search found.
  chosen(state, found) {
    const tests = Object.entries(this.tests(state, found))
      .filter(([name]) => state[name])
      .map(([, holds]) => holds);
    const rows = [];
    for (let row = 0; row < this.count; row += 1) {
      const here = this.at(row);
      if (tests.every((holds) => holds(here))) rows.push(row);
    }
    const key = { subject: this.subject, outcome: this.outcome }[state.sort];
    return key ? rows.sort((one, other) => key[one] - key[other] || one - other) : rows;
  }

  tests(state, found) {
    const { index, outcome } = this;
    const outcomes = state.outcome === "invalid" ? INVALID : [state.outcome];
    return {
      dimension: ({ part }) => part.dimension === state.dimension,
      benchmark: ({ part }) => part.name === state.benchmark,
      setting: ({ part, item }) => this.settingOf(part, item) === state.setting,
      subject: (here) => this.subjectOf(here) === state.subject,
      outcome: ({ row, given, item }) =>
        state.outcome === "read"
          ? index.answers[given.answer[item]].contradictory
          : outcomes.includes(OUTCOMES[outcome[row]]),
      flip: (here) => this.flips(here, state.against).some(({ how }) => how === state.flip),
      vote: (here) => isVote(this.caseOf(here), state.vote),
      search: ({ row }) => found[row] === 1,
    };
  }
}

function isVote(decided, which) {
  if (!decided) return false;
  if (which === "tie") return decided.tie !== null;
  return decided.disagrees === (which === "disagree");
}
