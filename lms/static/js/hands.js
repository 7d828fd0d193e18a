// Hands up: one question a screen, one count per picture, never more hands than women present.
// <form class="hands"> with fieldsets [data-hands] holding .steps; .sum shows [data-total] of [data-of]. The number present is
// a field [data-present-field], or data-present on the form. The button of the act bar carries data-next and data-finish;
// A question with more hands than women holds her back; one without any hand is asked about once ([data-none]).
// [data-start] is shown with the first question only. Without this file the form is filled from top to bottom.

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
    const none = sum.querySelector("[data-none]");
    if (none && total) none.hidden = true;
  };

  const recount = () => form.querySelectorAll("[data-hands]").forEach(count);
  form.addEventListener("input", recount);
  form.addEventListener("focusin", (event) => event.target.matches(".steps input") && event.target.select()); // 0 is written over
  recount();
  const act = document.querySelector(`[data-next][form="${form.id}"]`);
  if (act && form.id) step(form, act);
}

function step(form, act) {
  const questions = [...form.querySelectorAll("[data-hands]")];
  const progress = document.querySelector(".progress");
  const back = document.querySelector(".act .back");
  const wrong = questions.findIndex((question) => question.classList.contains("wrong"));
  let at = wrong >= 0 ? wrong : Math.min(questions.length - 1, Number(history.state?.hands ?? 0));

  function show(number, push = false) {
    at = number;
    questions.forEach((question, index) => (question.hidden = index !== at));
    for (const part of form.querySelectorAll("[data-start]")) part.hidden = at > 0 && at !== wrong;
    history[push ? "pushState" : "replaceState"]({ hands: at }, "");
    (act.querySelector("[data-label]") ?? act).textContent = at === questions.length - 1 ? act.dataset.finish : act.dataset.next;
    if (progress) {
      progress.hidden = false;
      progress.querySelector("progress").value = at + 1;
      progress.querySelector("[data-at]").textContent = `${at + 1} / ${questions.length}`;
    }
    if (!push) return;
    window.scrollTo(0, 0);
    questions[at].focus({ preventScroll: true });
  }

  // Whether she stays: too many hands must be mended; no hand at all is asked about, and the second touch goes on.
  function held(question) {
    const sum = question.querySelector(".sum");
    const none = sum?.querySelector("[data-none]");
    const nobody = none?.hidden && Number(sum.querySelector("[data-total]").textContent) === 0;
    if (nobody) none.hidden = false;
    if (!nobody && !sum?.classList.contains("over")) return false;
    sum.scrollIntoView({ block: "center" });
    return true;
  }

  for (const question of questions) question.tabIndex = -1;
  act.addEventListener("click", (event) => {
    const stays = held(questions[at]);
    if (stays) event.preventDefault();
    if (stays || at === questions.length - 1) return;
    event.preventDefault();
    show(at + 1, true);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); // a half-done quiz is not sent
  });
  back?.addEventListener("click", (event) => {
    if (!at) return;
    event.preventDefault();
    history.back();
  });
  addEventListener("popstate", (event) => {
    if (Number.isInteger(event.state?.hands)) show(event.state.hands);
  });
  form.classList.add("stepped");
  show(at);
}
