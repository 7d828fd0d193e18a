// What is still to be sent, on every page: [data-counter] holds [data-number], a sentence for each state [data-say], an icon for
// each [data-sign]. It shows itself once a worker is enrolled on this phone.

import { phone } from "./database.js";
import { present, workers } from "./keys.js";
import { count } from "./outbox.js";

const LATE = 7; // days

export async function show() {
  const bar = document.querySelector("[data-counter]");
  if (!bar || !(await workers()).length) return;
  const { session, trouble, open } = await phone();
  const author = (await present())?.author ?? open?.author ?? session;
  const state = await count(author);
  const said = toSay(state, trouble);
  bar.hidden = false;
  bar.classList.toggle("quiet", said === "sent");
  bar.querySelector("[data-number]").textContent = { held: state.held, others: state.others }[said] ?? state.waiting;
  bar.querySelector("[data-number]").hidden = said === "sent";
  for (const sentence of bar.querySelectorAll("[data-say]")) sentence.hidden = sentence.dataset.say !== said;
  for (const sign of bar.querySelectorAll("[data-sign]")) sign.toggleAttribute("hidden", !sign.dataset.sign.split(" ").includes(said));
}

// Which one sentence: the one that asks most of her.
export function toSay({ waiting, held, others, oldest_days }, trouble) {
  if (waiting && trouble === "sign_in") return "sign_in";
  if (waiting && oldest_days > LATE) return "late";
  if (waiting) return "waiting";
  if (held) return "held";
  return others ? "others" : "sent";
}

export function start() {
  document.addEventListener("outbox", show);
  return show();
}
