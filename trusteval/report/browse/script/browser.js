"use strict";
// Joins filters, list, item and address: the address says what is shown, and the page follows it.

const NOTHING = Object.fromEntries(NAMES.map((name) => [name, ""]));
const UNSEARCHED = "texts that are left out were not searched";
const UNCOMPARED = "no gate compares subjects: choose a reference";

const byId = (id) => document.getElementById(`answers-${id}`);

class Browser {
  constructor(index) {
    this.answers = new Answers(index);
    this.texts = new Texts(index.chunks);
    this.search = new Search(this.answers, this.texts);
    this.state = NOTHING;
    this.rows = [];
    this.found = null; // the rows that the search found so far
    this.filters = new Filters(byId("filters"), this.answers, {
      choose: (name, value) => this.choose(name, value),
      reset: () => this.go(NOTHING),
    });
    const { answers, texts } = this;
    this.item = new Item(byId("item"), { answers, texts, close: () => this.close() });
    this.list = new List(byId("list"), {
      make: (place) => rowOf(this.answers.at(this.rows[place]), this.answers, this.state.against),
      open: (place) => this.open(this.rows[place]),
      filled: (rows) => rows.forEach((row) => this.excerpt(row)),
    });
    for (const { box } of [this.list, this.item]) {
      box.addEventListener("keydown", ({ key }) => {
        if (key === "Escape" && this.state.item) this.close();
      });
    }
    addEventListener("popstate", () => this.follow());
    this.follow();
  }

  excerpt(row) {
    fillExcerpt(row, this.answers, this.texts).catch(fail);
  }

  choose(name, value) {
    if (this.state[name] !== value) this.go({ ...this.state, [name]: value });
  }

  go(state) {
    history.pushState(null, "", addressOf(state));
    this.show(state);
  }

  // Show what the address says; an address of another part of the page changes nothing here.
  follow() {
    const state = addressed();
    const block = this.found ? "nearest" : "start"; // who follows a link here came for this
    if (state && location.hash) byId("browser").parentElement.scrollIntoView({ block });
    if (state || !this.found) this.show(state ?? NOTHING);
  }

  show(state) {
    const before = this.state;
    this.state = state;
    this.unknown = this.filters.fill(state);
    if (state.item && !this.opened()) this.unknown.push(`item ${state.item}`);
    if (state.search !== before.search || !this.found) this.look();
    this.refresh();
    const changed = ["item", "by", "against"].some((name) => state[name] !== before[name]);
    if (changed) this.present();
  }

  // Begin to search, where there is something to search for.
  look() {
    this.found = new Uint8Array(this.answers.count);
    this.search.stop();
    this.share = this.state.search ? 0 : 1;
    if (!this.state.search) return;
    const tell = (found, share) => {
      Object.assign(this, { found, share });
      this.refresh();
    };
    this.search.run(this.state.search, tell).catch(fail);
  }

  refresh() {
    this.rows = this.answers.chosen(this.state, this.found);
    const opened = this.opened();
    this.list.show(this.rows.length, opened ? this.rows.indexOf(opened.row) : -1);
    byId("progress").hidden = this.share === 1;
    byId("progress").value = this.share;
    byId("count").textContent = `${this.told().join("; ")}.`;
  }

  told() {
    const { search, flip, against } = this.state;
    const n = this.rows.length.toLocaleString("en");
    const said = [`${n} of ${counted(this.answers.count, "answer")}`];
    if (this.share < 1) said.push(`searched ${Math.floor(100 * this.share)} % of the texts so far`);
    else if (search && this.answers.index.isShort) said.push(UNSEARCHED);
    if (flip && !against && !this.answers.comparesAny) said.push(UNCOMPARED);
    if (this.unknown.length) said.push(`this run has no ${this.unknown.join(", no ")}`);
    return said;
  }

  // -- the item ------------------------------------------------------------------------

  open(row) {
    const here = this.answers.at(row);
    const subject = this.answers.subjectOf(here);
    this.isAsked = true; // so that the focus goes there, as it does not when a link is followed
    this.go({
      ...this.state,
      item: this.answers.nameOf(here.part, here.item),
      by: subject === this.state.subject ? "" : subject,
    });
  }

  // The answer that is open, as the address names it.
  opened() {
    const { item, by, subject } = this.state;
    const found = item ? this.answers.find(item) : null;
    return found && this.answers.at(this.answers.rowOf(found.number, found.item, by || subject));
  }

  present() {
    const here = this.opened();
    if (!here) {
      this.item.hide();
      return;
    }
    const isAsked = this.isAsked;
    this.isAsked = false;
    this.item
      .show(here, this.state.against)
      .then((isShown) => isShown && isAsked && this.item.title.focus())
      .catch(fail);
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
  byId("needs").textContent =
    `The answers cannot be shown here (${error}); they are in answers.json.gz beside this report.`;
}

async function start() {
  if (!("DecompressionStream" in window)) return; // the page says what is needed
  const index = await unpacked("answers-index");
  byId("needs").hidden = true;
  byId("browser").hidden = false;
  new Browser(index);
}

start().catch(fail);
