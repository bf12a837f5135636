"use strict";
// The switches stand in the address, so that a reload or a bookmark shows the same.
const form = document.querySelector("form"), frame = document.getElementById("frame");
const element = id => document.getElementById(id);
const themes = () => [...element("themes").querySelectorAll("input")];

function choices() {
  const chosen = new URLSearchParams(new FormData(form)), ticked = chosen.getAll("theme");
  if (!themes().length)  // not offered yet
    new URLSearchParams(location.search).getAll("theme").forEach(slug => chosen.append("theme", slug));
  else if (ticked.length === themes().length) chosen.delete("theme");
  return chosen;
}

function restore() {
  const asked = new URLSearchParams(location.search);
  for (const input of form.elements)
    if (input.type === "radio" && asked.get(input.name) === input.value) input.checked = true;
}

let offering = "";
function offer(offered) {
  if (JSON.stringify(offered) === offering) return;
  offering = JSON.stringify(offered);
  const asked = new URLSearchParams(location.search).getAll("theme");
  element("themes").replaceChildren(...offered.map(theme => {
    const label = document.createElement("label"), input = document.createElement("input");
    const name = document.createElement("span");
    Object.assign(input, {type: "checkbox", name: "theme", value: theme.slug});
    input.checked = !asked.length || asked.includes(theme.slug);
    name.textContent = theme.name;
    label.append(input, name);
    return label;
  }));
}

function tell(state) {
  element("publication").textContent = state.publication || "Live preview";
  element("edition").textContent = state.edition && `${state.edition} (${state.state})`;
  document.title = `${state.problem.length ? "✗ " : ""}${state.publication || "Live preview"}`;
  element("problem").hidden = !state.problem.length;
  element("kept").hidden = !state.edition;
  element("problem").querySelector("ul").replaceChildren(...state.problem.map(line => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  element("facts").replaceChildren(...state.facts.map(([label, value]) => {
    const pair = document.createElement("div"), term = document.createElement("dt");
    const figure = document.createElement("dd");
    [term.textContent, figure.textContent] = [label, value];
    pair.append(term, figure);
    return pair;
  }));
  say(state.problem.length ? "Not up to date" : `Up to date · rendering ${state.version}`, state.problem.length);
}

function say(words, bad) {
  element("status").textContent = words;
  element("status").classList.toggle("bad", Boolean(bad));
}

// The frame is as tall as what it shows, so that the page alone scrolls, and stays where it is when the
// frame is filled anew.
function fit() {
  const root = frame.contentDocument && frame.contentDocument.documentElement;
  if (root) frame.style.height = `${Math.ceil(root.getBoundingClientRect().height)}px`;
}

function widen() {
  const width = form.elements.width.value;
  frame.style.width = width === "full" ? "" : `${width}px`;
  fit();
}

let shown = "";
function show(version) {
  const chosen = choices(), source = form.elements.form.value;
  history.replaceState(null, "", `?${chosen}`);
  widen();
  for (const name of ["form", "width"]) chosen.delete(name);
  const address = `frame/${source}?${chosen}&version=${version}`;
  if (address === shown) return;
  shown = address;
  frame.contentWindow.location.replace(new URL(address, location.href));
}

let good = 0, asked = 0;
async function renew() {
  const mine = ++asked;
  const query = new URLSearchParams(choices().getAll("theme").map(slug => ["theme", slug]));
  const answer = await fetch(`state?${query}`);
  if (!answer.ok) return;
  const state = await answer.json();
  if (mine !== asked) return;  // a later question is on its way
  offer(state.themes);
  tell(state);
  if (!state.problem.length || !good) good = state.version;
  show(good);
}

restore();
frame.addEventListener("load", fit);
addEventListener("resize", fit);
form.addEventListener("change", renew);
form.addEventListener("submit", event => event.preventDefault());
const events = new EventSource("events");
events.onmessage = renew;
events.onerror = () => say("The preview has ended: run digest preview --live again", true);
