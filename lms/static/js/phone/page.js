// Fills the phone's empty pages with what was taken along and what was told here (overlay.js), and takes new facts.
// <body data-phone="…"> says which page it is; whom it is about stands in the fragment, which no server sees. No sentence
// is written here: all stand in the page, in her language. What the attributes mean: templates/offline/pieces.html.

import { open, uuid7 } from "./database.js";
import { enrol, opened as begun } from "./forms.js";
import { present, unseal } from "./keys.js";
import { told } from "./outbox.js";
import { answersOf, nextForm, originOf, score, world } from "./overlay.js";

export const base = location.pathname.match(/^\/phone\/\w+\//)[0];
const here = new URLSearchParams(location.hash.slice(1));
const kind = document.body.dataset.phone;
const page = document.querySelector("[data-laid]");
const act = document.querySelector("div.act");
const form = document.querySelector("main form[action]");
const slug = location.pathname.match(/(?:session|quizzes|quiz|hands)\/([\w-]+)/)?.[1];
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
export const shortDay = (iso) => iso.slice(0, 10).split("-").reverse().join("/");
const word = (value) => document.querySelector(`#words [value="${CSS.escape(value)}"]`)?.textContent ?? value.split(":").pop();
const to = (name, ids = {}) => `${base}${name}#${new URLSearchParams(Object.entries(ids).filter(([, id]) => id))}`;

// Filling

export function fill(root, data) {
  const every = (attribute, work) => [root, ...root.querySelectorAll(`[${attribute}]`)].forEach((el) => el.hasAttribute?.(attribute) && work(el, el.getAttribute(attribute)));
  for (const list of root.querySelectorAll("[data-list]")) [...list.children].forEach((row) => row.localName === "template" || row.remove());
  every("data-said", (el, name) => data[name] !== undefined && (el.textContent = number(data[name])));
  every("data-if", (el, name) => (el.hidden = empty(data[name])));
  every("data-unless", (el, name) => (el.hidden = !empty(data[name])));
  every("data-one", (el, name) => (el.hidden = data[name] > 1));
  every("data-many", (el, name) => (el.hidden = !(data[name] > 1)));
  every("data-when", (el, rule) => (el.hidden = rule !== `path:${data.path}`));
  every("data-with", (el, names) => (el.hash = ids(names, data)));
  every("data-href", (el, name) => ((el.hidden = !data[name]), data[name] && (el.href = data[name])));
  every("data-class", (el, name) => data[name] && el.classList.add(data[name]));
  every("data-own", (el, name) => mark(el, data[name || "own"]));
  every("data-list", (list, name) => {
    const template = list.querySelector("template");
    for (const row of data[name] ?? []) list.append(filled(template, { ...data, ...row }));
  });
}

export function filled(template, row) {
  const clone = document.importNode(template.content, true); // in this document: a link of another has no place to start from
  fill(clone, row);
  return clone;
}

const empty = (value) => !value || value.length === 0;
const number = (value) => (typeof value === "number" ? value.toLocaleString("fr") : (value ?? "–"));

function ids(names, data) {
  const pairs = names.split(" ").map((name) => (name.includes("=") ? name.split("=") : [name.split(":")[0], data[name.split(":")[1]]]));
  return new URLSearchParams(pairs.filter(([, id]) => id)).toString();
}

function mark(el, state) {
  const sign = state && document.getElementById("marks")?.content.querySelector(`[data-mark="${state}"]`);
  el.replaceChildren(...(sign ? [sign.cloneNode(true)] : []));
}

function say(state) {
  const sign = document.querySelector(`[data-state="${state}"]`);
  if (sign) sign.hidden = false;
  sign?.scrollIntoView({ block: "center" });
}

// What this phone has

export async function carriedOf(author) {
  const records = await (await open()).getAll("carried");
  return records.filter(({ key }) => key.startsWith("module:") || key.endsWith(`|${author}`));
}

async function everything(worker) {
  const records = await carriedOf(worker.author);
  const facts = await told(worker.author);
  const groups = records.filter(({ key }) => key.startsWith("group:"));
  const keys = JSON.parse(page?.dataset.keys ?? "{}");
  const packs = await Promise.all(groups.map(async (record) => ({ ...JSON.parse(await unseal(worker, record.sealed)), taken: record.at })));
  const modules = records.filter(({ key }) => key.startsWith("module:") && key.endsWith(`|${document.documentElement.lang}`)).map(({ key }) => key.slice(7).split("|")[0]);
  return { worker, facts, modules, worlds: packs.map((pack) => world(pack, slug ? ofModule(facts) : facts, keys)) };
}

// Answers are judged by the questions of this page: those of another module stay unjudged.
const ofModule = (facts) => facts.filter(({ path, fields }) => !["/attempts/", "/hands/"].includes(path) || fields.get("module") === slug || fields.get("withdrawn"));

function groupHere({ worlds }) {
  const named = here.get("group");
  const wanted = here.get("person") ?? here.get("corrects");
  const holds = (now) => [...now.members, ...now.gone].some(({ uid }) => uid === wanted) || sessionIn(now) || [...now.attempts, ...now.hands].some(({ origin }) => origin === wanted);
  return worlds.find(({ group }) => group.uid === named) ?? (!named && (worlds.find(holds) ?? (worlds.length === 1 ? worlds[0] : null)));
}

const sessionIn = (now) => now.sessions.find(({ origin }) => origin === (here.get("session") ?? here.get("corrects")));
const personIn = (now, uid) => [...now.members, ...now.gone].find((one) => one.uid === uid);

// What is known of a group for every page about it.
function about(now) {
  const { group, members } = now;
  return { uid: group.uid, group: group.uid, groupName: group.name, name: group.name, village: group.village, code: group.code, size: members.length, taken: shortDay(now.taken) };
}

const rowOf = (session) => ({
  ...session, title: word(`module:${session.module}`), half: word(`half:${session.half}`), day: shortDay(session.held_on), there: session.present.length,
  dayOf: session.held_on.slice(8), monthOf: session.held_on.slice(5, 7) + "/" + session.held_on.slice(2, 4),
}); // prettier-ignore

// The pages. Each gives what it is filled with, or null when what it is about is not on this phone.

const PAGES = {
  groups: ({ worlds }) => worlds.length && { groups: worlds.map((now) => ({ ...about(now), own: [...now.members, ...now.sessions].some(({ own }) => own === "waiting") && "waiting" })) },
  group: ({ modules }, now) => now && { ...about(now), modules, members: now.members, sessions: now.sessions.slice(0, 6).map(rowOf) },
  teach: ({ modules }, now) => now && { ...about(now), modules, quiz: here.get("for") === "quiz" },
  person({ modules }, now) {
    const her = now && personIn(now, here.get("person"));
    if (!her) return null;
    const quizzes = now.attempts.filter(({ person }) => person === her.uid).reverse();
    const shown = quizzes.map((quiz) => ({ ...quiz, title: word(`module:${quiz.module}`), when: word(`kind:${quiz.kind}`), day: shortDay(quiz.on), scored: quiz.asked }));
    return { ...about(now), ...her, modules, quizzes: shown, ageWord: her.age && word(`age:${her.age}`), here: now.members.includes(her) };
  },
  sitting({ modules }, now) {
    const session = now && sessionIn(now);
    if (!session) return null;
    const { origin, module, present, language } = session;
    const names = present.map((uid) => ({ name: personIn(now, uid)?.name })).sort((a, b) => (a.name ?? "").localeCompare(b.name ?? "", "fr"));
    const next = { group: now.group.uid, kind: "post", language };
    return {
      ...about(now), ...rowOf(session), name: now.group.name, roll: names, visitors: Object.values(session.heads).reduce((sum, n) => sum + n, 0),
      when: `${shortDay(session.held_on)}, ${word(`half:${session.half}`)}`, spoken: word(`language:${language}`), carried: modules.includes(module),
      oneByOne: to(`quizzes/${module}`, next), handsUp: modules.includes(module) && to(`hands/${module}/A`, { ...next, present: present.length }),
      correct: to(`session/${module}`, { group: now.group.uid, corrects: origin }), withdraw: to("withdraw", { corrects: origin, path: "/sessions/", group: now.group.uid }),
    }; // prettier-ignore
  },
  quizzes({ facts }, now) {
    if (!now) return null;
    const own = now.hands.filter(({ module }) => module === slug).at(-1);
    const sat = now.attempts.filter(({ module }) => module === slug);
    const when = here.get("kind") ?? (sat.length || own ? "post" : "pre");
    const next = { group: now.group.uid, kind: when, language: here.get("language") };
    for (const tab of document.querySelectorAll("[data-kind]")) tab.toggleAttribute("aria-current", tab.dataset.kind === when);
    const members = now.members.map((her) => ({ ...her, ...standing(sat.filter(({ person }) => person === her.uid), when), ask: ask(her, sat, next) }));
    return {
      ...about(now), members, sat: members.filter(({ done }) => done).length, hands: own, handsOn: own && shortDay(own.on), handsKind: own && word(`kind:${own.kind}`),
      handsOwn: own?.own, handsUp: now.members.length && to(`hands/${slug}/${nextForm(now.hands.filter(({ module }) => module === slug))}`, next), facts,
    }; // prettier-ignore
  },
  told: ({ facts, worlds, modules }) => ({ facts: chronicle(facts, worlds, modules), waiting: facts.filter(({ state }) => state === "waiting").length }),
  "new-person": (site, now) => opened(now, site, { sex: "F" }),
  leave: (site, now) => now?.members.some(({ uid }) => uid === here.get("person")) && opened(now, site, { left_on: today() }),
  session: (site, now) => opened(now, site, { ...lastWords(now), held_on: today(), half: new Date().getHours() < 13 ? "am" : "pm" }),
  withdraw: (site, now) => opened(now, site, {}),
  quiz(site, now) {
    const quiz = now?.attempts.find(({ origin }) => origin === here.get("attempt"));
    const her = now && personIn(now, here.get("person"));
    if (quiz && her) return outcome(site, quiz, her);
    const sat = her && now.attempts.filter(({ person, module }) => person === her.uid && module === slug);
    return her && opened(now, site, { ...asked(sat), person: her.uid }, sat);
  },
  hands(site, now) {
    const told = now?.hands.find(({ origin }) => origin === here.get("hands"));
    if (told) return raised(site, told);
    const before = now && now.hands.filter(({ module }) => module === slug);
    return now && opened(now, site, { ...asked(before), present: here.get("present") ?? now.members.length }, before);
  },
};

// How a woman stands with this module: as the online list shows it.
function standing(sat, when) {
  const isRight = sat.some((quiz) => quiz.kind === "post" && quiz.passed);
  const done = sat.filter((quiz) => quiz.kind === when);
  const isAgain = !isRight && when === "post" && done.at(-1)?.passed === false;
  const isAsked = !isRight && !isAgain && done.length > 0;
  return { isRight, isAgain, isAsked, face: isRight ? "right" : isAgain ? "again" : isAsked && "asked", done: done.length > 0 };
}

const ask = (her, sat, next) => to(`quiz/${slug}/${nextForm(sat.filter(({ person }) => person === her.uid))}`, { person: her.uid, ...next });

// What a quiz starts from; `before`: those taken before.
function asked(before) {
  const language = here.get("language") ?? document.querySelector("[name=language]").value;
  return { kind: here.get("kind") ?? (before.length ? "post" : "pre"), language, taken_on: today() };
}

// Where a group meets: where it met last, else its village.
const lastWords = (now) => now && { place: now.sessions[0]?.place ?? now.group.village };

// The facts of this phone, the latest first, each with what may be done about it.
function chronicle(facts, worlds, modules) {
  const layer = { first: new Map(facts.map((fact) => [fact.uid, fact.fields.get("corrects") || fact.uid])) };
  const latest = new Map(facts.map((fact) => [originOf(layer, fact), fact.uid]));
  const ended = new Set(facts.filter(({ fields }) => fields.get("withdrawn")).map((fact) => originOf(layer, fact)));
  return [...facts].reverse().map((fact) => {
    const { path, fields, uid, state } = fact;
    const origin = originOf(layer, fact);
    const first = facts.find((one) => one.uid === origin)?.fields ?? fields;
    const now = worlds.find((one) => one.group.uid === first.get("group") || personIn(one, first.get("person") ?? origin));
    const mine = latest.get(origin) === uid && !ended.has(origin) && ["waiting", "cleared"].includes(state);
    const module = first.get("module");
    const which = { group: now?.group.uid, corrects: origin };
    return {
      ...fact, own: state, day: new Date(fact.at).toLocaleString("fr", { dateStyle: "short", timeStyle: "short" }), correction: fields.get("corrects"), withdrawn: fields.get("withdrawn"),
      title: module ? word(`module:${module}`) : "", other: !CORRECTED[path] && path !== "/departures/",
      whom: personIn(now ?? { members: [], gone: [] }, first.get("person") ?? origin)?.name ?? (path === "/persons/" ? `${fields.get("given") ?? ""} ${fields.get("family") ?? ""}` : (now?.group.name ?? "")),
      correct: mine && (!module || modules.includes(module)) && CORRECTED[path] && to(CORRECTED[path](first), { ...which, person: first.get("person") }),
      withdraw: mine && CORRECTED[path] && to("withdraw", { ...which, path }), settle: ["held", "conflict"].includes(state) && `/held/${uid}`,
    }; // prettier-ignore
  });
}

const CORRECTED = {
  "/persons/": () => "new-person",
  "/sessions/": (fields) => `session/${fields.get("module")}`,
  "/attempts/": (fields) => `quiz/${fields.get("module")}/${fields.get("form")}`,
  "/hands/": (fields) => `hands/${fields.get("module")}/${fields.get("form")}`,
};

// Forms

// Opens the form of this page: with `known`, or with what is corrected as it was told last.
function opened(now, site, known, before) {
  if (!now || !form) return null;
  const corrects = here.get("corrects");
  const letter = !corrects && before && nextForm(before);
  if (letter && form.elements.form.value !== letter) return location.replace(location.href.replace(/\/[AB]#/, `/${letter}#`));
  const last = corrects && lastTold(site.facts, now, corrects);
  if (corrects && !last) return null;
  const her = personIn(now, here.get("person") ?? corrects);
  const data = { ...about(now), person: her?.name, name: her?.name ?? now.group.name, number: her?.number };
  if (form.classList.contains("roll")) layRoll(now, last ? last.getAll("present") : []);
  refill(last ?? new URLSearchParams(known));
  set("uid", uuid7());
  set("corrects", corrects ?? "");
  set("group", corrects && kind === "new-person" ? "" : now.group.uid);
  set("person", her?.uid);
  if (kind === "withdraw") form.setAttribute("action", here.get("path") ?? "/sessions/");
  if (corrects && page.dataset.corrected) title(page.dataset.corrected);
  for (const day of form.querySelectorAll("input[type=date]")) day.max = today();
  return { ...data, ...(kind === "withdraw" ? taken(last, now) : saying(now, before)) };
}

function set(name, value) {
  const field = form.elements[name];
  if (field && value !== undefined) [field.value, field.disabled] = [value, value === "" && field.type === "hidden"];
}

function refill(fields) {
  for (const field of form.elements) {
    if (!field.name || !fields.has(field.name)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = fields.getAll(field.name).includes(field.value);
    else field.value = fields.get(field.name);
  }
}

// The fields of what is corrected: as told last on this phone, or as the pack has it.
function lastTold(facts, now, origin) {
  const layer = { first: new Map(facts.map((fact) => [fact.uid, fact.fields.get("corrects") || fact.uid])) };
  const chain = facts.filter((fact) => originOf(layer, fact) === origin);
  if (chain.length) return chain.at(-1).fields.get("withdrawn") ? null : chain.at(-1).fields;
  const session = now.sessions.find((one) => one.origin === origin);
  const person = personIn(now, origin);
  const row = session ? { ...session, ...session.heads } : (person ?? [...now.attempts, ...now.hands].find((one) => one.origin === origin));
  if (!row) return null;
  const pairs = Object.entries(row).flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value ?? ""]]));
  return new URLSearchParams(pairs.filter(([, value]) => typeof value !== "object"));
}

