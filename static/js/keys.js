// The keyboard: see templates/help.html for what each key does. Enter and Escape are the browser's
// own, and so is the trap that keeps the focus in the help sheet.
(() => {
  "use strict";

  const PLACES = { i: "/", j: "/jobs", p: "/problems", h: "/history", s: "/settings" };
  const GO_WITHIN_MS = 1500;
  const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
  let goneAt = -Infinity; // when g was pressed

  const move = (step) => {
    const links = [...document.querySelectorAll('[data-keys="list"] :is(h2, h3) a')];
    if (!links.length) return;
    const focused = links.findIndex((link) => link.closest("li")?.contains(document.activeElement));
    const here = focused < 0 ? desk.place?.(links) ?? -1 : focused;
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1)
      : Math[step > 0 ? "floor" : "ceil"](here + step);
    const link = links[Math.min(Math.max(next, 0), links.length - 1)];
    link.focus();
    desk.select?.(link);
  };

  const choose = (number) => {
    const inCard = document.activeElement.closest(".card")?.querySelectorAll(".card-answer .choice");
    if (inCard?.length) return inCard[number - 1]?.click();
    const option = document.querySelectorAll(".choice input")[number - 1];
    if (!option || option.disabled) return;
    option.click(); // so that the form hears of it
    option.focus();
  };

  const press = (name) => document.querySelector(`[data-keys="${name}"]`)?.click();

  const help = document.getElementById("help");
  const openHelp = () => help && !help.open && help.showModal();
  for (const opener of document.querySelectorAll("[data-opens=help]")) {
    opener.hidden = false;
    opener.addEventListener("click", openHelp);
  }
  // A tap beside the sheet closes it.
  help?.addEventListener("click", ({ target }) => target === help && help.close());

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    a: () => document.activeElement.closest(".card")?.querySelector(".card-open")?.click(),
    x: () => {
      const card = document.activeElement.closest(".card");
      const selects = document.querySelector("[data-keys=select]");
      if (document.getElementById("together")) card?.querySelector("[data-same]")?.click();
      else if (selects) location.assign(`${selects.href}#${card?.id ?? ""}`);
    },
    n: () => press("next"),
    u: () => press("undo"),
    s: () => {
      const card = document.activeElement.closest(".card")?.querySelector(":is(h2, h3) a");
      if (card) (desk.open ?? ((href) => location.assign(href)))(`${card.href}#snooze`);
      else press("snooze");
    },
    "?": openHelp,
    "/": () => {
      const field = document.querySelector("input[type=search]");
      field?.closest("details")?.setAttribute("open", "");
      field?.focus();
    },
    g: () => { goneAt = performance.now(); },
  };

  document.addEventListener("keydown", (event) => {
    const send = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
    const form = send && event.target.closest?.("#answer");
    if (form) return form.requestSubmit(form.querySelector(".actions .primary"));
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest(FIELDS) || help?.open) return;
    const goes = performance.now() - goneAt < GO_WITHIN_MS && PLACES[event.key];
    goneAt = -Infinity;
    if (goes) location.assign(goes);
    else if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
    else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key]();
    else return;
    event.preventDefault();
  });
})();
