// The outbox: a fact is frozen the moment it is added, numbered on this phone, sealed, sent until the server says by name that
// it holds it. What must never break is model-checked in docs/protocol/outbox.pml; the wire: docs/protocol/wire.md.

import { hex, open, phone, remember, strictly } from "./database.js";
import { present, seal, unseal, workers } from "./keys.js";

const MOST_FACTS = 200;
const MOST_BYTES = 256 * 1024; // gzipped
const PATIENCE = 120_000; // milliseconds for one batch: 256 KB at 20 kbit/s
const KEPT_DAYS = 90;
const KEPT_BYTES = 5_000_000;
const A_DAY = 86_400_000;
const ASKED_EVERY = 3_600_000; // milliseconds
const letters = new TextEncoder();
const tabs = new BroadcastChannel("outbox");
tabs.onmessage = () => document.dispatchEvent(new Event("outbox"));

// Other tabs and the counter are told; nothing is said of what.
function tell() {
  tabs.postMessage(1);
  document.dispatchEvent(new Event("outbox"));
}

// Keeps a fact for good: `body` is the urlencoded form with its uid. Resolves with the row once the disk has it.
// `draft`: the key of the draft it was, gone in the same moment. The same fact added twice is one.
export async function add(path, body, draft) {
  const worker = await present();
  if (!worker) throw new DOMException("nobody is there", "NotAllowedError");
  const uid = new URLSearchParams(body).get("uid");
  const row = {
    uid, path, at: new Date().toISOString(), author: worker.author, sealed: await seal(worker, body), bytes: letters.encode(body).length,
    state: "waiting", reason: null, cleared_at: null, epoch: null,
  }; // prettier-ignore
  try {
    await strictly(["facts", "drafts", "phone"], (transaction) => put(transaction, row, draft));
  } catch (error) {
    const before = error.name === "ConstraintError" && (await (await open()).get("facts", uid));
    if (!before || before.path !== path || before.author !== worker.author || (await unseal(worker, before.sealed)) !== body) throw error;
    return before;
  }
  tell();
  return row;
}

async function put(transaction, row, draft) {
  const store = transaction.objectStore("phone");
  const record = (await store.get("this")) ?? { key: "this" };
  row.number = (record.last_number ?? 0) + 1;
  const added = transaction.objectStore("facts").add(row);
  if (draft) transaction.objectStore("drafts").delete(draft);
  await Promise.all([added, store.put({ ...record, last_number: row.number })]);
}

// What a worker told on this phone, in order, for her own eyes only: [{uid, path, fields, number, at, state, reason}].
export async function told(author) {
  const worker = await present();
  if (worker?.author !== author) return [];
  const rows = await (await open()).getAllFromIndex("facts", "author", author);
  const opened = rows.map(async ({ uid, path, number, at, state, reason, sealed }) => {
    const fields = new URLSearchParams(await unseal(worker, sealed));
    return { uid, path, fields, number, at, state, reason };
  });
  return (await Promise.all(opened)).sort((one, other) => one.number - other.number);
}

// {waiting, held, oldest_days} of one worker; `others`: how many facts of her colleagues wait on this phone.
export async function count(author) {
  const db = await open();
  const waiting = await db.getAllFromIndex("facts", "state", "waiting");
  const own = waiting.filter((row) => row.author === author);
  const apart = [...(await db.getAllFromIndex("facts", "state", "held")), ...(await db.getAllFromIndex("facts", "state", "conflict"))];
  const oldest = Math.min(Date.now(), ...own.map((row) => Date.parse(row.at)));
  return {
    waiting: own.length, held: apart.filter((row) => row.author === author).length, others: waiting.length - own.length,
    oldest_days: Math.floor((Date.now() - oldest) / A_DAY),
  }; // prettier-ignore
}

