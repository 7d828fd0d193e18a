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
