"use strict";
// Joins filters, list, item and address: the address says what is shown, and the page follows it.

const TYPED = 250; // milliseconds of rest after which what was typed is searched

const byId = (id) => document.getElementById(`answers-${id}`);

class Browser {
  constructor(index) {
    this.answers = new Answers(index);
    this.texts = new Texts(index.chunks);
    this.search = new Search(this.answers, this.texts);
    this.state = Object.fromEntries(NAMES.map((name) => [name, ""]));
    this.rows = [];
    this.found = null;
    this.form = byId("filters");
    this.item = new Item(byId("item"), { answers: this.answers, texts: this.texts, close: () => this.close() });
    this.list = new List(byId("list"), {
      make: (place) => this.row(this.rows[place]),
      open: (place) => this.open(this.rows[place]),
      filled: (rows) => rows.forEach((row) => this.excerpt(row)),
    });
    this.offer();
    this.listen();
    this.follow();
  }

  // -- filters -------------------------------------------------------------------------

  offer() {
    const { index } = this.answers;
    const settings = index.benchmarks.flatMap((part) => part.settings.map(({ name }) => `${part.name}/${name}`));
    const references = index.benchmarks.flatMap((part) => part.given.flatMap((one) => one.references.map(({ name }) => name)));
    const choices = { dimension: index.benchmarks.map((part) => part.dimension), setting: settings,
      benchmark: index.benchmarks.map((part) => part.name), subject: index.subjects,
      against: [...references, ...index.subjects] };
    for (const [name, values] of Object.entries(choices)) {
      const options = [...new Set(values)].map((value) => element("option", { value }, value.replaceAll("_", " ")));
      this.form.elements[name].append(...options);
    }
    if (!this.answers.comparesAny) this.form.elements.against.options[0].text = "no gate compares: choose";
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", (event) => this.choose(event.target));
    this.form.addEventListener("input", ({ target }) => {
      if (target.name !== "search") return;
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.choose(target), TYPED);
    });
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.go({ ...Object.fromEntries(NAMES.map((name) => [name, ""])) });
    });
    for (const box of [this.list.box, this.item.box]) {
      box.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && this.state.item) this.close();
      });
    }
    addEventListener("popstate", () => this.follow());
  }

  choose({ name, value }) {
    clearTimeout(this.typing);
    if (this.state[name] !== value) this.go({ ...this.state, [name]: value });
  }

  // -- what is shown -------------------------------------------------------------------

  go(state) {
    history.pushState(null, "", addressOf(state));
    this.show(state);
  }

  // Show what the address says; an address of another part of the page changes nothing here.
  follow() {
    const state = addressed();
    if (state && location.hash) byId("browser").closest("section").scrollIntoView({ block: "nearest" });
    if (state || !this.found) this.show(state ?? this.state);
  }

  show(state) {
    const before = this.state;
    this.state = state;
    this.unknown = this.fill(state);
    if (state.search !== before.search || !this.found) this.look();
    this.filter();
    if (state.item !== before.item || state.by !== before.by || state.against !== before.against) this.present();
  }

  // Write the state into the form; returns what it has no such choice of.
  fill(state) {
    const controls = [...this.form.elements].filter((control) => control.name);
    for (const control of controls) control.value = state[control.name];
    return controls.filter((control) => control.value !== state[control.name]).map(({ name }) => `${name} ${state[name]}`);
  }

  look() {
    this.found = new Uint8Array(this.answers.count);
    this.search.stop();
    this.share = 1;
    if (!this.state.search) return;
    this.share = 0;
    this.search.run(this.state.search, (marks, share) => {
      Object.assign(this, { found: marks, share });
      this.filter();
    }).catch(fail);
  }

  filter() {
    this.rows = this.answers.chosen(this.state, this.found);
    const opened = this.opened();
    this.list.show(this.rows.length, opened ? this.rows.indexOf(opened.row) : -1);
    byId("progress").hidden = this.share === 1;
    byId("progress").value = this.share;
    byId("count").textContent = this.count();
  }

  count() {
    const [n, all] = [this.rows.length, this.answers.count].map((number) => number.toLocaleString("en"));
    const said = [`${n} of ${all} answers`];
    if (this.share < 1) said.push(`searched ${Math.floor(100 * this.share)} % of the texts so far`);
    else if (this.state.search && this.answers.index.isShort) said.push("texts that are left out were not searched");
    if (this.state.flip && !this.state.against && !this.answers.comparesAny) said.push("no gate of this run compares subjects: choose against whom");
    if (this.unknown.length) said.push(`this run has no ${this.unknown.join(", no ")}`);
    return `${said.join("; ")}.`;
  }

  row(row) {
    const here = this.answers.at(row);
    const { part, item, given } = here;
    const { index } = this.answers;
    const { word, kind } = index.answers[given.answer[item]];
    const decided = this.answers.caseOf(here);
    const signs = this.answers.flips(here, this.state.against).map(({ how, called }) => `${how} against ${called}`);
    if (decided?.tie) signs.push("tie");
    else if (decided?.disagrees) signs.push("members disagree");
    const said = kind === "label" ? `“${word}”, right is “${index.answers[part.target[item]].word}”` : `right is “${index.answers[part.target[item]].word}”`;
    const lines = [
      [badge(this.answers.outcomeName(row)), element("b", {}, index.subjects[given.subject]), element("span", {}, this.answers.nameOf(part, item))],
      [element("span", {}, said), element("i", {}, signs.join(", "))],
      [""],
    ];
    const made = element("div", { role: "option", class: "answers-row" }, ...lines.map((line) => element("div", {}, ...line)));
    made.dataset.row = row;
    return made;
  }

  // Put the beginning of an item's text into its row.
  async excerpt(made) {
    const { number, item } = this.answers.at(Number(made.dataset.row));
    const { texts, at } = await this.texts.around(number, item);
    const text = texts.text[at] === null ? `Its text: ${LEFT_OUT}` : await this.texts.text(texts.text[at]);
    made.lastChild.textContent = text.slice(0, 300);
  }

  // -- the item ------------------------------------------------------------------------

  open(row) {
    this.isAsked = true; // so that the focus goes there, as it does not when a link is followed
    const here = this.answers.at(row);
    const by = this.answers.index.subjects[here.given.subject];
    this.go({ ...this.state, item: this.answers.nameOf(here.part, here.item), by: by === this.state.subject ? "" : by });
  }

  // The answer that is open, as the address names it.
  opened() {
    const found = this.state.item ? this.answers.find(this.state.item) : null;
    return found && this.answers.at(this.answers.rowOf(found.number, found.item, this.state.by || this.state.subject));
  }

  present() {
    const here = this.opened();
    if (!here) {
      if (this.state.item) this.unknown.push(`item ${this.state.item}`);
      byId("count").textContent = this.count();
      this.item.hide();
      return;
    }
    this.item.show(here, this.state.against).then((isShown) => isShown && this.isAsked && this.item.title.focus()).catch(fail);
  }

  close() {
    const row = this.opened()?.row;
    this.go({ ...this.state, item: "", by: "" });
    this.list.show(this.rows.length, this.rows.indexOf(row));
    this.list.box.focus();
  }
}

function fail(error) {
  byId("needs").hidden = false;
  byId("needs").textContent = `The answers cannot be shown here (${error}); they are in answers.json.gz beside this report.`;
}

async function start() {
  if (!("DecompressionStream" in window)) return; // the page says what is needed
  const index = await unpacked("answers-index");
  byId("needs").hidden = true;
  byId("browser").hidden = false;
  new Browser(index);
}

start().catch(fail);
