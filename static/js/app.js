// What a page does by itself: the count in title and icon, words on the connection, arrivals that
// fade in, typed text that is kept, and focus that goes where one expects it.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  let baseTitle = document.title.replace(/^\(\d+\) /, "");
  const MOST_ON_ICON = 10;
  let lastCount = null;

  const count = () => {
    const number = Number(byId("inbox-counts")?.dataset.count ?? 0);
    if (number === lastCount) return;
    document.title = number ? `(${number}) ${baseTitle}` : baseTitle;
    navigator.setAppBadge?.(number).catch(() => {}); // of the app on a home screen
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
    const words = byId("notice").dataset;
    if (state === "live" && byId("notice").textContent === words.unreachable) notice(words.back, true);
  });

  // What arrives fades in; what was there before does not move.
  let before = new Set();
  const items = (region) => region.querySelectorAll("li[id]");
  let focused = null; // the region that holds the focus before it is put in place
  document.addEventListener("htmx:sseBeforeMessage", ({ target }) => {
    before = new Set([...items(target)].map((item) => item.id));
    focused = target.contains(document.activeElement) ? target.id : null;
  });
  document.addEventListener("htmx:sseMessage", ({ target }) => {
    const region = byId(target.id);
    if (region) {
      for (const item of items(region)) item.classList.toggle("arrived", !before.has(item.id));
    }
    // A button that had the focus may be gone; its place is where the reading goes on.
    if (focused === target.id && document.activeElement === document.body) headingOf(region).focus();
    count();
    settle();
  });

  const headingOf = (region) => region.querySelector("[tabindex='-1']") ?? region;

  // A form with text in it says so; the style sheet keeps it in sight when its question is closed.
  const texts = (form) => [...form.querySelectorAll(".text")];
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.(".answer");
    if (form) touch(form);
  });

  const touch = (form) => {
    form.toggleAttribute("data-touched", texts(form).some((text) => text.value.trim()));
  };

  let lastStatus = byId("question-state")?.dataset.status;
  const settle = () => {
    const form = byId("answer");
    if (!form) return;
    const { status } = byId("question-state").dataset;
    const closed = status !== "pending" || form.hasAttribute("data-sending");
    for (const text of texts(form)) text.readOnly = closed;
    for (const control of form.querySelectorAll("button, [type=radio]")) control.disabled = closed;
    if (lastStatus === "held" && status === "pending") touch(form);
    lastStatus = status;
  };

  const intoForm = (form) => {
    const field = form.querySelector("[type=radio]:checked") ?? form.querySelector(".text, [type=radio]");
    field?.focus();
  };

  // From the tap on a button until the desk has taken it: the button says so, and nothing else.
  const buttonOf = ({ requestConfig, elt }) =>
    requestConfig.triggeringEvent?.submitter ?? elt.querySelector?.("button");
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    const button = buttonOf(detail);
    if (!button?.dataset.busy) return;
    detail.elt.toggleAttribute("data-sending", true);
    button.dataset.words = button.textContent;
    button.textContent = button.dataset.busy;
    for (const each of detail.elt.querySelectorAll("button")) each.disabled = true;
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    detail.elt.removeAttribute("data-sending");
    for (const button of detail.elt.querySelectorAll("[data-words]")) {
      button.textContent = button.dataset.words;
      delete button.dataset.words;
    }
    if (detail.elt.id === "answer" && detail.successful && detail.xhr.status < 300) detail.elt.removeAttribute("data-touched");
    settle();
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.requestConfig?.verb !== "post" || !detail.xhr) return;
    const form = byId("answer");
    if (detail.xhr.status === 422) {
      document.querySelector("#answer [aria-invalid]")?.focus();
      return;
    }
    settle();
    const region = byId(detail.target.id);
    if (form && region?.dataset.status === "pending") intoForm(form);
    else if (region) headingOf(region).focus();
  });

  // Good and calm news has no red edge, and keeps clear of the buttons.
  const notice = (text, calm = false) => {
    byId("notice").textContent = text;
    byId("notice").toggleAttribute("data-calm", calm);
  };
  const resends = ({ elt, xhr }) => elt.id === "answer" && [0, 502, 503, 504].includes(xhr.status);
  document.addEventListener("htmx:beforeRequest", () => notice(""));
  document.addEventListener("desk:notice", ({ detail }) => notice(detail.value, detail.calm));
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (!resends(detail)) notice(byId("notice").dataset.unreachable);
  });
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const words = byId("notice").dataset;
    if (resends(detail)) return;
    notice({ 400: words.old, 401: words.ended }[detail.xhr.status] ?? words.failed);
  });

  const copy = async (button) => {
    const source = byId(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      return getSelection().selectAllChildren(source); // not allowed: one copies it oneself
    }
    button.textContent = byId("announcer").textContent = button.dataset.copied;
  };
  const ready = () => {
    for (const button of document.querySelectorAll("[data-copies]")) button.hidden = !navigator.clipboard;
    lastStatus = byId("question-state")?.dataset.status;
    settle();
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-copies]");
    if (button) copy(button);
  });

  // Another question was put in place, beside the list.
  document.addEventListener("desk:question", () => {
    baseTitle = document.title.replace(/^\(\d+\) /, "");
    lastCount = null;
    notice("");
    count();
    ready();
  });

  count();
  ready();

  // Wide screens show a question beside the list, by a script of their own.
  const wide = matchMedia("(min-width: 68.75rem)");
  const widen = () => {
    const { wide: src } = document.body.dataset;
    if (!wide.matches || !src || desk.isWide) return;
    desk.isWide = true;
    document.head.append(Object.assign(document.createElement("script"), { src }));
  };
  wide.addEventListener("change", widen);
  widen();
})();
