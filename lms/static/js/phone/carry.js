// Takes modules and groups along, and shows what this phone holds (page /phone/<lang>/). A pack counts from the moment its
// record is written, in one transaction, when all of it is here; the one before it goes after that. After a cut, files that
// have come are not fetched again. Group packs are sealed for the worker who took them.

import { hex, open, phone, strictly } from "./database.js";
import { seal, unseal } from "./keys.js";
import { count, ofAuthor, told } from "./outbox.js";
import { carriedOf, fill, shortDay } from "./page.js";

const language = document.documentElement.lang;
const OLD = 30; // days after which a group should be taken again
const A_DAY = 86_400_000;
const AT_ONCE = 3; // files fetched at a time

// Fetches what of a module is not here yet, file by file; `moved(bytes here, bytes in all)`. Resolves with its record.
export async function takeModule(slug, moved) {
  const pack = await json(`/phone/modules/${slug}.json?lang=${language}`);
  const name = `module-${slug}-${language}-${pack.hash}`;
  const cache = await caches.open(name);
  const queue = [...pack.files];
  let here = 0;
  const worker = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      try {
        if (!(await cache.match(file.url, { ignoreVary: true }))) await cache.put(file.url, await fetched(file.url));
      } catch (error) {
        queue.length = 0;
        throw error;
      }
      moved((here += file.bytes), pack.bytes);
    }
  };
  moved(0, pack.bytes);
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker)); // after a cut nothing moves any more
  const cut = ends.find(({ reason }) => reason);
  if (cut) throw cut.reason;
  const record = { key: `module:${slug}|${language}`, label: pack.title, hash: pack.hash, at: new Date().toISOString(), bytes: pack.bytes, files: pack.files.map(({ url }) => url) };
  await strictly("carried", ({ store }) => store.put(record));
  await forgetPages(slug, name);
  return record;
}

// A page of the server in the language of this phone, whatever the cookie says; a page of the phone itself as who is signed in.
async function fetched(url) {
  const own = url.startsWith("/phone/");
  const response = await fetch(url, own ? { cache: "no-cache" } : { credentials: "omit", headers: { "Accept-Language": language } });
  if (!response.ok || response.redirected) throw new TypeError(`${url}: ${response.status}`);
  return response;
}

async function forgetPages(slug, but) {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(`module-${slug}-${language}-`) && name !== but);
  await Promise.all(others.map((name) => caches.delete(name)));
}

// A group with its members. What had not arrived when it was made is noted: the pack cannot know of it.
export async function takeGroup(uid, worker, moved) {
  moved(0, 1);
  const facts = await told(worker.author);
  const known = { upto: Math.max(0, ...facts.map(({ number }) => number)), but: facts.filter(({ state }) => state !== "cleared").map((fact) => fact.uid) };
  const pack = await json(`/phone/groups/${uid}.json`);
  moved(1, 1);
  const text = JSON.stringify({ ...pack, known });
  const bytes = new TextEncoder().encode(text);
  const record = {
    key: `group:${uid}|${worker.author}`, label: pack.group.name, hash: hex(await crypto.subtle.digest("SHA-256", bytes)), at: new Date().toISOString(),
    bytes: bytes.length, village: pack.group.village, sealed: await seal(worker, text),
  }; // prettier-ignore
  await strictly("carried", ({ store }) => store.put(record));
  return record;
}

export async function drop(key) {
  await strictly("carried", ({ store }) => store.delete(key));
  const [kind, slug] = key.split("|")[0].split(":");
  if (kind === "module") await forgetPages(slug);
}

async function json(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!response.ok || !response.headers.get("Content-Type")?.startsWith("application/json")) throw new TypeError(`${url}: ${response.status}`);
  return response.json();
}

// The page

let offer; // what the server has: {modules, groups}; null without network, undefined before it has answered
let busy = new Map(); // key → what is on its way

export async function lay(worker, page) {
  const asked = new URLSearchParams(location.hash.slice(1)).get("take");
  for (const part of document.querySelectorAll("[data-laid]")) part.hidden = false;
  await show(worker, {}); // what is here, before what could be
  offer = await json(`/phone/packs.json?${new URLSearchParams({ lang: language, ...(asked && { group: asked }) })}`).catch(() => null);
  await show(worker, {});
  document.addEventListener("outbox", () => show(worker, {}));
  page.addEventListener("click", (event) => acted(event, worker));
  if (asked) document.querySelector(`[data-key^="group:${CSS.escape(asked)}|"]`)?.scrollIntoView({ block: "center" });
}

