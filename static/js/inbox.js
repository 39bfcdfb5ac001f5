// Answers in the inbox: a card opens with its options, the stream leaves it open, and after an answer
// the next card opens, so that five questions take six taps.
desk.inbox = () => {
  "use strict";

  const list = () => document.getElementById("inbox-list");
  if (!list()) return;

  const openers = () => [...list().querySelectorAll(".card-open")];
  const optionsOf = (opener) => opener.parentElement.querySelector(".card-options");

  // What the server's list does not have, yet the founder has opened, stays with its card.
  const { callbacks } = Idiomorph.defaults;
  callbacks.beforeNodeRemoved = (node) => !node.classList?.contains("card-options");
  callbacks.beforeAttributeUpdated = (name, node) => name !== "aria-expanded" && !node.dataset.same;

  // Only questions with the same options are answered together.
  const match = () => {
    const picks = [...list().querySelectorAll("[data-same]")];
    const same = picks.find((pick) => pick.checked)?.dataset.same;
    for (const pick of picks) pick.disabled = Boolean(same) && pick.dataset.same !== same;
  };
  document.addEventListener("change", match);
  document.addEventListener("reset", () => setTimeout(match));
  document.addEventListener("htmx:afterSettle", match);
  // The key x, on a page without boxes, leads to one that has them.
  const chosen = location.hash.startsWith("#card-") && document.getElementById(location.hash.slice(1));
  const pick = chosen && chosen.querySelector("[data-same]");
  if (pick) pick.checked = true;
  // By then the browser has gone to the card, which takes the focus away.
  addEventListener("pageshow", () => {
    if (pick) chosen.querySelector("a").focus();
    match();
  });

  document.addEventListener("click", ({ target }) => {
    const opener = target.closest?.(".card-open");
    if (!opener) return;
    const isOpen = opener.getAttribute("aria-expanded") === "true";
    for (const other of openers()) close(other); // one at a time
    if (!isOpen) open(opener);
  });

  const open = (opener) => {
    const options = document.createElement("div");
    options.className = "card-options";
    opener.after(options);
    const { pathname } = opener.closest(".card").querySelector(".card-title a");
    htmx.ajax("GET", `${pathname}/options`, { source: opener, target: options, swap: "innerHTML" });
  };

  const close = (opener) => {
    opener.setAttribute("aria-expanded", "false");
    optionsOf(opener)?.remove();
  };

  // A second tap of a hurried finger must not answer the card that has just opened under it.
  const AFTER_OPENING_MS = 700;
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-deaf] .choice")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  let next = null; // the card to open once the answered one has left, by its place
  document.addEventListener("submit", ({ target }) => {
    if (!target.classList.contains("card-answer")) return;
    next = openers().findIndex((opener) => optionsOf(opener)?.contains(target));
  });

  document.addEventListener("htmx:afterSettle", ({ detail: { target, xhr } }) => {
    if (target?.classList.contains("card-options")) {
      target.previousElementSibling.setAttribute("aria-expanded", "true");
      setTimeout(() => target.removeAttribute("data-deaf"), AFTER_OPENING_MS);
      target.querySelector(".choice")?.focus({ preventScroll: true });
    } else if (target?.id === "inbox-list" && next !== null) {
      const opener = xhr.status === 200 && openers()[next];
      if (opener) {
        opener.click();
        optionsOf(opener).toggleAttribute("data-deaf", true);
      }
      next = null;
    }
  });

  // A new question may land out of sight. A button at the top announces it.
  const arrivals = document.getElementById("arrivals");
  const cards = () => [...list().querySelectorAll(".card")];
  const unseen = new Set(); // ids
  let known = new Set(cards().map((card) => card.id));

  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      unseen.delete(target.id);
      sight.unobserve(target);
    }
    tell();
  });

  const tell = () => {
    const { one, many } = arrivals.dataset;
    arrivals.hidden = unseen.size === 0;
    arrivals.textContent = unseen.size === 1 ? one : many.replace("#", unseen.size);
  };

  document.addEventListener("htmx:sseMessage", ({ target }) => {
    if (target.id !== "inbox-list") return;
    for (const id of unseen) if (!document.getElementById(id)) unseen.delete(id);
    for (const card of cards()) {
      if (known.has(card.id)) continue;
      unseen.add(card.id);
      sight.observe(card);
    }
    known = new Set(cards().map((card) => card.id));
    if (arrivals.hidden === false) tell();
  });

  arrivals.addEventListener("click", () => {
    const card = cards().find(({ id }) => unseen.has(id));
    card?.scrollIntoView({ block: "center" });
    card?.querySelector("a").focus({ preventScroll: true });
  });
};
desk.inbox();
