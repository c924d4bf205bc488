// @ts-check
// The choices under "Predict" become radio buttons. What the reader has committed to is said again in the answer.
{
  /**
   * @param {Element} question
   * @param {HTMLDetailsElement} answer
   * @param {number} number
   */
  const offer = (question, answer, number) => {
    const list = question.querySelector(":scope>ul");
    if (!list) return;
    const form = document.createElement("form");
    form.className = "lr-prediction";
    const choices = document.createElement("fieldset");
    choices.setAttribute("aria-label", "Your prediction");
    for (const item of list.children) {
      const label = document.createElement("label");
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: `prediction-${number}`, required: true });
      radio.toggleAttribute("data-right", item.classList.contains("right"));
      const text = document.createElement("span");
      text.append(...item.childNodes);
      label.append(radio, text);
      choices.append(label);
    }
    const commit = document.createElement("button");
    commit.className = "md-button";
    commit.textContent = "Commit to it";
    form.append(choices, commit);
    form.addEventListener("submit", event => {
      event.preventDefault();
      const chosen = /** @type {HTMLInputElement} */ (choices.querySelector(":checked"));
      choices.disabled = true;
      const read = document.createElement("button");
      Object.assign(read, { type: "button", className: "md-button", textContent: "Read the answer" });
      read.addEventListener("click", () => {
        answer.open = true;
        answer.scrollIntoView({ block: "center" });
        answer.querySelector("summary")?.focus({ preventScroll: true });
      });
      commit.replaceWith(read);
      read.focus();
      const verdict = document.createElement("p");
      const text = chosen.nextElementSibling?.cloneNode(true) ?? "";
      verdict.append("You chose: ", text, chosen.hasAttribute("data-right") ? ". That is right." : ". That is not it.");
      answer.querySelector("summary")?.after(verdict);
    });
    list.replaceWith(form);
  };

  const update = () => {
    const answers = [...document.querySelectorAll("details.success")].filter(
      node => node.querySelector("summary")?.textContent === "Answer to the prediction",
    );
    document.querySelectorAll(".question:has(>ul)").forEach((question, i) => {
      const after = answers.find(node => question.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
      if (after instanceof HTMLDetailsElement) offer(question, after, i);
    });
  };
  update();
  document.addEventListener("DOMContentLoaded", () => {
    /** @typedef {Record<"subscribe", (listener: () => void) => void>} Pages each new one that the theme swaps in */
    /** @type {Window & {document$?: Pages}} */
    const { document$ } = window;
    document$?.subscribe(update);
  });
}
