// What an outage interrupts goes on by itself: an answer that couldn't be sent is sent again, and the
// page behind a tapped link opens, as soon as the server is back.
(() => {
  "use strict";

  const FIRST_PAUSE_MS = 1000;
  const LONGEST_PAUSE_MS = 15000;
  const OUTAGE = [0, 502, 503, 504]; // 0: no response at all
  const byId = (id) => document.getElementById(id);

  // Runs `run` again after each failure, at growing intervals.
  const repeating = (run) => {
    let timer, failures = 0;
    const self = {
      active: false,
      failed() {
        self.active = true;
        clearTimeout(timer);
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
        timer = setTimeout(run, pause * (0.5 + Math.random()));
      },
      hold() { clearTimeout(timer); },
      now() {
        if (!self.active) return;
        clearTimeout(timer);
        failures = 0;
        run();
      },
      stop() {
        clearTimeout(timer);
        self.active = false;
        failures = 0;
      },
    };
    return self;
  };

  // --- the answer

  let sent = null; // the request that failed
  const say = (name) => {
    const place = byId("send-status");
    if (place) place.textContent = place.dataset[name] ?? "";
  };

  // Exactly what was sent, even where the page closed the form meanwhile. If the first one arrived
  // and only its response was lost, the server recognizes it.
  const answer = repeating(() => {
    const form = byId("answer");
    if (!form) return answer.stop();
    form.noValidate = true;
    htmx.ajax("POST", sent.path, {
      source: form, target: "#question-state", swap: "morph:outerHTML", values: sent.formData,
    }).catch(() => {}); // htmx:afterRequest tells of it
    form.noValidate = false;
  });

  // Beside the list another question comes in place: the form is no longer that of the answer. What
  // was typed is kept with its own question.
  document.addEventListener("desk:question", () => answer.stop());

  const giveUp = (name) => {
    if (!answer.active) return;
    answer.stop();
    say(name);
  };

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.id === "answer") answer.hold();
    else if (detail.requestConfig.verb === "post") giveUp(); // such as taking it back
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.id !== "answer") return;
    if (!OUTAGE.includes(detail.xhr.status)) return giveUp();
    sent = detail.requestConfig;
    answer.failed();
    say("waiting");
  });
  // Nothing half-written is sent.
  document.addEventListener("input", ({ target }) => {
    if (target.closest?.("#answer")) giveUp("stopped");
  });

  // --- the link

  let wanted = null;
  const page = repeating(async () => {
    const href = wanted;
    try {
      const response = await fetch(href, { method: "HEAD", redirect: "manual", cache: "no-store" });
      if (response.status < 500) return location.assign(href);
    } catch {
      // Not back yet.
    }
    if (href === wanted) page.failed();
  });

  const opensHere = (event, link) =>
    !event.defaultPrevented && event.button === 0
    && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    && link.origin === location.origin && !link.target && !link.hasAttribute("download")
    && !(link.hash && link.pathname === location.pathname);

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !opensHere(event, link)) return;
    if (!["reconnecting", "offline"].includes(byId("connection")?.dataset.state)) return;
    event.preventDefault();
    wanted = link.href;
    const value = byId("notice").dataset.opens;
    document.dispatchEvent(new CustomEvent("desk:notice", { detail: { value, calm: true } }));
    page.stop();
    page.active = true;
    page.now();
  });

  document.addEventListener("desk:connection", ({ detail }) => {
    if (detail !== "live") return;
    answer.now();
    page.now();
  });
})();
