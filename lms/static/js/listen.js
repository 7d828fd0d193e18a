// Plays recordings, one at a time: <button data-audio="address" aria-pressed="false">. A second tap stops.

const player = new Audio();
let playing = null;

function stop() {
  player.pause();
  playing?.setAttribute("aria-pressed", "false");
  playing = null;
}

async function play(button) {
  stop();
  playing = button;
  button.setAttribute("aria-pressed", "true");
  player.src = button.dataset.audio;
  try {
    await player.play();
  } catch {
    if (playing === button) stop();
  }
}

player.addEventListener("ended", stop);
player.addEventListener("error", stop);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-audio]");
  if (!button) return;
  event.preventDefault(); // a loudspeaker inside an answer does not choose it by itself …
  const choice = button.closest("label")?.control;
  if (choice && !choice.disabled && !choice.checked) choice.click(); // … but to hear an answer is to point at it
  if (playing === button) stop();
  else play(button);
});
// To tap an answer is also to hear it.
document.addEventListener("change", (event) => {
  const button = event.target.closest("label")?.querySelector("[data-audio]");
  if (button && event.target.checked && playing !== button) play(button);
});

// A loudspeaker without a recording says so beside itself, for a moment.
const sentence = document.createElement("output");
sentence.className = "unheard";
document.body.append(sentence);
let fading;
document.addEventListener("click", (event) => {
  const button = event.target.closest(".listen[aria-disabled=true]");
  if (!button) return;
  event.preventDefault();
  clearTimeout(fading);
  sentence.textContent = button.title;
  const { left, top, bottom, width } = button.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = sentence;
  const middle = left + width / 2 - offsetWidth / 2;
  sentence.style.left = `${Math.max(8, Math.min(middle, document.documentElement.clientWidth - offsetWidth - 8))}px`;
  sentence.style.top = `${top - offsetHeight - 6 > 70 ? top - offsetHeight - 6 : bottom + 6}px`;
  fading = setTimeout(() => (sentence.textContent = ""), 3000);
});