// What is taken back, in words.
function taken(fields, now) {
  set("module", fields.get("module") ?? "");
  const day = fields.get("held_on") ?? fields.get("taken_on") ?? fields.get("on");
  const name = personIn(now, here.get("corrects"))?.name ?? now.group.name;
  return { title: [name, fields.get("module") && word(`module:${fields.get("module")}`)].filter(Boolean).join(" · "), when: day ? shortDay(day) : "" };
}

function saying(now, before) {
  const half = form.querySelector("[name=half]:checked");
  const counted = (before ?? []).filter((quiz) => quiz.kind === "post");
  const failed = counted.some((quiz) => quiz.passed === false && quiz.on === today()) && !counted.some((quiz) => quiz.passed);
  const kindSaid = form.querySelector("[name=kind]:checked")?.closest("label").textContent.trim();
  const day = form.elements.taken_on?.value;
  return { when: half ? `${shortDay(form.elements.held_on.value)}, ${word(`half:${half.value}`)}` : kindSaid && `${kindSaid} · ${shortDay(day)}`, tooSoon: failed };
}

function layRoll(now, present) {
  const gone = now.gone.filter(({ uid }) => present.includes(uid));
  const unknown = present.filter((uid) => !personIn(now, uid)).map((uid) => ({ uid, name: "–" })); // who was there stays there
  for (const her of [...now.members, ...gone, ...unknown]) enrol(form, her, present.includes(her.uid));
}

