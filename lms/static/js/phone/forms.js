// What is typed is kept while it is typed, and what is told arrives, network or not.
// <form data-fact> posts a fact. On a page of the server it is sent at once, and kept in the outbox when nobody answers; on a
// page of the phone (body[data-phone]) it always goes through the outbox, and page.js calls `opened(form)` once the form is
// filled. A listener may refuse with preventDefault on "fact:check" (detail.fields: URLSearchParams, to be changed at will), and
// takes the last word on where to go on "fact:kept" (detail: {row, next}). A button with a name is no fact: the server answers it,
// but for the woman typed beside a roll ([name^=woman]): she is told first, for herself, and then present.

import { open, strictly, uuid7 } from "./database.js";
import { present, seal, unseal } from "./keys.js";
import { add, flush } from "./outbox.js";

const PATIENCE = 10_000;
const PAUSE = 300;
const SEEN = 1_500; // milliseconds the tick stays
const onPhone = () => Boolean(document.body.dataset.phone);
const pages = () => `/phone/${document.documentElement.lang}/`;
const drafts = new Map(); // form → what keeps its draft

export function start() {
  document.addEventListener("submit", submitted);
  document.addEventListener("input", ({ target }) => drafts.get(target.form)?.soon());
  document.addEventListener("change", ({ target }) => drafts.get(target.form)?.soon());
  addEventListener("pagehide", save);
  addEventListener("pageshow", ({ persisted }) => persisted && document.querySelector("form[data-told]") && location.reload());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  if (!onPhone()) for (const form of document.querySelectorAll("form[data-fact]")) opened(form);
}

// Every draft of this page, now.
export function save() {
  return Promise.all([...drafts.values()].map((draft) => draft.now()));
}

// A form is open, its hidden fields say about what: it gets its uid, and what was left in it the last time.
export async function opened(form) {
  const uid = form.elements.uid;
  if (uid && !uid.value) uid.value = uuid7();
  const worker = await hers();
  if (!worker) return;
  const draft = drafting(form, worker);
  drafts.set(form, draft);
  if (location.pathname !== form.getAttribute("action")) await draft.resume(); // what the server sends back is newer
}

// Whoever is there, if this page is hers.
async function hers() {
  const worker = await present();
  const { author } = document.body.dataset;
  return worker && (onPhone() || author === worker.author) ? worker : null;
}

const told = (control) => control.name && (control.type !== "hidden" || control.name.endsWith("uid"));

function keyOf(form, worker) {
  const about = [...form.elements].filter((control) => control.type === "hidden" && control.value && control.name !== "content" && !told(control));
  const context = new URLSearchParams(about.map(({ name, value }) => [name, value]));
  context.sort();
  return `${worker.author}|${form.getAttribute("action")}#${form.id}|${context}`;
}

function drafting(form, worker) {
  const key = keyOf(form, worker);
  let timer;
  let pending = false;
  const now = async () => {
    clearTimeout(timer);
    if (!pending) return;
    pending = false;
    const names = new Set([...form.elements].filter(told).map(({ name }) => name));
    const fields = new URLSearchParams([...new FormData(form)].filter(([name]) => names.has(name)));
    fields.set("label", ["h1", "form summary span"].map((part) => document.querySelector(part)?.textContent).join(" "));
    const row = { key, author: worker.author, at: new Date().toISOString(), sealed: await seal(worker, `${fields}`), page: location.href };
    if (!form.dataset.told) await strictly("drafts", ({ store }) => store.put(row)).catch(() => {}); // no room: the fact itself will say so
  };
  const soon = () => {
    pending = true;
    clearTimeout(timer);
    timer = setTimeout(now, PAUSE);
  };
  const resume = async () => {
    const row = await (await open()).get("drafts", key);
    if (!row || pending) return;
    fill(form, new URLSearchParams(await unseal(worker, row.sealed)));
    document.querySelector("[data-resumed]")?.removeAttribute("hidden");
  };
  const drop = () => strictly("drafts", ({ store }) => store.delete(key)).catch(() => {});
  return { key, now, soon, resume, drop };
}

function fill(form, fields) {
  for (const control of [...form.elements].filter(told)) {
    if (["checkbox", "radio"].includes(control.type)) control.checked = fields.getAll(control.name).includes(control.value);
    else if (fields.has(control.name) && control.type !== "submit") control.value = fields.get(control.name);
  }
  const one = form.querySelector("input:not([type=hidden]), select, textarea");
  for (const kind of ["input", "change"]) one?.dispatchEvent(new Event(kind, { bubbles: true }));
}