// One answer, judged and written in one transaction: it clears facts only if its epoch is the phone's; a newer epoch says that
// the server was restored, and un-clears everything; an older one came late, and is worth nothing.
// Resolves with how many facts it settled.
export async function judge({ epoch, now, results = {}, receipt }) {
  const settled = await strictly(["facts", "phone"], async (transaction) => {
    const [facts, store] = [transaction.objectStore("facts"), transaction.objectStore("phone")];
    const record = (await store.get("this")) ?? { key: "this" };
    if (generation(epoch) < generation(record.epoch)) return 0;
    if (epoch !== record.epoch) await wakeAll(facts);
    const theirs = Date.parse(now) || record.theirs;
    await store.put({ ...record, epoch, theirs, asked: Date.now(), ...(receipt && { receipt }) });
    return settle(facts, epoch, results, theirs);
  });
  tell();
  return settled;
}

export const learn = (epoch) => judge({ epoch });

const generation = (epoch) => parseInt(epoch, 10) || 0;

async function wakeAll(facts) {
  for (let cursor = await facts.openCursor(); cursor; cursor = await cursor.continue()) {
    const row = cursor.value;
    if (row.state !== "waiting") cursor.update({ ...row, state: "waiting", reason: null, cleared_at: null, epoch: null });
  }
}

const STATES = { stored: "cleared", duplicate: "cleared", held: "held", conflict: "conflict", aside: "aside" };

async function settle(facts, epoch, results, now) {
  let settled = 0;
  for (const [uid, { state, reason = null }] of Object.entries(results)) {
    const row = STATES[state] && (await facts.get(uid));
    if (!row) continue; // "later", or a word of a newer server: it stays, and is tried again
    const cleared_at = STATES[state] === "cleared" ? now : null;
    await facts.put({ ...row, state: STATES[state], reason, cleared_at, epoch });
    settled += row.state === "waiting";
  }
  return settled;
}

// A batch the server cannot take as a whole is halved, until the fact that it breaks on is alone and passed over.
const WHOLE = ["batch", "refused"];
let most = 50; // facts in the next batch: halved when one does not arrive, doubled when one does
let tries = 0;
let timer;
let flushing;
let again;

// Sends what waits, one sender at a time on this phone. {sent, waiting, trouble: null | "network" | "sign_in" | "other"}
// Asked for while it sends, it sends once more: what was added meanwhile may have come too late.
export function flush() {
  if (flushing) return (again ??= flushing.then(() => ((again = undefined), flush())));
  flushing = alone(send).finally(() => (flushing = undefined));
  return flushing;
}

function alone(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("outbox", { ifAvailable: true }, (free) => (free ? work() : another()));
}

// Another tab is sending; what was added at its very end is looked for once more.
function another() {
  clearTimeout(timer);
  timer = setTimeout(flush, 5_000);
  return { sent: 0, waiting: 0, trouble: null };
}

async function send() {
  clearTimeout(timer);
  const { session } = await phone();
  const worker = (await workers()).find(({ author }) => author === session);
  const { sent, trouble } = worker ? await sendAll(worker) : { sent: 0, trouble: (await anyWaiting()) ? "sign_in" : null };
  const relayed = trouble || !(await (await open()).count("parcels")) ? null : await (await import("./parcel.js")).relay();
  await remember({ trouble: trouble ?? relayed });
  tell();
  const waiting = await anyWaiting();
  tries = trouble || relayed ? tries + 1 : 0;
  if (waiting || relayed) timer = setTimeout(flush, pause());
  return { sent, waiting, trouble: trouble ?? relayed };
}

const pause = () => Math.min(15 * 60_000, 2_000 * 2 ** Math.min(tries, 9)) * (0.5 + Math.random() / 2);
const anyWaiting = async () => (await open()).countFromIndex("facts", "state", "waiting");

async function sendAll(worker) {
  const passed = new Set(); // answered, and still to be kept: not asked about again in this round
  let sent = 0;
  for (;;) {
    const rows = (await waitingOf(worker.author)).filter(({ uid }) => !passed.has(uid)).slice(0, most);
    if (!rows.length) return { sent, trouble: passed.size ? "other" : await ask(worker) };
    const { text, used } = await envelope(worker, rows);
    const answer = await postBatch(text);
    if (answer.trouble === "network") most = Math.max(1, most >> 1);
    if (answer.trouble && !WHOLE.includes(answer.trouble)) return { sent, trouble: answer.trouble };
    if (!answer.trouble) sent += await hear(answer, used, passed);
    else if (used.length > 1) most = used.length >> 1;
    else passed.add(used[0].uid);
  }
}

