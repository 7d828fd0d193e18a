// − and + beside a number field: <div class="steps"><button data-step="-1" hidden><input type="number"><button data-step="1" hidden>.

export function step(input, by) {
  const least = Number(input.min || 0);
  const most = input.max === "" ? Infinity : Number(input.max);
  const value = Math.min(most, Math.max(least, Number(input.value || 0) + by));
  if (String(value) === input.value) return;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const button of document.querySelectorAll("[data-step]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) step(button.closest(".steps").querySelector("input"), Number(button.dataset.step));
});