// What is wrong with the form is said beside each field; whether nothing is.
function check() {
  for (const said of form.querySelectorAll("[data-fault]")) said.remove();
  for (const marked of form.querySelectorAll("[aria-invalid], .wrong")) (marked.removeAttribute("aria-invalid"), marked.classList.remove("wrong"));
  for (const field of form.elements) {
    if (!field.willValidate || field.name.startsWith("woman")) continue;
    const { valueMissing, badInput, rangeUnderflow, rangeOverflow, stepMismatch } = field.validity;
    if (valueMissing) blame(field, "empty");
    else if (rangeOverflow && field.type === "date") blame(field, "day");
    else if (badInput || rangeUnderflow || rangeOverflow || stepMismatch) blame(field, field.type === "date" ? "empty" : "number");
    else if (field.required && !field.value.trim()) blame(field, "empty");
  }
  for (const choice of form.querySelectorAll("[data-some]")) if (!choice.querySelector(":checked")) blame(choice, "empty");
  if (kind === "session") checkRoll();
  if (kind === "hands") checkHands();
  const first = form.querySelector("[data-fault]");
  first?.closest("details")?.setAttribute("open", "");
  first?.scrollIntoView({ block: "center" });
  (form.querySelector("[aria-invalid]") ?? first)?.focus({ preventScroll: true });
  return !first;
}

