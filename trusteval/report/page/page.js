"use strict";
(() => {
  const form = document.getElementById("gate-filters");
  const rows = [...document.querySelectorAll("table.gates tr[data-outcome]")];

  function filter() {
    const { outcome, subject } = form.elements;
    let shown = 0;
    for (const row of rows) {
      const fits = (!outcome.value || row.dataset.outcome === outcome.value)
        && (!subject.value || row.dataset.subject === subject.value);
      row.hidden = !fits;
      shown += fits;
    }
    const count = document.getElementById("gate-count");
    count.textContent = `${shown} of ${rows.length} gates shown`;
  }

  function reveal() {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // an address that somebody cut within an escape
    }
    const target = document.getElementById(name);
    if (!target) return;
    if (form && target.closest("table.gates") && target.querySelector("[hidden]")
      || target.hidden) {
      form.reset();
      filter();
    }
    for (let one = target; one; one = one.parentElement) {
      if (one.localName === "details") one.open = true;
    }
    if (target.localName === "tr") target.querySelector("details").open = true;
    target.scrollIntoView();
  }

  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
})();
