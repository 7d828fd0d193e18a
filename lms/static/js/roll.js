// The roll-call: counts live, finds a woman by name or number, marks all but some. Without this file: a plain list of boxes.
// <form class="roll"> with [data-count], [data-of], [data-all-but], [type=search], [data-nobody-found], and
// <ul class="members"><li><label class="member"><input type="checkbox" name="present" data-number data-name>.

import { foldName } from "./folding.js";

for (const form of document.querySelectorAll("form.roll")) enhance(form);

function enhance(form) {
  const list = form.querySelector(".members");
  const count = form.querySelector("[data-count]");
  const search = form.querySelector("[type=search]");
  const all = form.querySelector("[data-all-but]");
  const nobody = form.querySelector("[data-nobody-found]");
  const boxes = () => [...form.querySelectorAll("input[name=present]")];

  const recount = () => {
    const every = boxes();
    const present = every.filter((box) => box.checked).length;
    count.textContent = present;
    for (const place of form.querySelectorAll("[data-of]")) place.textContent = every.length;
    if (present) form.classList.add("called");
    form.dispatchEvent(new CustomEvent("counted", { bubbles: true, detail: { present, of: every.length } }));
  };

  const row = (box) => box.closest("li");
  const key = (box) => ` ${foldName(box.dataset.name ?? "")}`;
  const matches = (box, wanted) =>
    /^\d+$/.test(wanted) ? (box.dataset.number ?? "").startsWith(wanted) : key(box).includes(` ${wanted}`) || key(box).includes(wanted);

  const find = () => {
    const wanted = foldName(search.value);
    const found = boxes().filter((box) => {
      const fits = !wanted || matches(box, wanted);
      row(box).hidden = !fits;
      return fits;
    });
    const exact = found.filter((box) => box.dataset.number === wanted);
    const chosen = wanted && (found.length === 1 ? found[0] : exact[0]);
    for (const box of boxes()) row(box).classList.toggle("only", box === chosen);
    if (nobody) nobody.hidden = found.length > 0;
    return chosen;
  };

  form.addEventListener("change", recount);
  list.addEventListener("click", (event) => {
    if (event.target.closest("label") && search?.value) requestAnimationFrame(() => clear());
  });

  const clear = () => {
    search.value = "";
    find();
  };

  if (search) {
    search.closest("[hidden]")?.removeAttribute("hidden");
    search.addEventListener("input", find);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // Enter marks the only match; it never sends the form
      const box = find();
      if (!box) return;
      box.click();
      clear();
    });
  }
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      for (const box of boxes()) box.checked = true;
      form.classList.add("called");
      recount();
      if (search) clear();
    });
  }
  count.closest("[hidden]")?.removeAttribute("hidden");
  new MutationObserver(recount).observe(list, { childList: true }); // rows laid in by the phone's overlay
  recount();
}