function blame(field, name) {
  const place = field.closest(".field, .heads > div, .question, .there, .call") ?? field;
  if (place.querySelector(":scope > [data-fault]")) return;
  const said = document.getElementById("faults").content.querySelector(`[data-fault="${name}"]`).cloneNode(true);
  for (const [bound, value] of [["least", field.min], ["most", field.max]]) for (const el of said.querySelectorAll(`[data-${bound}]`)) el.textContent = value;
  said.id = `${field.id || field.name || "roll"}-fault`;
  place.classList.toggle("wrong", !place.matches(".call"));
  const after = place.querySelector(":scope > .hint, :scope > legend, :scope > label:not(.pick), :scope > .sticky");
  after ? after.after(said) : place.prepend(said);
  if (field.localName === "fieldset" || field.localName === "section") return;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", said.id);
}

function excuse(place) {
  place?.querySelector(":scope > [data-fault]")?.remove();
  place?.classList.remove("wrong");
}

function checkRoll() {
  const there = form.querySelector("[name=present]:checked") || [...form.elements].some((field) => field.name.startsWith("heads_") && Number(field.value));
  if (!there) blame(form.querySelector(".call"), "nobody");
}

function checkHands() {
  const raised = (part) => [...part.querySelectorAll("[name^='hands.']")].reduce((sum, input) => sum + Number(input.value || 0), 0);
  for (const question of form.querySelectorAll(".question")) if (raised(question) > Number(form.elements.present.value)) blame(question, "hands");
  if (!raised(form)) blame(form.elements.present, "nohands");
}

