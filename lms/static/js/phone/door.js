// The PIN is known only while somebody signs in: <form data-door> is posted from here, and when it fits, this phone learns it.
// data-door names the field of the PIN. Whatever goes wrong here, the server's own pages go on as without this file.

import { enrol } from "./keys.js";

let busy = false;

export async function enter(form) {
  if (busy) return; // a second tap
  busy = true;
  await tryAt(form).finally(() => (busy = false));
}

async function tryAt(form) {
  const fields = new FormData(form);
  const response = await post(form, fields);
  const silent = document.querySelector("[data-no-network]");
  if (silent) silent.hidden = Boolean(response);
  if (!response) return;
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return show(await response.text());
  const { next } = await response.json();
  await enrol(fields.get(form.dataset.door), fields.get("identifier") ?? document.body.dataset.author).catch(() => {});
  location.assign(next);
}

async function post(form, fields) {
  try {
    const body = new URLSearchParams(fields);
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(60_000) });
    return response.headers.has("Content-Security-Policy") ? response : null;
  } catch {
    return null;
  }
}

// What the server says of the try, in place of the page: to send it again would count as another wrong try.
function show(page) {
  const main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  document.querySelector("main").replaceChildren(...main.childNodes);
  document.querySelector(".problems")?.focus();
}
