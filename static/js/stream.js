// What htmx takes for the page's event source. A region that changed is put in place at once, unless
// that would move what the pointer or a finger is on: then when it has left, or a moment later. A
// finger stays for a moment after it was lifted or the page stopped scrolling: it taps next. While a
// mouse button is down nothing changes: a click counts only where it was pressed.
(() => {
  "use strict";

  const MOST_DELAY_MS = 5000;
  const AFTER_TOUCH_MS = 800;
  const ITEM = "[data-keys='list'] > li[id]"; // the whole of it is pressed
  const SENT = "*:not(.card-options *)"; // what a page opened by itself is not part of a list
  const CONTROL = "label, a, button, summary, textarea, input, select";

  let under = null; // the element under the pointer or the finger
  const late = new Map(); // the regions that wait: name → the HTML, and what puts it in place
  let pressed = false; // is a mouse button down

  const moved = ({ target }) => {
    under = target instanceof Element ? target : null;
    if (touches || pressed) return;
    for (const [name, { region, html, put }] of late) {
      if (!wouldMove(region, html)) { late.delete(name); put(); }
    }
  };
  document.addEventListener("pointerover", moved);

  let touches = false; // or did a moment ago
  let leaves; // the timer until it has left
  const touched = (event) => {
    clearTimeout(leaves);
    leaves = null;
    touches = event.pointerType !== "mouse";
    pressed = !touches;
    moved(event);
  };
  const released = () => setTimeout(() => { // after the click, which comes with the release
    pressed = false;
    moved({ target: under });
  });
  const lifted = () => {
    clearTimeout(leaves);
    leaves = setTimeout(() => {
      leaves = null;
      touches = false;
      moved({ target: null });
    }, AFTER_TOUCH_MS);
  };
  document.addEventListener("pointerdown", touched);
  document.addEventListener("pointerup", (event) => event.pointerType === "mouse" ? released() : lifted());
  document.addEventListener("pointercancel", (event) => event.pointerType === "mouse" && released());
  // When a finger scrolls its pointer is cancelled, and only its touch goes on.
  document.addEventListener("touchend", lifted, { passive: true });
  document.addEventListener("touchcancel", lifted, { passive: true });
  addEventListener("scroll", () => leaves && lifted(), { passive: true, capture: true });
  document.documentElement.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") moved({ target: null });
  });

  // The items up to one of them, each with its size in elements: equal lists leave it in its place.
  const outline = (root, id) => {
    const items = [...root.querySelectorAll(ITEM)];
    const end = items.findIndex((item) => item.id === id);
    return end < 0 ? null
      : items.slice(0, end).map((item) => `${item.id} ${item.querySelectorAll(SENT).length}`).join();
  };

  // What must keep its place: the item under the pointer; for a finger, which may tap anywhere, all
  // items down to the last one in sight.
  const keepsPlace = (region) => {
    if (!touches) return region.contains(under) ? under.closest(ITEM) : null;
    const inSight = (item) => item.getBoundingClientRect().top < innerHeight;
    return [...region.querySelectorAll(ITEM)].findLast(inSight) ?? null;
  };

  const wouldMove = (region, html) => {
    if (pressed) return true;
    const item = keepsPlace(region);
    if (!item || !region.contains(item)) return false;
    const parsed = document.createElement("template");
    parsed.innerHTML = html;
    return outline(region, item.id) !== outline(parsed.content, item.id);
  };

  // What still moves, because something above it grew, is brought back by scrolling.
  const inPlace = (change) => {
    const held = under?.closest(`${CONTROL}, ${ITEM}`);
    const before = held?.getBoundingClientRect().top;
    change();
    if (!held?.isConnected) return;
    const after = held.getBoundingClientRect();
    const pane = held.closest("#reading") ?? window;
    if (after.height && after.top !== before) pane.scrollBy({ top: after.top - before, behavior: "instant" });
  };

  const channelOf = (url) => url.replace("/live/", "");

  class Stream {
    constructor(url) {
      this.listeners = new Map();
      this.readyState = EventSource.CONNECTING;
      this.onopen = this.onerror = null;
      this.state = "";
      // Where a page shows another question beside its list, it follows both.
      desk.follow = (...urls) => {
        late.clear();
        this.gone = false;
        this.tabs.watch(urls.map(channelOf));
      };
      this.tabs = new desk.Tabs(
        [channelOf(url)],
        (name, data) => this.receive(name, data),
        (state) => this.say(state),
      );
    }

    // A region has one element on a page. htmx registers it again when its attributes change; the
    // latest listener stands, or each change would be swapped in twice as often as the last.
    addEventListener(name, listener) {
      this.listeners.set(name, listener);
    }

    removeEventListener(name, listener) {
      if (this.listeners.get(name) === listener) this.listeners.delete(name);
    }

    receive(name, data) {
      this.gone = name === "gone";
      if (this.gone && this.state) return this.say(this.state);
      const region = document.getElementById(name);
      if (!region) return;
      const waits = late.get(name);
      late.delete(name);
      if (!wouldMove(region, data)) return this.put(name, data);
      const since = waits?.since ?? Date.now();
      late.set(name, { region, html: data, since, put: () => this.put(name, data) });
      setTimeout(() => this.overdue(name, since), since + MOST_DELAY_MS - Date.now());
    }

    overdue(name, since) {
      const waits = late.get(name);
      if (waits?.since !== since) return;
      late.delete(name);
      waits.put();
    }

    put(name, data) {
      inPlace(() => this.listeners.get(name)?.(new MessageEvent(name, { data })));
    }

    say(state) {
      this.state = state;
      if (state === "live" && this.readyState !== EventSource.OPEN) {
        this.readyState = EventSource.OPEN;
        this.onopen?.(new Event("open"));
      }
      const detail = this.gone && state === "live" ? "stale" : state;
      document.dispatchEvent(new CustomEvent("desk:connection", { detail }));
    }

    close() {}
  }

  htmx.createEventSource = (url) => new Stream(url);
})();