// forms.js asks before it keeps a fact.
let fields;

function checked(event) {
  fields = event.detail.fields;
  if (!check()) event.preventDefault();
}

// Where it goes on.
function next() {
  const origin = fields.get("corrects") || fields.get("uid");
  const group = now.group.uid;
  return {
    "new-person": () => to("person", { person: origin, group }),
    session: () => to("sitting", { session: origin, group }),
    quiz: () => to(`quiz/${slug}/${fields.get("form")}`, { attempt: origin, person: fields.get("person"), group, language: fields.get("language") }),
    hands: () => to(`hands/${slug}/${fields.get("form")}`, { hands: origin, group }),
    withdraw: () => to("told"),
    leave: () => to("group", { group }),
  }[kind]();
}

// What came out stands in the place of the questions. The fields of what was told, as told last.
function cameOut({ facts }, { origin }) {
  const shown = document.querySelector("[data-outcome]");
  page.replaceWith(shown);
  shown.toggleAttribute("data-laid", true);
  return facts.filter((fact) => (fact.fields.get("corrects") || fact.uid) === origin).at(-1)?.fields ?? new URLSearchParams();
}

// What the group knows, the least known first; a question for which no hand went up was not asked.
function raised(site, { kind, on, present, origin }) {
  const told = cameOut(site, { origin });
  const questions = document.querySelector("[data-outcome] ol");
  const right = ({ dataset }) => Number(told.get(dataset.hands));
  for (const row of [...questions.children].sort((a, b) => right(a) - right(b))) {
    const asked = row.dataset.hands.replace(/[^.]+$/, "");
    row.hidden = ![...told].some(([name, hands]) => name.startsWith(asked) && Number(hands));
    questions.append(row);
    fill(row, { right: right(row), present });
  }
  const list = to(`quizzes/${slug}`, { group: now.group.uid, kind });
  const then = () => act.querySelector(".go").replaceWith(filled(document.getElementById("hands-done"), { list }));
  return { ...about(now), then, when: `${word(`kind:${kind}`)} · ${shortDay(on)}` };
}

