// The roll-call: counts live, finds a woman by name or number, marks all but some. Without this file: a plain list of boxes.
// A .roll (a form, or a list of links to open) with [type=search], [data-nobody-found] and <ul class="members"><li> holding
// [data-number][data-name]: boxes to tick or links to open. With boxes also [data-count], [data-of], [data-all-but].
// A <li class="place"> heads the rows that follow it. A list with data-plain is one to choose from: who is not ticked is not absent.

import { foldName } from "./find.js";

for (const roll of document.querySelectorAll(".roll")) enhance(roll);

function enhance(roll) {
  const list = roll.querySelector(".members");
  if (!list) return;
  const count = roll.querySelector("[data-count]");
  const search = roll.querySelector("[type=search]");
  const all = roll.querySelector("[data-all-but]");
  const nobody = roll.querySelector("[data-nobody-found]");
  const rows = () => [...list.querySelectorAll("[data-name]")];
  const boxes = () => [...list.querySelectorAll("input[type=checkbox]")];

  const recount = () => {
    if (!count) return;
    const every = boxes();
    const present = every.filter((box) => box.checked).length;
    count.textContent = present;
    for (const place of roll.querySelectorAll("[data-of]")) place.textContent = every.length;
    if (present && !("plain" in list.dataset)) roll.classList.add("called");
    roll.dispatchEvent(new CustomEvent("counted", { bubbles: true, detail: { present, of: every.length } }));
  };

  const key = (row) => ` ${foldName(row.dataset.name)}`;
  const matches = (row, wanted) => (/^\d+$/.test(wanted) ? (row.dataset.number ?? "").startsWith(wanted) : key(row).includes(wanted));

  const find = () => {
    const wanted = foldName(search.value);
    const found = rows().filter((row) => {
      const fits = !wanted || matches(row, wanted);
      row.closest("li").hidden = !fits;
      return fits;
    });
    const exact = found.filter((row) => row.dataset.number === wanted);
    const chosen = wanted && (found.length === 1 ? found[0] : exact[0]);
    for (const row of rows()) row.closest("li").classList.toggle("only", row === chosen);
    for (const place of list.querySelectorAll(".place")) place.hidden = !shownUnder(place);
    if (nobody) nobody.hidden = found.length > 0;
    return chosen;
  };

  const shownUnder = (place) => {
    let row = place.nextElementSibling;
    while (row?.hidden) row = row.nextElementSibling;
    return row && !row.classList.contains("place");
  };

  const clear = () => {
    search.value = "";
    find();
  };

  roll.addEventListener("change", recount);
  list.addEventListener("click", (event) => {
    if (event.target.closest("label") && search?.value) requestAnimationFrame(clear);
  });

  if (search) {
    search.closest("[hidden]")?.removeAttribute("hidden");
    search.addEventListener("input", find);
  }
  roll.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox], [type=radio])")) return;
    event.preventDefault(); // Enter never sends a roll half called …
    if (event.target === search) {
      const row = find(); // … in the search it marks, or opens, the only match
      if (row) row.click();
      if (row) clear();
    } else {
      event.target.closest("details")?.querySelector("button[name]")?.click(); // … and where a woman is added it adds her
    }
  });
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      for (const box of boxes()) box.checked = true;
      roll.classList.add("called");
      recount();
      if (search) clear();
    });
  }
  count?.closest("[hidden]")?.removeAttribute("hidden");
  new MutationObserver(recount).observe(list, { childList: true }); // rows laid in by the phone's overlay
  recount();
}

// A link to a field in a folded part unfolds it and puts the writing mark there.
document.addEventListener("click", (event) => {
  const field = event.target.closest("a[href^='#']") && document.getElementById(event.target.closest("a").hash.slice(1));
  const folded = field?.closest("details");
  if (!folded) return;
  event.preventDefault();
  folded.open = true;
  folded.scrollIntoView({ block: "start" });
  (field === folded ? folded.querySelector("summary") : field).focus({ preventScroll: true });
});
