// Shortens a list while one types: <div data-find="id of the list" hidden><input type="search"></div>, the list's children
// kept by their text, a number by its beginning; [data-nobody="id"] is shown when nothing is left. Without this file: the whole list.

import { foldName } from "./folding.js";

export function fits(text, wanted) {
  const key = ` ${foldName(text)}`;
  return /^\d+$/.test(wanted) ? key.startsWith(` ${wanted}`) : key.includes(` ${wanted}`);
}

for (const finder of document.querySelectorAll("[data-find]")) {
  const list = document.getElementById(finder.dataset.find);
  const nobody = document.querySelector(`[data-nobody="${finder.dataset.find}"]`);
  const input = finder.querySelector("input");
  const rows = [...list.children].map((row) => [row, row.innerText.replace(/\s+/g, " ")]);
  finder.hidden = false;
  const find = () => {
    const wanted = foldName(input.value);
    let left = 0;
    for (const [row, text] of rows) {
      row.hidden = Boolean(wanted) && !fits(text, wanted);
      left += !row.hidden;
    }
    if (nobody) nobody.hidden = left > 0;
  };
  input.addEventListener("input", find);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it finds, it never sends the form around it
  });
  find();
}