// What came out of a quiz, and whom to ask next.
function outcome(site, quiz, her) {
  const told = cameOut(site, quiz);
  const found = score(answersOf(told), JSON.parse(page.dataset.keys)[quiz.form]);
  const isPre = quiz.kind === "pre";
  const sat = now.attempts.filter(({ module }) => module === slug);
  const waiting = now.members.filter(({ uid }) => !sat.some(({ person }) => person === uid));
  const follows = waiting.find((one) => (one.number ?? Infinity) > (her.number ?? Infinity)) ?? waiting[0];
  const ids = { group: now.group.uid, kind: quiz.kind, language: here.get("language") };
  const onwards = follows ? filled(document.getElementById("next-to-ask"), { ...follows, number: follows.number ?? "", ask: ask(follows, sat, ids) }) : "";
  const then = () => act.querySelector(".go").replaceWith(onwards);
  return { then, ...her, ...found, isPre, isPassed: !isPre && found.passed, isAgain: !isPre && !found.passed, vital: !isPre && found.vital, list: to(`quizzes/${slug}`, ids) };
}

function title(text) {
  if (text) document.querySelector(".top h1").textContent = text;
  document.title = `${document.querySelector(".top h1").textContent.trim()} · Kalanso`;
}

// Before a quiz that is not judged: nothing of right or wrong is left in the page.
function hideAnswers() {
  if (kind !== "quiz" || form.querySelector("[name=kind]:checked")?.value === "post") return;
  for (const question of form.querySelectorAll(".question")) delete question.dataset.answer;
  for (const said of form.querySelectorAll(".feedback")) said.remove();
}

// The page comes to life: filled, then with the scripts that waited for it.

let now;

async function lay() {
  const worker = await present();
  if (!worker) return say("nobody");
  if (kind === "home") return (await import("./carry.js")).lay(worker, page);
  const site = await everything(worker);
  now = groupHere(site);
  const data = PAGES[kind](site, now);
  if (!data) return say("missing");
  for (const part of document.querySelectorAll("[data-module]")) part.hidden = !site.modules.includes(part.dataset.module);
  fill(document.body, data);
  data.then?.();
  if (!here.get("corrects") || !page.dataset.corrected) title();
  for (const back of document.querySelectorAll(".back")) if (now) back.hash = new URLSearchParams({ group: now.group.uid }).toString();
  for (const part of document.querySelectorAll("[data-laid]")) part.hidden = false;
  if (form?.isConnected) await begin();
  for (const later of document.querySelectorAll("script[type=later]")) await import(later.src);
}

async function begin() {
  form.addEventListener("fact:check", checked);
  form.addEventListener("fact:kept", ({ detail }) => (detail.next = next()));
  form.addEventListener("change", () => fill(form.querySelector("summary") ?? form, saying(now)));
  form.addEventListener("input", ({ target }) => excuse(target.closest(".wrong, .call")));
  form.addEventListener("nameless", ({ detail }) => blame(detail, "empty"));
  await begun(form);
  hideAnswers();
}

addEventListener("hashchange", () => location.reload());
addEventListener("pageshow", (event) => event.persisted && location.reload()); // gone back to: told since
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']"); // the fragment holds the ids: it stays
  const place = link?.hash && document.getElementById(link.hash.slice(1));
  if (!link) return;
  event.preventDefault();
  place?.closest("details")?.setAttribute("open", "");
  place?.scrollIntoView();
  (place?.querySelector("summary") ?? place)?.focus({ preventScroll: true });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.language");
  if (!link) return;
  document.cookie = `language=${link.hreflang}; path=/; max-age=31536000; samesite=lax`;
  link.hash = location.hash;
});

lay();
