// Wide screens show the question beside the list. A link to a question, or j and k, puts it there; the
// address is the question's own. Both panes follow their regions. Loaded only by screens that are wide.
(() => {
  "use strict";

  const SETTLE_MS = 150; // a held key passes questions by
  const QUESTION = /^\/escalations\/([0-9a-f-]{36}|next)$/;
  const byId = (id) => document.getElementById(id);
  const wide = matchMedia("(min-width: 68.75rem)");
  const main = byId("main");
  const streamOf = (root) => root.body.getAttribute("sse-connect");
  let listStream = byId("inbox") ? streamOf(document) : null;
  let shown = location.pathname; // what the right pane shows; an address that is no question is none
  let index = -1; // where in the list that question stands, or stood

  const read = async (href) => {
    const response = await fetch(href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const { pathname } = new URL(response.url);
    return { page, path: pathname, fits: response.ok && (QUESTION.test(pathname) || pathname === "/") };
  };

  const cards = () => [...document.querySelectorAll("#inbox-list .card-title a")];
  const mark = () => {
    cards().forEach((link, place) => {
      const isShown = link.pathname === shown;
      if (isShown) index = place;
      link.closest(".card").toggleAttribute("data-shown", isShown);
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };

  // --- the left pane, beside a question that was opened by its address

  const bringList = async () => {
    const { page } = await read("/");
    const inbox = page.getElementById("inbox");
    if (!inbox) return;
    listStream = streamOf(page);
    const reading = page.getElementById("reading");
    const article = main.querySelector("article.question");
    const { activeElement: focused } = document; // moving it takes the focus away
    const top = scrollY;
    reading.append(article);
    main.prepend(inbox, reading);
    reading.scrollTop = top;
    if (article.contains(focused)) focused.focus({ preventScroll: true });
    levels();
    htmx.process(inbox);
    desk.inbox();
    follow(streamOf(document));
    mark();
  };

  // One heading of the page's own level: the question's.
  const levels = () => {
    const isOpen = Boolean(main.querySelector("#reading article"));
    const heading = main.querySelector(".inbox-head :is(h1, h2)");
    const right = document.createElement(isOpen ? "h2" : "h1");
    right.append(...heading.childNodes);
    heading.replaceWith(right);
  };

  const follow = (stream) => desk.follow(...new Set([listStream, stream]));

  // --- the right pane

  let latest = 0;
  let settles; // until the question that the keys j and k stopped at is shown
  const show = async (href, focus) => {
    const turn = ++latest;
    const { page, path, fits } = await read(href).catch(() => ({}));
    if (turn !== latest) return null;
    if (!fits) return location.assign(href); // as a page: it says what is wrong
    const pane = byId("reading");
    pane.querySelector("article")?.remove();
    const article = page.querySelector("article.question");
    shown = path;
    return () => {
      document.title = page.title;
      if (article) pane.append(article);
      pane.scrollTop = 0;
      byId("sent").replaceWith(page.getElementById("sent"));
      htmx.process(byId("sent"));
      if (article) htmx.process(article);
      levels();
      follow(article ? streamOf(page) : listStream);
      document.dispatchEvent(new Event("desk:question"));
      mark();
      const heading = article?.querySelector("h1");
      heading?.setAttribute("tabindex", "-1");
      if (focus) heading?.focus({ preventScroll: true });
    };
  };

  const open = async (href, { replace = false, focus = true } = {}) => {
    clearTimeout(settles);
    const place = await show(href, focus);
    if (!place) return;
    const address = shown + new URL(href, location).hash;
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.hash) history.pushState(null, "", address);
    place();
  };

  const isLive = () => !["reconnecting", "offline", "ended"].includes(byId("connection").dataset.state);
  const isReady = () => wide.matches && byId("reading") && isLive();

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || !isReady()) return;
    if (link.origin !== location.origin || !QUESTION.test(link.pathname)) return;
    event.preventDefault();
    open(link.href);
  });

  addEventListener("popstate", async () => {
    if (location.pathname === shown) return;
    if (!wide.matches || !byId("reading")) return location.reload();
    (await show(location.href, false))?.();
  });

  // --- the keyboard

  desk.select = (link) => {
    if (!isReady() || !QUESTION.test(link.pathname) || !link.closest("#inbox-list")) return;
    clearTimeout(settles);
    settles = setTimeout(() => link.pathname === shown
      || open(link.href, { replace: QUESTION.test(shown), focus: false }), SETTLE_MS);
  };
  // Where j and k go on from: the question that is shown, or the gap that it left.
  desk.place = (links) => {
    if (!isReady() || index < 0) return -1;
    const here = links.findIndex((link) => link.pathname === shown);
    return here < 0 ? index - 0.5 : here;
  };
  desk.open = (href) => isReady() ? open(href) : location.assign(href);

  document.addEventListener("htmx:sseMessage", ({ target }) => target.id === "inbox-list" && mark());

  if (listStream) mark();
  else if (main.querySelector("article.question")) bringList();
})();
