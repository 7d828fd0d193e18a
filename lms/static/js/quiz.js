// Turns one long quiz form into one question a screen. No timer. Without this file the form is answered from top to bottom.
// <form class="quiz"> <fieldset class="question" data-answer="b"> … <div class="feedback" hidden>; the button of the act bar
// carries data-confirm, data-next, data-finish (its words at each moment). Without data-answer nothing is said of right or wrong.
// A question counted by hands (data-hands) is always ready to go on; its right picture is [data-option] equal to data-answer.

const form = document.querySelector("form.quiz");
const act = document.querySelector("[data-confirm]");
if (form && act) start();

function start() {
  const questions = [...form.querySelectorAll(".question")];
  const label = act.querySelector("[data-label]") ?? act;
  const progress = form.querySelector(".progress") ?? document.querySelector(".progress");
  const back = document.querySelector(".act .back");
  const extras = [...document.querySelectorAll("[data-quiz-start]")];
  let at = Math.max(0, Math.min(questions.length - 1, Number(history.state?.question ?? 0)));

  const byHands = (question) => "hands" in question.dataset;
  const chosen = (question) => (byHands(question) ? question : question.querySelector("input:checked"));
  const last = () => at === questions.length - 1;
  const answered = (question) => question.classList.contains("answered");

  function show(number, { push = false } = {}) {
    at = number;
    questions.forEach((question, index) => (question.hidden = index !== at));
    for (const extra of extras) extra.hidden = at > 0;
    const state = { question: at };
    if (push) history.pushState(state, "");
    else history.replaceState(state, "");
    if (progress) {
      progress.hidden = false;
      const bar = progress.querySelector("progress");
      bar.max = questions.length;
      bar.value = at + 1;
      progress.querySelector("[data-at]").textContent = `${at + 1} / ${questions.length}`;
    }
    refresh();
    window.scrollTo(0, 0);
    if (push) questions[at].focus({ preventScroll: true });
  }

  function refresh() {
    const question = questions[at];
    const said = answered(question) || !question.dataset.answer;
    label.textContent = !said ? act.dataset.confirm : last() ? act.dataset.finish : act.dataset.next;
    act.disabled = !chosen(question);
  }

  function judge(question) {
    const choice = chosen(question);
    const right = byHands(question) || choice.value === question.dataset.answer;
    question.classList.add("answered");
    for (const hand of question.querySelectorAll("[data-option]")) hand.classList.toggle("right", hand.dataset.option === question.dataset.answer);
    for (const input of question.querySelectorAll("input[type=radio]")) {
      const option = input.closest(".option");
      option.classList.toggle("right", input.value === question.dataset.answer);
      option.classList.toggle("wrong", input === choice && !right);
      if (input !== choice) input.disabled = true; // the answer given is the answer sent
    }
    const feedback = question.querySelector(".feedback");
    if (feedback) {
      feedback.classList.toggle("again", !right);
      feedback.querySelector("[data-right]").hidden = !right;
      feedback.querySelector("[data-again]")?.toggleAttribute("hidden", right);
      feedback.hidden = false;
      feedback.focus({ preventScroll: true });
      feedback.scrollIntoView({ block: "nearest" });
    }
    refresh();
  }

  form.noValidate = true;
  for (const question of questions) question.tabIndex = -1;
  form.addEventListener("change", refresh);
  act.addEventListener("click", (event) => {
    const question = questions[at];
    if (!chosen(question)) return event.preventDefault();
    if (question.dataset.answer && !answered(question)) {
      event.preventDefault();
      judge(question);
    } else if (!last()) {
      event.preventDefault();
      show(at + 1, { push: true });
    }
  });
  form.addEventListener("submit", (event) => {
    if (!last() || !chosen(questions[at])) event.preventDefault(); // Enter in an answer does not send a half-done quiz
  });
  back?.addEventListener("click", (event) => {
    if (at === 0) return;
    event.preventDefault();
    history.back();
  });
  addEventListener("popstate", (event) => {
    if (Number.isInteger(event.state?.question)) show(Math.min(event.state.question, questions.length - 1));
  });
  if (!chosen(questions[at]) && at > 0 && !questions.slice(0, at).every(chosen)) at = 0; // opened again, emptied: from the start
  form.classList.add("stepped");
  show(at);
}
