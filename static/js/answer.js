// The form of a question: what is typed survives a reload, the free answer counts its characters, a
// tick that is out of sight is not sent, and the note opens for an answer that says nothing without.
(() => {
  "use strict";

  const PREFIX = "draft:";
  const NAMES = ["decision", "guidance"];
  let form = null; // of the question that is shown
  const keyOf = (sent) => PREFIX + sent.getAttribute("action").replace(/\/resolve$/, "");

  const count = () => {
    for (const counter of document.querySelectorAll("[data-counts]")) {
      const { counts, most, over } = counter.dataset;
      const length = [...document.getElementById(counts).value.replaceAll("\r\n", "\n")].length;
      const text = length > most ? over.replace("#", length - most) : `${length} / ${most}`;
      if (counter.textContent !== text) counter.textContent = text;
      counter.toggleAttribute("data-too-many", length > most);
    }
  };

  const untick = () => {
    const remember = form.elements.remember;
    const chosen = form.querySelector("[name=decision]:checked");
    if (remember && chosen && !("repeatable" in chosen.dataset)) remember.checked = false;
  };

  // Without scripts all fields are in sight, and the server takes those of the chosen option.
  const showFields = () => {
    const chosen = form.querySelector("[name=decision]:checked")?.value;
    for (const field of form.querySelectorAll("[data-of]")) {
      field.hidden = !JSON.parse(field.dataset.of).includes(chosen);
      field.querySelector(".asked-with").hidden = true;
    }
  };

  const openNote = () => {
    if (form.querySelector("[data-needs-words]:checked")) form.querySelector(".note").open = true;
  };

  const keep = () => {
    const typed = NAMES.map((name) => [name, form.elements[name]?.value ?? ""]);
    if (typed.some(([, text]) => text.trim())) {
      sessionStorage.setItem(keyOf(form), JSON.stringify(Object.fromEntries(typed)));
    } else sessionStorage.removeItem(keyOf(form));
  };

  const restore = () => {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "{}");
    for (const name of NAMES) {
      const place = form.elements[name];
      if (!place || place.value || !kept[name]) continue;
      place.value = kept[name];
      if (name === "guidance") place.closest("details").open = true;
    }
    if (Object.keys(kept).length) form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // Nothing of one person is left for whoever signs in next.
  document.addEventListener("submit", ({ target }) => {
    if (target.getAttribute("action") !== "/sign-out") return;
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
    }
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful, xhr } }) => {
    if (elt.id === "answer" && successful && xhr.status < 300) sessionStorage.removeItem(keyOf(elt));
  });
  document.addEventListener("htmx:afterSettle", count);
  document.addEventListener("htmx:afterSettle", () => form && document.contains(form) && showFields());
  document.addEventListener("input", ({ target }) => {
    if (!form || (!target.closest?.("#answer") && target !== form)) return;
    untick();
    showFields();
    openNote();
    count();
    keep();
  });

  const begin = () => {
    form = document.getElementById("answer");
    // The server knows no evening but that of the browser.
    for (const zone of document.querySelectorAll("[name=zone]")) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (location.hash === "#snooze") document.getElementById("snooze")?.closest("details")?.setAttribute("open", "");
    if (!form) return;
    showFields();
    if (document.getElementById("question-state")?.dataset.status === "pending") restore();
    count();
  };
  document.addEventListener("desk:question", begin);
  begin();
})();