const postBatch = async (text) => post("/outbox", await gzipped(text), { "Content-Type": "application/json", ...encoding });

// Nothing waits: once an hour the server is asked all the same. It may have been restored, or have settled what it held.
async function ask(worker) {
  const { asked = 0 } = await phone();
  if (Math.abs(Date.now() - asked) < ASKED_EVERY) return null;
  const apart = (await ofAuthor(worker.author)).filter(({ state }) => ["held", "conflict"].includes(state));
  do {
    const { text, used } = await envelope(worker, apart);
    const answer = await postBatch(text);
    if (answer.trouble) return answer.trouble;
    await judge(answer);
    apart.splice(0, used.length);
  } while (apart.length);
  return null;
}

async function hear(answer, used, passed) {
  const settled = await judge(answer);
  for (const { uid } of used) if (!STATES[answer.results?.[uid]?.state]) passed.add(uid);
  if (!settled) for (const { uid } of used) passed.add(uid); // an answer of another epoch: the next round asks again
  most = Math.min(MOST_FACTS, most * 2);
  return settled;
}

export async function waitingOf(author) {
  return (await ofAuthor(author)).filter(({ state }) => state === "waiting");
}

export async function ofAuthor(author) {
  const rows = await (await open()).getAllFromIndex("facts", "author", author);
  return rows.sort((one, other) => one.number - other.number);
}

// The envelope of as many of the first `rows` as may travel together: its text, and the rows in it.
export async function envelope(worker, rows) {
  const record = await phone();
  let used = rows.slice(0, MOST_FACTS);
  const facts = [];
  for (const { uid, path, sealed, number, at, author } of used) facts.push({ uid, path, body: await unseal(worker, sealed), number, at, author });
  for (;;) {
    const bodies = letters.encode(facts.map(({ body }) => body).join(""));
    const text = JSON.stringify({
      client: 2, device: record.id, count: facts.length, sha256: hex(await crypto.subtle.digest("SHA-256", bodies)),
      now: new Date().toISOString(), epoch: record.epoch ?? null, facts,
    }); // prettier-ignore
    if (used.length === 1 || (await gzipped(text)).length <= MOST_BYTES) return { text, used };
    used = used.slice(0, used.length >> 1);
    facts.length = used.length;
  }
}

const zips = "CompressionStream" in globalThis;
const encoding = zips ? { "Content-Encoding": "gzip" } : {};

export async function gzipped(text) {
  const plain = new Blob([text]);
  const smaller = zips ? new Response(plain.stream().pipeThrough(new CompressionStream("gzip"))) : plain;
  return new Uint8Array(await smaller.arrayBuffer());
}

// The server's answer, or {trouble}. Whatever is not our JSON with an epoch was said by somebody else: there is no network.
export async function post(address, body, headers) {
  try {
    const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json", ...headers }, signal: AbortSignal.timeout(PATIENCE) });
    if ([413, 500].includes(response.status)) return { trouble: "batch" };
    const answer = await response.json();
    if (response.ok && answer.epoch) return answer;
    if (answer.sign_in) return await signedOut();
    return { trouble: response.status === 400 && answer.error ? "refused" : "network" };
  } catch {
    return { trouble: "network" };
  }
}

async function signedOut() {
  await remember({ session: null });
  return { trouble: "sign_in" };
}

// What the server holds is kept 90 days by the server's clock in case it is restored, but not beyond 5 MB; the oldest go first.
export async function tidy() {
  const { theirs } = await phone();
  return strictly("facts", async ({ store }) => {
    const rows = (await store.index("state").getAll("cleared")).sort((one, other) => other.cleared_at - one.cleared_at);
    let bytes = 0;
    for (const row of rows) {
      bytes += row.bytes;
      if (bytes > KEPT_BYTES || theirs - row.cleared_at > KEPT_DAYS * A_DAY) store.delete(row.uid);
    }
  });
}

// When to try: now, when something was added, when the network or she comes back, and by the timer of a flush.
export function keepSending() {
  const now = () => {
    tries = 0;
    flush();
  };
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  document.addEventListener("click", (event) => event.target.closest("[data-send]") && now());
  now();
}
