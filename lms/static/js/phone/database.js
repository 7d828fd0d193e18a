// What this phone keeps: one IndexedDB, and the one way of writing into it that a tick may stand on.

import { openDB } from "../../vendor/idb/index.js";

let opening;

export function open() {
  opening ??= openDB("kalanso", 1, { upgrade, blocking: close, terminated: close }).catch((error) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

function upgrade(db) {
  const facts = db.createObjectStore("facts", { keyPath: "uid" });
  facts.createIndex("author", "author");
  facts.createIndex("state", "state");
  for (const [name, keyPath] of Object.entries({ drafts: "key", workers: "author", carried: "key", phone: "key", parcels: "hash" })) {
    db.createObjectStore(name, { keyPath });
  }
}

function close() {
  opening?.then((db) => db.close());
  opening = undefined;
}

// Runs `work(transaction)`; resolves with what it returns when the disk has it, and not before.
export async function strictly(stores, work) {
  const transaction = (await open()).transaction(stores, "readwrite", { durability: "strict" });
  const done = transaction.done.catch((error) => {
    throw transaction.error ?? error; // a full disk is named only here
  });
  done.catch(() => {});
  try {
    const result = await work(transaction);
    await done;
    return result;
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // it is over already
    }
    throw transaction.error ?? error;
  }
}

// The record of this phone: {id, label, seal, epoch, last_number, receipt, open, session, language, trouble,
// asked: when the server was asked last, theirs: the server's clock then}.
export async function phone() {
  return (await (await open()).get("phone", "this")) ?? { key: "this" };
}

export function remember(changes) {
  return strictly("phone", async ({ store }) => store.put({ ...((await store.get("this")) ?? { key: "this" }), ...changes }));
}

export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint16(0, Math.floor(Date.now() / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, Date.now() % 2 ** 32);
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  return hex(bytes).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export function hex(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
