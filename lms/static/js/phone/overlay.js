// Lays what this phone told over what it took along: one group as it is now, network or not. Pure: no page, no database.
//
// world(pack, told, keys) → the shape of the pack (see docs/protocol); a row told on this phone carries `own`, the state of
// its latest fact: "waiting", "cleared", "held" or "conflict". `told`: what outbox.told gives. `pack.known`, written when the
// pack was taken: {upto: the number of the last fact told by then, but: [uids that had not arrived yet]}; an arrived fact
// that the pack knows is not laid again, for the server may have heard something later. Facts are laid in the order of
// their numbers, whatever order they come in; what is withdrawn or has left does not come back.
// `keys`: {form letter: {answers: {item: option}, vital: [item], needed}}, to judge a quiz of this phone.

export function world(pack, told, keys = {}) {
  const layer = { now: JSON.parse(JSON.stringify(pack)), keys, first: new Map(), ended: new Set() };
  layer.now.gone ??= [];
  for (const fact of told) layer.first.set(fact.uid, fact.fields.get("corrects") || fact.uid);
  for (const fact of [...told].sort((a, b) => a.number - b.number)) {
    if (LAID[fact.path] && !knownTo(pack, fact)) LAID[fact.path](layer, fact);
  }
  return inOrder(layer.now);
}

// The uid that a chain of corrections began with.
export function originOf(layer, fact) {
  let uid = fact.fields.get("corrects") || fact.uid;
  for (const seen = new Set(); layer.first.has(uid) && !seen.has(uid); uid = layer.first.get(uid)) seen.add(uid);
  return uid;
}

// {item: option} of the body of a quiz.
export function answersOf(fields) {
  return Object.fromEntries([...fields].filter(([name]) => name.startsWith("answer.")).map(([name, value]) => [name.slice(7), value]));
}

// What a quiz is worth: {right, asked, passed}, as the server will find; null when the questions are not known here.
export function score(answers, key) {
  if (!key) return { right: null, asked: null, passed: null };
  const items = Object.keys(key.answers);
  const right = items.filter((item) => answers[item] === key.answers[item]);
  const vital = key.vital.filter((item) => !right.includes(item)).length;
  return { right: right.length, asked: items.length, needed: key.needed, vital, passed: right.length >= key.needed && !vital };
}

// The form of the questions to present next: A first; after that the one not taken last.
export function nextForm(taken) {
  return taken.length && taken.at(-1).form === "A" ? "B" : "A";
}

function knownTo(pack, fact) {
  return fact.state === "cleared" && pack.known && fact.number <= pack.known.upto && !pack.known.but.includes(fact.uid);
}

const LAID = {
  "/persons/": person,
  "/departures/": departure,
  "/memberships/": move,
  "/sessions/": kind("sessions", "group", session),
  "/attempts/": kind("attempts", "person", attempt),
  "/hands/": kind("hands", "group", hands),
};

function person(layer, fact) {
  const { now, ended } = layer;
  const uid = originOf(layer, fact);
  const known = [...now.members, ...now.gone].find((one) => one.uid === uid);
  if (ended.has(uid) || (!known && fact.fields.get("group") !== now.group.uid)) return;
  if (fact.fields.get("withdrawn")) {
    ended.add(uid);
    now.members = now.members.filter((one) => one.uid !== uid);
    return;
  }
  const told = Object.fromEntries(["given", "family", "sex", "age"].map((name) => [name, fact.fields.get(name) ?? ""]));
  const her = { ...known, uid, ...told, name: `${told.given} ${told.family}`.trim(), own: fact.state };
  if (known) Object.assign(known, her);
  else now.members.push({ number: null, code: null, ...her });
}

function leaves({ now }, uid) {
  now.gone.push(...now.members.filter((one) => one.uid === uid));
  now.members = now.members.filter((one) => one.uid !== uid);
}

function departure(layer, fact) {
  leaves(layer, layer.first.get(fact.fields.get("person")) ?? fact.fields.get("person"));
}

function move(layer, fact) {
  if (fact.fields.get("group") !== layer.now.group.uid) departure(layer, fact);
}

// How facts of one kind are laid: where their rows are, which field says that they are of this group, what a row is made of.
function kind(list, about, row) {
  return (layer, fact) => {
    const { now, ended } = layer;
    const origin = originOf(layer, fact);
    const before = now[list].find((one) => one.origin === origin);
    const whose = fact.fields.get(about);
    const ours = about === "group" ? whose === now.group.uid : [...now.members, ...now.gone].some((one) => one.uid === whose);
    if (ended.has(origin) || (!before && !ours)) return;
    now[list] = now[list].filter((one) => one !== before);
    if (fact.fields.get("withdrawn")) ended.add(origin);
    else now[list].push({ ...before, origin, ...row(fact.fields, layer), own: fact.state });
  };
}

function session(fields) {
  const heads = [...fields].filter(([name, value]) => name.startsWith("heads_") && Number(value));
  return {
    ...pick(fields, "module", "content", "held_on", "half", "place", "language"),
    lessons: fields.getAll("lessons"),
    minutes: Number(fields.get("minutes")),
    present: fields.getAll("present"),
    heads: Object.fromEntries(heads.map(([name, value]) => [name, Number(value)])),
  };
}

function attempt(fields, { keys }) {
  return { ...pick(fields, "person", "module", "form", "kind"), on: fields.get("taken_on"), ...score(answersOf(fields), keys[fields.get("form")]) };
}

function hands(fields) {
  return { ...pick(fields, "module", "form", "kind"), on: fields.get("taken_on"), present: Number(fields.get("present")) };
}

function pick(fields, ...names) {
  return Object.fromEntries(names.map((name) => [name, fields.get(name) ?? ""]));
}

// As the server orders them: the roll by number, with those who have none yet after it; quizzes the first first.
function inOrder(now) {
  const by = (...keys) => (a, b) => keys.reduce((order, key) => order || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0), 0);
  now.members.sort(by((one) => one.number ?? Infinity));
  now.sessions.sort(by((one) => one.held_on, (one) => one.half, (one) => one.origin)).reverse();
  for (const list of [now.attempts, now.hands]) list.sort(by((one) => one.on, (one) => one.origin));
  return now;
}
