// The one way in of everything a phone does: loaded by pages of a worker who is signed in, by the door, and by the phone's pages.

const able = isSecureContext && globalThis.indexedDB && crypto.subtle;
const { author, phone: page } = document.body.dataset;
const entering = able && document.querySelector("form[data-door]") && import("./door.js");

// At once: she may be quicker than what has to be fetched, and the PIN is known only now.
if (entering) document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-door]")) return;
  event.preventDefault();
  entering.then((door) => door.enter(event.target), () => event.target.submit());
});

async function start() {
  const [{ phone, remember }, { workers }] = [await import("./database.js"), await import("./keys.js")];
  const { language, session } = await phone();
  const now = { language: document.documentElement.lang, session: author ?? session };
  if (language !== now.language || session !== now.session) await remember(now);
  if (!(await workers()).length) return page && fill();
  navigator.serviceWorker?.register("/sw.js").catch(() => {});
  const [lock, forms, counter, outbox] = await Promise.all(["lock", "forms", "counter", "outbox"].map((name) => import(`./${name}.js`)));
  await lock.start();
  if (page) await fill();
  if (author || page) forms.start();
  await counter.start();
  if (document.querySelector("[data-save-parcels], [data-relay]")) await import("./parcel.js");
  document.addEventListener("send", outbox.flush);
  outbox.keepSending();
  outbox.tidy();
}

const fill = () => page !== "unlock" && import("./page.js");

if (able) start();
