// One connection to the desk that never gives up. It reads the stream itself, where an EventSource
// would not tell a 502 from the end of a session, and would not notice a network that fell silent.
(() => {
  "use strict";

  const SILENT_MS = 15000; // the desk gives a sign of life every 5 seconds
  const FIRST_PAUSE_MS = 1000;
  const LONGEST_PAUSE_MS = 15000;
  // Each failed try doubles the pause, and chance spreads it: not all browsers come back at once.
  const pause = (failures) =>
    Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random());

  class Pipe {
    // onFrame({channel, name, data}) for each region; onState with the name of each new state.
    constructor(onFrame, onState) {
      this.onFrame = onFrame;
      this.onState = onState;
      this.channels = [];
      this.attempt = this.open = null;
      this.state = "connecting";
      this.failures = 0; // tries in a row
      this.heard = Date.now();
    }

    connect(channels = this.channels) {
      clearTimeout(this.timer);
      if (this.attempt !== this.open) this.attempt?.abort();
      this.channels = channels;
      this.heard = Date.now();
      this.attempt = new AbortController();
      this.read(this.attempt);
    }

    async read(attempt) {
      const query = new URLSearchParams(this.channels.map((channel) => ["of", channel]));
      try {
        const answer = await fetch(`/live/pages?${query}`, { signal: attempt.signal });
        if (answer.status === 401) return this.end("ended");
        if (!answer.ok) throw new Error(`The desk answered ${answer.status}.`);
        if (attempt !== this.attempt) return;
        this.open?.abort(); // only now: nothing is missed between the old one and the new one
        this.open = attempt;
        await this.follow(attempt, answer.body.pipeThrough(new TextDecoderStream()).getReader());
      } catch {
        // Cut off, out of reach, or not ready yet: the next try tells.
      }
      if (attempt === this.attempt) this.failed();
    }

    async follow(attempt, reader) {
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done || attempt !== this.open) return;
        this.heard = Date.now();
        const blocks = (text + value).split("\n\n");
        text = blocks.pop();
        for (const block of blocks) this.take(block);
      }
    }

    take(block) {
      // The desk can't read what is new, and later: it can again.
      if (block.startsWith(": stale") && this.state === "live") return this.say("stale");
      if (block.startsWith(": still here") && this.state === "stale") return this.say("live");
      const fields = { id: [], event: [], data: [] };
      for (const line of block.split("\n")) {
        const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
        fields[name]?.push(value);
      }
      const [channel] = fields.id, [name] = fields.event;
      if (!channel || !name) return;
      this.failures = 0;
      this.onFrame({ channel, name, data: fields.data.join("\n") });
      if (this.state !== "live") this.say("live"); // what is seen is right again, only now
    }

    failed() {
      this.close();
      this.say(navigator.onLine ? "reconnecting" : "offline");
      this.timer = setTimeout(() => this.connect(), pause(this.failures++));
    }

    end(state) {
      this.close();
      this.say(state);
    }

    close() {
      clearTimeout(this.timer);
      this.attempt?.abort();
      this.open?.abort();
      this.attempt = this.open = null;
    }

    // Called often: after sleep, or when the network went without a word, the silence tells.
    check() {
      if (this.attempt && Date.now() - this.heard > SILENT_MS) {
        this.say("reconnecting");
        this.close();
        this.connect();
      }
    }

    // Somebody looks again, or the network is back: whatever was waited for is tried now.
    wake() {
      this.failures = 0;
      if (this.state === "live") this.check();
      else this.connect();
    }

    say(state) {
      this.state = state;
      this.onState(state);
    }
  }

  window.desk = { Pipe };
})();