async function acted({ target }, worker) {
  const [take, gone] = [target.closest("[data-take]"), target.closest("[data-drop]")];
  const key = (take ?? gone)?.closest("[data-key]").dataset.key;
  if (gone && !confirm(gone.title)) return;
  if (gone) await drop(key);
  if (gone) return show(worker, {});
  if (!take || busy.has(key)) return;
  const id = key.split("|")[0].split(":")[1];
  const moved = (here, all) => (busy.set(key, [here, all]), move(key));
  try {
    await (take.dataset.take === "group" ? takeGroup(id, worker, moved) : takeModule(id, moved));
    busy.delete(key);
    await show(worker, {});
  } catch (error) {
    console.warn(error.message);
    busy.delete(key);
    await show(worker, { cut: key });
  }
}

function move(key) {
  const row = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const [here, all] = busy.get(key);
  const bar = row.querySelector(".progress");
  bar.hidden = false;
  row.querySelector("[data-take]").disabled = true;
  Object.assign(bar.querySelector("progress"), { value: here, max: all || 1 });
  bar.querySelector("[data-at]").textContent = `${Math.round((100 * here) / (all || 1))} %`;
}

async function show(worker, { cut }) {
  const [state, record, records] = [await count(worker.author), await phone(), await carriedOf(worker.author)];
  const [, tells, lacks] = record.receipt?.split("|") ?? []; // as ledger.py writes it
  const groups = rows("group", records, offer?.groups ?? [], (one) => `group:${one.uid}|${worker.author}`);
  const modules = rows("module", records, offer?.modules ?? [], (one) => `module:${one.slug}|${language}`);
  const room = await navigator.storage?.estimate?.().then(({ usage }) => weigh(usage), () => null);
  const arrived = (await ofAuthor(worker.author)).filter((fact) => fact.state === "cleared").length;
  fill(document.body, {
    ...state, arrived, called: worker.called, label: record.label, oldest: state.oldest_days, noNetwork: state.waiting && record.trouble === "network",
    signIn: record.session !== worker.author, offline: offer === null, away: location.hash === "#away", room, tells, lacks: lacks?.match(/\d.*/), receipt: record.receipt, groups, modules, drafts: await drafts(worker),
  }); // prettier-ignore
  const keyed = [...groups, ...modules];
  document.querySelectorAll(".parcel").forEach((row, place) => {
    row.dataset.key = keyed[place].key;
    row.querySelector("[data-cut]").hidden = cut !== keyed[place].key;
  });
  for (const key of busy.keys()) move(key);
}

// What is here and what could be, one row each.
function rows(kind, records, offered, keyOf) {
  const here = new Map(records.filter(({ key }) => key.startsWith(`${kind}:`) && (kind === "group" || key.endsWith(`|${language}`))).map((one) => [one.key, one]));
  const known = offered.map((one) => [keyOf(one), one]);
  const all = new Map([...[...here.keys()].map((key) => [key, null]), ...known]);
  return [...all].map(([key, there]) => rowOf(key, here.get(key), there));
}

function rowOf(key, record, there) {
  const id = key.split("|")[0].split(":")[1];
  const days = record ? Math.floor((Date.now() - Date.parse(record.at)) / A_DAY) : 0;
  const newer = Boolean(record && there?.hash && there.hash !== record.hash);
  return {
    key, uid: id, name: there?.title ?? there?.name ?? record.label, at: record?.at, day: record && shortDay(record.at), weight: weigh(there?.bytes ?? record?.bytes),
    days, old: key.startsWith("group:") && days >= OLD, older: newer, takeable: there && (!record || newer || key.startsWith("group:")), open: record && `/modules/${id}`,
  }; // prettier-ignore
}

function weigh(bytes) {
  const [size, unit] = bytes > 1e6 ? [bytes / 1e6, "MB"] : [Math.ceil(bytes / 1e3), "KB"];
  const word = document.querySelector(`#units [value=${unit}]`).textContent;
  return `${size.toLocaleString("fr", { maximumFractionDigits: 1 })}\u202f${word}`;
}

// What was begun and not kept, and where it goes on.
async function drafts(worker) {
  const kept = (await (await open()).getAll("drafts")).filter(({ author, page }) => author === worker.author && page);
  const label = async ({ sealed }) => new URLSearchParams(await unseal(worker, sealed)).get("label");
  return Promise.all(kept.map(async (draft) => ({ label: await label(draft), day: shortDay(draft.at), href: draft.page })));
}
