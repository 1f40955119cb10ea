"use strict";
// What is shown, written into the fragment of the page's address: a row can be linked.

const PLACES = ["dimension", "benchmark", "setting", "subject"];
const ANSWERED = ["outcome", "flip", "against", "vote", "search"];
const NAMES = [...PLACES, ...ANSWERED, "sort", "item", "by"];
const HERE = "#answers";

// Read the address: all answers where it points nowhere, null where to another part of the page.
function addressed() {
  const [place, query = ""] = location.hash.split(/\?(.*)/su);
  if (place && place !== HERE) return null;
  const given = new URLSearchParams(query);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ""]));
}

function addressOf(state) {
  const chosen = NAMES.filter((name) => state[name]).map((name) => [name, state[name]]);
  return `${HERE}?${new URLSearchParams(chosen).toString().replaceAll("%2F", "/")}`;
}
