// The page's stream. htmx asks for an event source; it gets one that never gives up: it comes back
// one to three seconds after any failure, also after a 502, and at once when the network or the
// screen is back. All regions are sent again then, so nothing that was missed stays missed.
(() => {
  "use strict";

  const STALE_AFTER_MS = 20000; // hidden or asleep for so long, a connection is not believed
  const pause = () => 1000 + Math.random() * 2000;

  class Stream {
    constructor(url) {
      this.url = url;
      this.listeners = new Map();
      this.source = null;
      this.timer = 0;
      this.lastAlive = Date.now();
      this.onopen = this.onerror = null;
      this.connect();
      addEventListener("online", () => this.connect());
      addEventListener("offline", () => this.say("offline"));
      addEventListener("pageshow", (event) => event.persisted && this.connect());
      document.addEventListener("visibilitychange", () => this.seen());
      setInterval(() => this.tick(), 5000);
    }

    get readyState() {
      return this.source ? EventSource.OPEN : EventSource.CONNECTING;
    }

    // A region has one element on a page. htmx registers it again when its attributes change; the
    // latest listener stands, or each change would be swapped in twice as often as the last.
    addEventListener(name, listener) {
      const known = this.listeners.get(name);
      if (known && this.source) this.source.removeEventListener(name, known);
      this.listeners.set(name, listener);
      if (this.source) this.source.addEventListener(name, listener);
    }

    removeEventListener(name, listener) {
      if (this.listeners.get(name) !== listener) return;
      this.listeners.delete(name);
      if (this.source) this.source.removeEventListener(name, listener);
    }

    connect() {
      this.drop();
      const source = new EventSource(this.url);
      this.source = source;
      for (const [name, listener] of this.listeners) source.addEventListener(name, listener);
      source.onopen = (event) => {
        this.say("live");
        if (this.onopen) this.onopen(event);
      };
      source.onerror = () => source === this.source && this.failed();
    }

    failed() {
      const refused = this.source.readyState === EventSource.CLOSED;
      this.drop();
      this.say(navigator.onLine ? "reconnecting" : "offline");
      this.timer = setTimeout(() => (refused ? this.ask() : this.connect()), pause());
    }

    // An event source does not tell why it was refused: a session that ended, or a server that is
    // just starting.
    async ask() {
      const stop = new AbortController();
      try {
        const answer = await fetch(this.url, { signal: stop.signal });
        stop.abort();
        if (answer.status === 401 || answer.status === 404) return this.say("ended");
      } catch {
        // Out of reach: the next try tells.
      }
      this.connect();
    }

    drop() {
      clearTimeout(this.timer);
      if (this.source) this.source.close();
      this.source = null;
    }

    close() {
      this.drop();
    }

    tick() {
      const slept = Date.now() - this.lastAlive > STALE_AFTER_MS;
      this.lastAlive = Date.now();
      if (slept) this.connect();
    }

    seen() {
      if (document.visibilityState === "hidden") this.hiddenAt = Date.now();
      else if (!this.source || Date.now() - this.hiddenAt > STALE_AFTER_MS) this.connect();
    }

    say(state) {
      document.dispatchEvent(new CustomEvent("desk:connection", { detail: state }));
    }
  }

  htmx.createEventSource = (url) => new Stream(url);
})();
