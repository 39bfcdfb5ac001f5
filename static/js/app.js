// What a page does by itself: the count in title and icon, words on the connection, arrivals that
// fade in, typed text that is kept, and focus that goes where one expects it.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const baseTitle = document.title.replace(/^\(\d+\) /, "");
  const MOST_ON_ICON = 10;
  let lastCount = null;

  const count = () => {
    const number = Number(byId("inbox-counts")?.dataset.count ?? 0);
    if (number === lastCount) return;
    document.title = number ? `(${number}) ${baseTitle}` : baseTitle;
    document.querySelector('link[rel="icon"]').href = `/icon/${Math.min(number, MOST_ON_ICON)}.svg`;
    if (lastCount !== null) announce(number);
    lastCount = number;
  };

  const announce = (number) => {
    const words = byId("announcer").dataset;
    byId("announcer").textContent =
      number === 0 ? words.none : number === 1 ? words.one : words.many.replace("#", number);
  };

  document.addEventListener("desk:connection", ({ detail: state }) => {
    const place = byId("connection");
    if (place.dataset.state === state) return;
    place.hidden = false;
    place.dataset.state = state;
    place.textContent = place.dataset[state];
  });

  // What arrives fades in; what was there before does not move.
  let before = new Set();
  const items = (region) => region.querySelectorAll("li[id]");
  document.addEventListener("htmx:sseBeforeMessage", ({ target }) => {
    before = new Set([...items(target)].map((item) => item.id));
  });
  document.addEventListener("htmx:sseMessage", ({ target }) => {
    const region = byId(target.id);
    if (region) {
      for (const item of items(region)) item.classList.toggle("arrived", !before.has(item.id));
    }
    count();
    settle();
  });

  // A form with text in it says so; the style sheet keeps it in sight when its question is closed.
  const texts = (form) => [...form.querySelectorAll(".text")];
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.(".answer");
    if (form) form.toggleAttribute("data-touched", texts(form).some((text) => text.value.trim()));
  });

  const settle = () => {
    const form = byId("answer");
    if (!form) return;
    const closed = byId("question-state").dataset.status !== "pending";
    for (const text of texts(form)) text.readOnly = closed;
    for (const control of form.querySelectorAll("button, [type=radio]")) control.disabled = closed;
  };

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (!detail.requestConfig || !detail.xhr) return;
    const form = detail.requestConfig.elt;
    if (detail.xhr.status === 422) {
      document.querySelector("#answer [aria-invalid]")?.focus();
      return;
    }
    if (detail.xhr.status < 300 && form.id === "answer") form.removeAttribute("data-touched");
    settle();
    byId(detail.target.id)?.focus({ preventScroll: false });
  });

  const notice = (text) => { byId("notice").textContent = text; };
  document.addEventListener("htmx:beforeRequest", () => notice(""));
  document.addEventListener("htmx:sendError", () => notice(byId("notice").dataset.unreachable));
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    const words = byId("notice").dataset;
    notice({ 400: words.old, 401: words.ended }[xhr.status] ?? words.failed);
  });

  count();
  settle();
})();
