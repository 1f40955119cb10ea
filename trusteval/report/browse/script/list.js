"use strict";
// A list of any length: a row is made when it is seen. One stop for the keyboard, as a listbox is.

const BEYOND = 6; // rows made above and below what is seen
const MOST_PIXELS = 8_000_000; // browsers draw no taller element; beyond, scrolling goes faster

class List {
  // `make` makes the row at a place, `open` is called with the place that was chosen.
  constructor(box, { make, open, filled }) {
    Object.assign(this, { box, make, open, filled, n: 0, active: -1, height: 0 });
    this.seen = element("div", { class: "answers-seen" });
    this.space = element("div", { class: "answers-space" }, this.seen);
    box.replaceChildren(this.space);
    box.addEventListener("scroll", () => requestAnimationFrame(() => this.draw()));
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.resize()).observe(box);
  }

  show(n, active) {
    this.n = n;
    this.active = active;
    this.box.hidden = n === 0;
    this.resize();
    if (active >= 0) this.reveal(active);
  }

  resize() {
    if (!this.n) return;
    this.seen.replaceChildren(this.make(0));
    this.height = this.seen.firstChild.offsetHeight;
    this.space.style.height = `${Math.min(this.n * this.height, MOST_PIXELS)}px`;
    this.draw();
  }

  // How many pixels of rows go by for each that is scrolled: 1, but in lists of 100,000s.
  get pace() {
    const room = this.space.offsetHeight - this.box.clientHeight;
    return room > 0 ? Math.max(1, (this.n * this.height - this.box.clientHeight) / room) : 1;
  }

  draw() {
    if (!this.height) return;
    const top = this.box.scrollTop * this.pace;
    const first = Math.max(0, Math.floor(top / this.height) - BEYOND);
    const last = Math.min(this.n, Math.ceil((top + this.box.clientHeight) / this.height) + BEYOND);
    const rows = [];
    for (let place = first; place < last; place += 1) rows.push(this.row(place));
    this.seen.replaceChildren(...rows);
    this.seen.style.transform = `translateY(${this.box.scrollTop + first * this.height - top}px)`;
    const isSeen = first <= this.active && this.active < last;
    if (isSeen) this.box.setAttribute("aria-activedescendant", rowId(this.active));
    else this.box.removeAttribute("aria-activedescendant");
    clearTimeout(this.later);
    this.later = setTimeout(() => this.filled(rows), 50); // texts are opened once scrolling rests
  }

  row(place) {
    const row = this.make(place);
    row.id = rowId(place);
    row.dataset.place = place;
    row.setAttribute("aria-posinset", place + 1);
    row.setAttribute("aria-setsize", this.n);
    row.setAttribute("aria-selected", place === this.active);
    return row;
  }

  reveal(place) {
    const top = this.box.scrollTop * this.pace;
    const lowest = (place + 1) * this.height - this.box.clientHeight;
    if (place * this.height < top) this.box.scrollTop = (place * this.height) / this.pace;
    else if (lowest > top) this.box.scrollTop = lowest / this.pace;
    this.draw();
  }

  press(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
    const to = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.n - 1,
    }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey || !this.n) return;
    if (to !== undefined) {
      this.active = Math.min(Math.max(to, 0), this.n - 1);
      this.reveal(this.active);
    } else if (["Enter", " "].includes(event.key) && this.active >= 0) {
      this.open(this.active);
    } else return;
    event.preventDefault();
  }

  click(event) {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    this.active = Number(row.dataset.place);
    this.open(this.active);
    this.draw();
  }
}

function rowId(place) {
  return `answers-row-${place}`;
}
