// Whose phone it is at this moment: the workers enrolled on it, their PINs without network, the keys that seal what they tell.
// The keys never leave the browser, and not even this code can read them. What that protects, and what not: docs/threat-model.md.

import { open, phone, remember, strictly } from "./database.js";

export const IDLE = 120_000; // milliseconds without a touch until the phone locks
const ITERATIONS = 210_000; // PBKDF2-SHA-256, OWASP 2023
const FREE_TRIES = 5;
const WAITS = [1, 5, 15, 60]; // minutes, after the fifth wrong PIN and each further one
const { subtle } = crypto;
const letters = new TextEncoder();

export const base64 = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
export const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

// After a sign-in on line: makes her (or her new PIN) known to this phone, and her key to the server. `as`: what she signed in as.
// Resolves with her record; null when her office has no outbox or the server did not answer.
export async function enrol(pin, as = "") {
  const db = await open();
  const known = (await db.getAll("workers")).find(({ author }) => author.toLowerCase() === as.trim().toLowerCase());
  const pair = known ?? (await signingKeys());
  const answer = await introduce((await phone()).id ?? null, pair.public);
  if (!answer) return null;
  const before = await db.get("workers", answer.author);
  const worker = answer.field && {
    author: answer.author, called: answer.called, animal: answer.animal, enrolled_at: new Date().toISOString(), sign: pair.sign, public: pair.public,
    key: before?.key ?? (await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])),
    tries: 0, closed_until: 0, ...(await verifierOf(pin)),
  }; // prettier-ignore
  const here = { author: answer.author, touched: Date.now(), ...(answer.field ? {} : { field: false }) };
  await strictly(["workers", "phone"], async (transaction) => {
    const store = transaction.objectStore("phone");
    const own = answer.field ? { id: answer.device, label: answer.label, seal: answer.seal } : {};
    if (worker) transaction.objectStore("workers").put(worker);
    store.put({ key: "this", last_number: 0, ...(await store.get("this")), ...own, open: here, session: answer.author, trouble: null });
  });
  if (worker) navigator.storage?.persist?.().catch(() => {});
  return worker || null;
}

async function signingKeys() {
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  return { sign: pair.privateKey, public: base64(await subtle.exportKey("raw", pair.publicKey)) };
}

async function introduce(device, key) {
  try {
    const response = await fetch("/devices", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ device, key }), signal: AbortSignal.timeout(15_000),
    }); // prettier-ignore
    const answer = await response.json();
    return answer.author ? answer : null;
  } catch {
    return null;
  }
}

async function verifierOf(pin, salt = crypto.getRandomValues(new Uint8Array(16)), iterations = ITERATIONS) {
  const key = await subtle.importKey("raw", letters.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256);
  return { salt, iterations, verifier: base64(bits) };
}

// "open", "wrong", or {closed_until} in milliseconds. Each try is counted as wrong before it is looked at.
export async function unlock(author, pin) {
  const worker = await oneMoreTry(author);
  if (!worker) return "wrong";
  if (worker.closed) return { closed_until: worker.closed };
  const { verifier } = await verifierOf(pin, worker.salt, worker.iterations);
  if (verifier !== worker.verifier) return "wrong";
  await strictly(["workers", "phone"], async (transaction) => {
    const [workers, store] = [transaction.objectStore("workers"), transaction.objectStore("phone")];
    workers.put({ ...(await workers.get(author)), tries: 0, closed_until: 0 });
    store.put({ ...(await store.get("this")), open: { author, touched: Date.now() } });
  });
  return "open";
}

function oneMoreTry(author) {
  return strictly("workers", async ({ store }) => {
    const worker = await store.get(author);
    const longest = Date.now() + WAITS.at(-1) * 60_000; // a clock put back does not close the door for years
    if (worker?.closed_until > Date.now()) return { closed: Math.min(worker.closed_until, longest) };
    if (!worker) return null;
    worker.tries += 1;
    const wait = WAITS[Math.min(worker.tries - FREE_TRIES, WAITS.length - 1)];
    worker.closed_until = wait ? Date.now() + wait * 60_000 : 0;
    store.put(worker);
    return worker;
  });
}

export function lock() {
  return remember({ open: null });
}

// The worker whose hands the phone is in, or null: nobody, nobody for two minutes, or somebody without an outbox.
export async function present() {
  const { open: here } = await phone();
  if (!here || here.field === false || idle(here)) return null;
  return (await (await open()).get("workers", here.author)) ?? null;
}

export const idle = ({ touched }) => Math.abs(Date.now() - touched) > IDLE; // a clock that jumps back locks, too

export async function workers() {
  return (await open()).getAll("workers");
}

let touched = 0;
export async function touch() {
  if (Math.abs(Date.now() - touched) < 10_000) return;
  touched = Date.now();
  const store = (await open()).transaction("phone", "readwrite").store;
  const record = await store.get("this");
  if (record?.open && !idle(record.open)) await store.put({ ...record, open: { ...record.open, touched } });
}

export async function seal(worker, text) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await subtle.encrypt({ name: "AES-GCM", iv }, worker.key, letters.encode(text)) };
}

export async function unseal(worker, { iv, data }) {
  return new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv }, worker.key, data));
}

// ECDSA P-256 with SHA-256, r and s one after the other, in base64.
export async function sign(worker, text) {
  return base64(await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, worker.sign, letters.encode(text)));
}
