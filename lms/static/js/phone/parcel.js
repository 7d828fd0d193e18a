// Facts that travel by another way: a file on a card or by Bluetooth, sealed to the server, signed by their author's key.
// A file is "KALANSO1" and parcels, each preceded by its length (4 bytes, big-endian); a parcel: docs/protocol/wire.md.
// [data-save-parcels] is the button that writes one, input[type=file][data-relay] takes a colleague's; what became of it is said
// by the element with [data-parcels-said="saved"|"none"|"taken"|"wrong"].

import { hex, open, phone, strictly } from "./database.js";
import { bytesOf, sign, workers } from "./keys.js";
import { envelope, gzipped, learn, post, waitingOf } from "./outbox.js";

const FILE = "KALANSO1";
const PARCEL = "KLN1";
const MOST_BYTES = 50_000_000;
const letters = new TextEncoder();
const { subtle } = crypto;

// Everything that waits on this phone, whoever told it, as one file; null when nothing waits. Nothing counts as sent by it.
export async function file() {
  const parcels = [];
  for (const worker of await workers()) {
    for (let rows = await waitingOf(worker.author); rows.length; ) {
      const { text, used } = await envelope(worker, rows);
      parcels.push(await parcel(worker, text));
      rows = rows.slice(used.length);
    }
  }
  return parcels.length ? new Blob([FILE, ...parcels.flatMap((each) => [lengthOf(each), each])]) : null;
}

async function parcel(worker, text) {
  const { id, seal } = await phone();
  const signed = JSON.stringify({ envelope: text, author: worker.author, device: id, signature: await sign(worker, text) });
  const own = await subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const ephemeral = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
  const server = await subtle.importKey("raw", bytesOf(seal), { name: "ECDH", namedCurve: "P-256" }, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: server }, own.privateKey, 256);
  const key = await keyOf(shared, ephemeral);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealing = { name: "AES-GCM", iv, additionalData: letters.encode(PARCEL) };
  const sealed = await subtle.encrypt(sealing, key, await gzipped(signed));
  return new Uint8Array(await new Blob([PARCEL, ephemeral, iv, sealed]).arrayBuffer());
}

async function keyOf(shared, salt) {
  const from = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: letters.encode("kalanso-parcel-1") };
  return subtle.deriveKey(how, from, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

function lengthOf(bytes) {
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, bytes.length);
  return length;
}

// Keeps the parcels of a colleague's file for the next sending. How many; throws when it is no such file.
export async function take(blob) {
  if (blob.size > MOST_BYTES) throw new RangeError("too big");
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== FILE) throw new TypeError("no file of ours");
  const rows = [];
  for (let at = 8; at < bytes.length; ) {
    const size = new DataView(bytes.buffer).getUint32(at);
    const one = bytes.slice(at + 4, at + 4 + size);
    if (one.length !== size || new TextDecoder().decode(one.subarray(0, 4)) !== PARCEL) throw new TypeError("cut short");
    rows.push({ hash: hex(await subtle.digest("SHA-256", one)), bytes: one, at: Date.now(), size });
    at += 4 + size;
  }
  await strictly("parcels", ({ store }) => Promise.all(rows.map((row) => store.put(row))));
  return rows.length;
}

// Sends the parcels on; each leaves this phone when the server has answered for it. null, or the trouble.
export async function relay() {
  const db = await open();
  for (const { hash, bytes, refused } of await db.getAll("parcels")) {
    if (refused) continue;
    const answer = await post("/outbox/parcels", bytes, { "Content-Type": "application/octet-stream" });
    if (["network", "sign_in"].includes(answer.trouble)) return answer.trouble;
    if (answer.trouble === "batch") continue;
    if (answer.trouble) await strictly("parcels", async ({ store }) => store.put({ ...(await store.get(hash)), refused: true }));
    else await learn(answer.epoch); // the rest was said of another phone's facts
    if (!answer.trouble && !Object.values(answer.results).some(({ state }) => state === "later")) await db.delete("parcels", hash);
  }
  return null;
}

function say(what, count) {
  for (const place of document.querySelectorAll("[data-parcels-said]")) {
    place.hidden = place.dataset.parcelsSaid !== what;
    const number = place.querySelector("[data-number]");
    if (number && count) number.textContent = count;
  }
}

async function save() {
  const made = await file();
  say(made ? "saved" : "none");
  if (!made) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(made);
  link.download = `kalanso-${(await phone()).label}-${new Date().toISOString().slice(0, 10)}.kln`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

document.addEventListener("click", (event) => event.target.closest("[data-save-parcels]") && save());
document.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-relay]") || !event.target.files.length) return;
  try {
    say("taken", await take(event.target.files[0]));
    document.dispatchEvent(new Event("send"));
  } catch {
    say("wrong");
  }
  event.target.value = "";
});
