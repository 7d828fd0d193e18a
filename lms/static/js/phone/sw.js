// The service worker. Before it the server writes what it carries: const SHELL = {version, urls}.
// It never touches a POST, and keeps no page that was made for somebody: those come from the network, or their stand-in does,
// the phone's own empty page of the same kind. A locked phone shows public pages and its door.

const SHELL_CACHE = `shell-${SHELL.version}`;
const PATIENCE = 3_000;
const IDLE = 120_000; // as in keys.js
const PUBLIC = /^\/(modules|verify|help|sign-in|activate|language|healthz|phone\/\w+\/unlock)(\/|$)/;
const UID = "([0-9a-f-]{36})";

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(visit(event.request, url));
  else if (url.pathname.startsWith("/static/") || url.pathname.includes("/media/")) event.respondWith(kept(event.request));
});

// All of it, and all of one version, or nothing.
async function install() {
  await caches.delete(SHELL_CACHE);
  const cache = await caches.open(SHELL_CACHE);
  try {
    await cache.addAll(SHELL.urls.map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
    const { version } = await (await fetch("/phone/shell.json", { cache: "no-store" })).json();
    if (version !== SHELL.version) throw new Error("a newer one is out");
  } catch (error) {
    await caches.delete(SHELL_CACHE);
    throw error;
  }
  await skipWaiting();
}

// The shell before this one stays: a page that is open may still ask for its own scripts.
async function activate() {
  const shells = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL_CACHE);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
  await clients.claim();
}

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function visit(request, url) {
  const { phone, enrolled } = await recall();
  const open = PUBLIC.test(url.pathname);
  if (enrolled && !open && locked(phone)) return to(phone, `unlock#${new URLSearchParams({ next: url.pathname + url.search })}`);
  if (url.pathname.startsWith("/phone/")) return (await copy(url, phone)) ?? fromNetwork(request, url, phone, enrolled);
  const anothers = enrolled && !open && phone.open.field !== false && phone.session !== phone.open.author;
  return anothers ? standIn(url, phone) : fromNetwork(request, url, phone, enrolled);
}

const locked = ({ open }) => !open || (open.field !== false && Math.abs(Date.now() - open.touched) > IDLE);
const to = ({ language = "fr" }, page) => Response.redirect(`/phone/${language}/${page}`, 302);

// The server's page; what is kept when it does not come. A page without a kept copy of its own is waited for.
async function fromNetwork(request, url, phone, enrolled) {
  const network = fetch(request);
  const slow = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const first = await Promise.race([network.catch(() => null), slow]);
  if (first) return first;
  const other = (await copy(url, phone)) ?? (enrolled ? await known(url, phone) : null);
  if (other) return other;
  return network.catch((error) => {
    if (!enrolled) throw error;
    return to(phone, "#away");
  });
}

// A kept copy: of the shell, or of a module taken along, in her language first.
async function copy(url, { language = "fr" }) {
  const names = await caches.keys();
  const modules = names.filter((name) => name.startsWith("module-"));
  const own = modules.filter((name) => name.includes(`-${language}-`));
  for (const name of [SHELL_CACHE, ...own, ...modules]) {
    const found = names.includes(name) && (await (await caches.open(name)).match(url.pathname, { ignoreVary: true, ignoreSearch: true }));
    if (found) return found;
  }
  return null;
}

const standIn = async (url, phone) => (await known(url, phone)) ?? to(phone, "#away");

// Where the phone's own page of the same kind is, if it is kept: ids go into the fragment.
async function known({ pathname, searchParams }, phone) {
  const page = kin(pathname, Object.fromEntries(searchParams));
  if (page === null) return null;
  const there = await copy(new URL(`/phone/${phone.language ?? "fr"}/${page.split("#")[0]}`, location.origin), phone);
  return there ? to(phone, page) : null;
}

function kin(path, { group, module, person, corrects, form }) {
  const about = (ids) => `#${new URLSearchParams(Object.entries(ids).filter(([, id]) => id))}`;
  const uid = (kind) => path.match(new RegExp(`^/${kind}/${UID}$`))?.[1];
  if (path === "/") return "";
  if (path === "/groups/") return "groups";
  if (path === "/sessions/") return "told";
  if (uid("groups")) return `group${about({ group: uid("groups") })}`;
  if (uid("persons")) return `person${about({ person: uid("persons") })}`;
  if (path === "/persons/new") return `new-person${about({ group })}`;
  if (path === "/sessions/new" && group) return module ? `session/${module}${about({ group, corrects })}` : `teach${about({ group })}`;
  if (path === "/attempts/new" && module) return `quizzes/${module}${about({ group, person })}`;
  if (path === "/hands/new" && module) return form ? `hands/${module}/${form}${about({ group })}` : `quizzes/${module}${about({ group })}`;
  const quizzes = path.match(/^\/quizzes\/([\w-]+)$/);
  return quizzes ? `quizzes/${quizzes[1]}${about({ group })}` : null;
}

// What this phone knows of itself, as database.js wrote it; nothing is made here.
function recall() {
  return new Promise((resolve) => {
    const nothing = () => resolve({ phone: {}, enrolled: false });
    const opening = indexedDB.open("kalanso");
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onerror = nothing;
    opening.onsuccess = () => {
      const db = opening.result;
      db.onversionchange = () => db.close();
      const reading = db.transaction(["phone", "workers"]);
      const [record, workers] = [reading.objectStore("phone").get("this"), reading.objectStore("workers").count()];
      reading.oncomplete = () => {
        db.close();
        resolve({ phone: record.result ?? {}, enrolled: workers.result > 0 });
      };
      reading.onabort = nothing;
    };
  });
}
