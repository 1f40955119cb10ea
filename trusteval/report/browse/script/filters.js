"use strict";
// The form above the list: what can be chosen, what is chosen.

const TYPED = 250; // milliseconds of rest after which what was typed is searched

class Filters {
  // `choose` is called with the name of a filter and its value, `reset` when all is to be shown.
  constructor(form, answers, { choose, reset }) {
    this.form = form;
    this.choose = choose;
    this.offer(answers);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", ({ target }) => this.changed(target));
    form.addEventListener("input", ({ target }) => this.typed(target));
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      reset();
    });
  }

  offer({ index, comparesAny }) {
    const parts = index.benchmarks;
    const given = parts.flatMap((part) => part.given);
    const references = given.flatMap((one) => one.references.map(({ name }) => name));
    const { dimension, benchmark, setting, subject, against } = this.form.elements;
    this.add(dimension, parts.map((part) => part.dimension));
    this.add(benchmark, parts.map((part) => part.name));
    this.add(setting, parts.flatMap(settingsOf));
    this.add(subject, index.subjects);
    this.add(against, [...references, ...index.subjects]);
    if (!comparesAny) against.options[0].text = "none: choose one";
  }

  add(list, values) {
    for (const value of new Set(values)) list.append(element("option", { value }, value));
  }

  typed(input) {
    clearTimeout(this.waiting);
    if (input.name === "search") this.waiting = setTimeout(() => this.changed(input), TYPED);
  }

  changed({ name, value }) {
    clearTimeout(this.waiting);
    this.choose(name, value);
  }

  // Show what is chosen; returns the choices that the form has not, as a link may name.
  fill(state) {
    const controls = [...this.form.elements].filter(({ name }) => name);
    for (const control of controls) control.value = state[control.name];
    const unknown = controls.filter(({ name, value }) => value !== state[name]);
    return unknown.map(({ name }) => `${name} ${state[name]}`);
  }
}

function settingsOf(part) {
  return part.settings.map(({ name }) => `${part.name}/${name}`);
}