async function submitted(event) {
  const form = event.target;
  const button = event.submitter?.name;
  if (event.defaultPrevented || !form.matches("form[data-fact]") || (button && button !== "woman")) return;
  if (!onPhone() && !document.body.dataset.author) return;
  event.preventDefault();
  if (form.dataset.told) return; // a second tap
  form.dataset.told = "now";
  const woman = button || ["given", "family"].some((name) => form.elements[`woman-${name}`]?.value.trim());
  const done = (!woman || (await register(form))) && !button && (await freeze(form));
  if (!done) delete form.dataset.told;
}

function freeze(form) {
  const fields = new URLSearchParams([...new FormData(form)].filter(([name]) => !name.startsWith("woman")));
  const check = new CustomEvent("fact:check", { bubbles: true, cancelable: true, detail: { fields } });
  return form.dispatchEvent(check) && tell(form, `${fields}`);
}

// Whether the woman typed beside the roll is in safe hands. What is wrong with her is said by the page, or by the server's.
async function register(form) {
  const [given, family, age] = ["given", "family", "age"].map((name) => form.elements[`woman-${name}`]);
  const her = { uid: uuid7(), given: given.value.trim(), family: family.value.trim(), sex: "F", age: age.value };
  if (!her.given) return form.dispatchEvent(new CustomEvent("nameless", { detail: given })), given.focus(), false;
  const body = `${new URLSearchParams({ ...her, group: form.elements.group.value })}`;
  const answer = onPhone() ? "silence" : await post("/persons/", body);
  if (answer === "refused") return form.submit();
  if (answer === "silence" && !(await add("/persons/", body).catch(unkept))) return false;
  for (const field of [given, family, age]) field.value = "";
  document.getElementById("woman").open = false;
  her.name = `${her.given} ${her.family}`.trim();
  enrol(form, her, true);
  const said = document.querySelector("[data-enrolled]");
  said.querySelector("b").textContent = her.name;
  said.hidden = false;
  scrollTo(0, 0);
  return true;
}

// Puts somebody on the roll.
export function enrol(form, { uid, number, name }, checked) {
  const list = form.querySelector("[data-roll]");
  const row = list.querySelector("template").content.cloneNode(true);
  const box = row.querySelector("input");
  Object.assign(box, { value: uid, checked });
  Object.assign(box.dataset, { number: number ?? "", name });
  row.querySelector("b").textContent = number ?? "–";
  row.querySelector("span").textContent = name;
  list.append(row);
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// Whether the fact is in safe hands; otherwise the form is still there, and she is told.
async function tell(form, body) {
  const worker = await hers();
  if (!onPhone()) {
    const answer = await post(form.getAttribute("action"), body);
    if (answer === "refused" || (answer === "silence" && !worker)) return form.submit(); // nothing was stored: the server's own page says why
    if (answer !== "silence") {
      await drafts.get(form)?.drop();
      location.assign(answer);
      return true;
    }
  }
  return keep(form, body);
}

// Where to go on; "refused" when the server has stored nothing and says why; "silence" when nobody has heard it yet.
async function post(address, body) {
  try {
    const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" };
    const response = await fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
    if (response.status >= 500 || [401, 408, 429].includes(response.status)) return "silence";
    const ours = response.headers.has("Content-Security-Policy"); // the page of a captive portal is not
    if (!ours) return "silence";
    return response.ok && response.headers.get("Content-Type").startsWith("application/json") ? ((await response.json()).next ?? "refused") : "refused";
  } catch {
    return "silence";
  }
}

async function keep(form, body) {
  const draft = drafts.get(form);
  let row;
  try {
    row = await add(form.getAttribute("action"), body, draft?.key);
  } catch {
    unkept();
    return false;
  }
  flush();
  const kept = new CustomEvent("fact:kept", { bubbles: true, detail: { row, next: form.dataset.next ?? `${pages()}told` } });
  form.dispatchEvent(kept);
  tick(kept.detail.next);
  return true;
}

// "Not kept: write it on paper", with the form as it stands.
export function unkept() {
  const said = document.querySelector("[data-unkept]");
  if (!said) return;
  said.hidden = false;
  said.scrollIntoView({ block: "center" });
}

// The tick: only after the disk has it. Then on to the next page.
export function tick(next) {
  const shown = document.querySelector("[data-kept]");
  const go = () => location.assign(next);
  document.querySelector("[data-unkept]")?.setAttribute("hidden", "");
  if (!shown) return go();
  shown.hidden = false;
  shown.querySelector("a").href = next;
  shown.querySelector("a").focus();
  setTimeout(go, SEEN);
}
