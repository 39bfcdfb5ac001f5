// All tabs of a browser share one pipe, because a browser keeps six connections to a desk at most.
// One tab leads: it holds the lock and the pipe, and passes on what comes. When it closes, the next
// in the queue gets the lock; when it sleeps, a tab that is looked at takes the lock away from it.
// See docs/decisions/0006-one-stream-per-browser.md.
(() => {
  "use strict";

  const NAME = "unstuck-tabs-1";
  const MOST_CHANNELS = 50;
  const ASK_EVERY_MS = 5000;
  const PATIENCE_MS = 1500; // a leader that is awake answers within a few milliseconds
  const FORGET_MS = 300000; // hidden tabs speak up once a minute
  const visible = () => document.visibilityState === "visible";

  class SharedTabs {
    // receive(name, data) for the regions of this tab's channels; say(state) for the connection.
    constructor(channels, receive, say) {
      Object.assign(this, { channels, receive, say });
      this.id = Math.random().toString(36).slice(2);
      this.join();
      setInterval(() => this.tick(), 1000);
      addEventListener("pagehide", () => this.leave());
      addEventListener("pageshow", (event) => event.persisted && this.join());
      document.addEventListener("visibilitychange", () => visible() && this.line && this.look());
      addEventListener("online", () => this.pipe?.wake());
      addEventListener("offline", () => this.pipe?.failed());
    }

    // What this tab looks at from now on.
    watch(channels) {
      this.channels = channels;
      if (this.pipe) this.plan();
      else this.ask(true);
    }

    join() {
      this.line = new BroadcastChannel(NAME);
      this.line.onmessage = ({ data }) => this.hear(data);
      this.queue();
      this.ask(true);
    }

    leave() {
      this.post({ do: "bye", id: this.id });
      this.waiting?.abort();
      this.stepDown();
      this.line.close();
      this.line = null;
    }

    post(message) {
      this.line?.postMessage(message);
    }

    // --- who leads

    queue() {
      this.waiting = new AbortController();
      this.hold({ signal: this.waiting.signal });
    }

    takeOver() {
      this.waiting.abort();
      this.hold({ steal: true });
    }

    async hold(options) {
      const term = {};
      try {
        await navigator.locks.request(NAME, options, () => this.lead(term));
      } catch {
        // Out of the queue, or another tab took the lock away.
      }
      if (this.term !== term) return;
      this.stepDown();
      if (this.line) this.queue();
    }

    lead(term) {
      this.term = term;
      this.asked = 0;
      this.tabs = new Map();
      this.latest = new Map();
      this.pipe = new desk.Pipe((frame) => this.passOn(frame), (state) => this.tell(state));
      this.post({ do: "who" });
      this.plan();
      return new Promise((release) => { this.release = release; });
    }

    stepDown() {
      this.pipe?.close();
      this.pipe = this.term = null;
      this.release?.();
    }

    // --- what the leader does

    plan() {
      clearTimeout(this.planned);
      this.planned = setTimeout(() => this.pipe?.connect(this.wanted()), visible() ? 20 : 0);
    }

    wanted() {
      for (const [id, tab] of this.tabs) {
        if (Date.now() - tab.seen > FORGET_MS) this.tabs.delete(id);
      }
      // Where there are too many, those that are looked at come first, and then the newest.
      const tabs = [...this.tabs.values()].reverse();
      const others = [...tabs.filter((tab) => tab.visible), ...tabs].flatMap((tab) => tab.channels);
      return [...new Set([...this.channels, ...others])].slice(0, MOST_CHANNELS);
    }

    passOn(frame) {
      if (!this.latest.has(frame.channel)) this.latest.set(frame.channel, new Map());
      this.latest.get(frame.channel).set(frame.name, frame);
      this.post({ do: "frame", frame });
      this.take(frame);
    }

    tell(state) {
      this.post({ do: "state", state, hidden: !visible() });
      this.say(state);
    }

    // A tab of an older release names one channel.
    welcome({ id, channel, channels = [channel], fresh, visible: seen }) {
      this.tabs.set(id, { channels, visible: seen, seen: Date.now() });
      this.post({ do: "state", state: this.pipe.state, hidden: !visible() });
      const ended = this.pipe.state === "ended";
      const known = channels.every((name) => this.pipe.channels.includes(name)) && !ended;
      if (!known) {
        // A page that finds no place, or asks again after the end of the session, changes nothing.
        const missing = this.wanted().some((name) => !this.pipe.channels.includes(name));
        if (ended ? fresh : missing) this.plan();
      } else if (fresh) {
        const frames = channels.flatMap((name) => [...this.latest.get(name)?.values() ?? []]);
        for (const frame of frames) this.post({ do: "frame", frame, id });
      }
    }

    // --- what each tab does

    hear(message) {
      if (message.do === "frame" && (message.id ?? this.id) === this.id) this.take(message.frame);
      else if (message.do === "state" && !this.pipe) this.follow(message);
      else if (message.do === "who") this.ask();
      else if (message.do === "here" && this.pipe) this.welcome(message);
      else if (message.do === "bye") this.tabs?.delete(message.id);
    }

    take(frame) {
      if (this.channels.includes(frame.channel)) this.receive(frame.name, frame.data);
    }

    follow({ state, hidden }) {
      this.asked = 0;
      if (state !== "connecting") this.say(state);
      // The timers of a hidden tab run late: who is looked at tries again by itself.
      const troubled = state === "reconnecting" || state === "offline";
      if (troubled && hidden && visible()) this.takeOver();
    }

    ask(fresh = false) {
      if (this.pipe) return;
      this.asked ||= Date.now();
      this.askedLast = Date.now();
      const [channel] = this.channels;
      this.post({ do: "here", id: this.id, channel, channels: this.channels, fresh, visible: visible() });
    }

    look() {
      if (this.pipe) this.pipe.wake();
      else this.ask(true);
    }

    tick() {
      if (this.pipe) return this.pipe.check();
      if (!this.line) return;
      const now = Date.now();
      if (visible() && this.asked && now - this.asked > PATIENCE_MS) this.takeOver();
      else if (now - this.askedLast > ASK_EVERY_MS) this.ask(now - this.askedLast > 4 * ASK_EVERY_MS);
    }
  }

  // Without locks (an address that is neither https nor localhost) each tab has a pipe of its own,
  // closed while nobody looks at it; once a minute it looks, for the number in its title.
  class LoneTab {
    constructor(channels, receive, say) {
      const frame = ({ name, data }) => receive(name, data);
      this.pipe = new desk.Pipe(frame, (state) => visible() && say(state));
      this.watch(channels);
      setInterval(() => this.pipe.check(), 1000);
      setInterval(() => visible() || this.glance(), 60000);
      document.addEventListener("visibilitychange", () => this.look());
      addEventListener("pagehide", () => this.pipe.close());
      addEventListener("pageshow", (event) => event.persisted && this.look());
      addEventListener("online", () => this.look());
      addEventListener("offline", () => this.pipe.failed());
    }

    watch(channels) {
      this.channels = channels;
      this.look();
    }

    look() {
      if (visible()) this.pipe.connect(this.channels);
      else this.pipe.close();
    }

    glance() {
      this.pipe.connect();
      setTimeout(() => visible() || this.pipe.close(), 2000);
    }
  }

  desk.Tabs = navigator.locks && window.BroadcastChannel ? SharedTabs : LoneTab;
})();
