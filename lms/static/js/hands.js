// Hands up: one count per picture, never more hands than women present.
// <form class="hands" data-present="103"> with fieldsets [data-hands] holding .steps; .sum shows [data-total] of [data-present].
// Where the number present is itself a field, it carries data-present-field.

import "./steps.js";

for (const form of document.querySelectorAll("form.hands")) enhance(form);

function enhance(form) {
  const field = form.querySelector("[data-present-field]");
  const present = () => Number((field ? field.value : form.dataset.present) || 0);

  const count = (part) => {
    const inputs = [...part.querySelectorAll(".steps input")].filter((input) => input !== field);
    const total = inputs.reduce((sum, input) => sum + Number(input.value || 0), 0);
    const left = Math.max(0, present() - total);
    for (const input of inputs) {
      input.max = Number(input.value || 0) + left; // so that + stops when every hand is counted
      input.closest(".steps").querySelector("[data-step='1']").disabled = left === 0;
      input.closest(".steps").querySelector("[data-step='-1']").disabled = !Number(input.value);
    }
    const sum = part.querySelector(".sum");
    if (!sum) return;
    sum.querySelector("[data-total]").textContent = total;
    for (const place of sum.querySelectorAll("[data-of]")) place.textContent = present();
    sum.classList.toggle("full", total > 0 && left === 0 && total === present());
    sum.classList.toggle("over", total > present());
    const over = sum.querySelector("[data-over]");
    if (over) over.hidden = total <= present();
  };

  const recount = () => form.querySelectorAll("[data-hands]").forEach(count);
  form.addEventListener("input", recount);
  recount();
}
