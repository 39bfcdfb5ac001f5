// What time does to a page without a word from the desk: seconds that run down, what is shown once it
// is odd that nothing has come, and what goes when its time is over.
(() => {
  "use strict";

  const ends = new WeakMap(); // counter → what the desk said was left, and when that is over here

  const countDown = (counter) => {
    const left = counter.dataset.left;
    if (ends.get(counter)?.left !== left) ends.set(counter, { left, at: Date.now() + left * 1000 });
    const seconds = Math.ceil((ends.get(counter).at - Date.now()) / 1000);
    const words = counter.dataset;
    const text = seconds < 1 ? words.now
      : seconds === 1 ? words.one
      : seconds < 100 ? words.many.replace("#", seconds)
      : words.minutes.replace("#", Math.round(seconds / 60));
    if (counter.textContent !== text) counter.textContent = text;
  };

  // When an answer has gone to the agent, the bar to take it back goes.
  const endIn = (bar) => {
    if (!ends.has(bar)) ends.set(bar, { at: Date.now() + bar.dataset.goneAfter * 1000 });
    if (Date.now() >= ends.get(bar).at) bar.hidden = true;
  };

  const refresh = () => {
    document.querySelectorAll("[data-left]").forEach(countDown);
    document.querySelectorAll("[data-gone-after]:not([hidden])").forEach(endIn);
    for (const late of document.querySelectorAll("[data-shows-at][hidden]")) {
      late.hidden = Date.now() < Date.parse(late.dataset.showsAt);
    }
  };

  refresh();
  setInterval(refresh, 250);
  document.addEventListener("htmx:afterSwap", refresh);
  document.addEventListener("htmx:sseMessage", refresh);
})();
