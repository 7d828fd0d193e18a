// The phone closes when nobody has touched it for two minutes, or at once by [data-quick-exit]; what is half typed is kept first.
// On the page body[data-phone=unlock] the workers of this phone open it again, each with her PIN, with or without network.

import { open, phone, remember, strictly } from "./database.js";
import { idle, lock, touch, unlock, workers } from "./keys.js";
import { count } from "./outbox.js";
import { save } from "./forms.js";

const LOOK = 5_000;
const door = () => `/phone/${document.documentElement.lang}/unlock`;
const leave = (next) => location.replace(`${door()}#${new URLSearchParams({ next })}`);
const here = () => location.pathname + location.search + location.hash;

export async function start() {
  const record = await phone();
  const known = await workers();
  if (!known.length) return;
  if (document.body.dataset.phone === "unlock") return keepDoor(known, record);
  if (closed(record, known)) return leave(here());
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch, { passive: true });
  await touch();
  const look = async () => closed(await phone(), known) && close(here());
  setInterval(look, LOOK);
  addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("click", (event) => event.target.closest("[data-quick-exit]") && close("/"));
  document.addEventListener("submit", signOut);
}

// Nobody has opened the phone, or this page was made for somebody else than who has.
function closed({ open: who }, known) {
  const { author, phone: own } = document.body.dataset;
  if (who?.field === false || (!own && !known.some((worker) => worker.author === author))) return false;
  return !who || idle(who) || (author ?? who.author) !== who.author;
}

async function close(next) {
  document.body.hidden = true;
  await save();
  await lock();
  leave(next);
}

// Signing out takes the kept pages away, never what is unsent: that is said first, with its number, and asked.
async function signOut(event) {
  if (event.target.getAttribute("action") !== "/sign-out") return;
  event.preventDefault();
  const { session } = await phone();
  const { waiting } = await count(session);
  const said = document.querySelector("[data-unsent]");
  if (waiting && said?.hidden) {
    said.hidden = false;
    said.querySelector("[data-number]").textContent = waiting;
    return said.scrollIntoView({ block: "center" });
  }
  const heard = await fetch("/sign-out", { method: "POST", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8_000) }).catch(() => {});
  await forget(session, heard);
  location.assign("/");
}

// What was taken along could not be fetched again without network: then it stays, sealed, until she opens the phone.
async function forget(author, heard) {
  const carried = heard ? await (await open()).getAllKeys("carried") : [];
  await strictly(["carried", "phone"], async (transaction) => {
    const [kept, store] = [transaction.objectStore("carried"), transaction.objectStore("phone")];
    for (const key of carried) if (key.endsWith(`|${author}`)) kept.delete(key);
    store.put({ ...(await store.get("this")), open: null, session: null });
  });
}

// The door

function keepDoor(known, record) {
  const form = document.querySelector("[data-unlock]");
  const list = form.querySelector("[data-workers]");
  const last = record.open?.author ?? record.session;
  for (const worker of known) list.append(face(worker, worker.author === last || known.length === 1));
  form.hidden = false;
  for (const part of document.querySelectorAll("[data-laid]")) part.hidden = false;
  document.querySelector("[data-nobody]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter(form);
  });
  lock();
}

function face({ author, called, animal }, chosen) {
  const row = document.querySelector("[data-face]").content.cloneNode(true);
  const drawing = document.querySelector(`[data-animal="${CSS.escape(animal ?? "")}"]`);
  if (drawing) row.querySelector("label").prepend(drawing.content.cloneNode(true));
  row.querySelector("input").value = author;
  row.querySelector("input").checked = chosen;
  row.querySelector("[data-called]").textContent = called;
  return row;
}

async function enter(form) {
  const { value: author } = form.elements.author;
  const pin = form.elements.pin.value;
  const answer = author ? await unlock(author, pin) : "wrong";
  form.elements.pin.value = "";
  if (answer !== "open") return refuse(form, answer);
  if ((await phone()).session !== author) await signIn(author, pin);
  const next = new URLSearchParams(location.hash.slice(1)).get("next") ?? "/";
  location.replace(/^\/(?![/\\])/.test(next) ? next : "/");
}

function refuse(form, answer) {
  const { closed_until } = answer;
  for (const [what, shown] of [["wrong", !closed_until], ["closed", closed_until]]) form.querySelector(`[data-said=${what}]`).hidden = !shown;
  if (closed_until) form.querySelector("[data-minutes]").textContent = Math.ceil((closed_until - Date.now()) / 60_000);
  form.elements.pin.focus();
}

// The same PIN opens the server's door, if it can be reached: until then only this phone's own pages are hers.
async function signIn(identifier, pin) {
  await remember({ session: null });
  try {
    const body = new URLSearchParams({ identifier, pin, next: "/" });
    const response = await fetch("/sign-in", { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8_000) });
    if ((await response.json()).next) await remember({ session: identifier, trouble: null });
  } catch {
    // without network she works with what is here
  }
}
