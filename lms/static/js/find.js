// Shortens a list while one types: <div data-find="id of the list" hidden><input type="search"></div>, the list's children
// kept by their text, a number by its beginning; [data-nobody="id"] is shown when nothing is left. Without this file: the whole list.

// Search that forgives spelling, as lms/core/folding.py does it: one key for bɛ, bè, be; Coulibaly and Kulubali.

const LETTERS = { ɛ: "e", ε: "e", є: "e", ɔ: "o", ɲ: "n", ŋ: "n", œ: "oe", æ: "ae" };
const SPELLINGS = [
  [/traore/g, "tarawele"],
  [/coulibal[yi]|kulibali/g, "kulubali"],
  [/keita/g, "keyita"],
  [/ou/g, "u"],
  [/dj/g, "j"],
  [/c(?=[aou])/g, "k"],
  [/y/g, "i"],
  [/(.)\1/g, "$1"],
];

export function fold(text) {
  const plain = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[ɛεєɔɲŋœæ]/g, (letter) => LETTERS[letter]);
  return plain
    .replace(/([a-z])3/g, "$1e")
    .replace(/3(?=[a-z])/g, "e")
    .replace(/ny(?=[aeiou])/g, "n")
    .replace(/\bng(?=[aeiou])/g, "n")
    .replace(/['’‘ʼ`´]/g, " ")
    .replace(/-/g, "")
    .replace(/([aeiou])\1/g, "$1")
    .trim()
    .replace(/\s+/g, " ");
}

export function foldName(text) {
  return SPELLINGS.reduce((key, [spelling, common]) => key.replace(spelling, common), fold(text));
}

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
