// What time does to a page without a word from the desk: seconds that run down, and what is shown
// once it is odd that nothing has come.
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

  const refresh = () => {
    document.querySelectorAll("[data-left]").forEach(countDown);
    for (const late of document.querySelectorAll("[data-shows-at][hidden]")) {
      late.hidden = Date.now() < Date.parse(late.dataset.showsAt);
    }
  };

  refresh();
  setInterval(refresh, 250);
  document.addEventListener("htmx:afterSwap", refresh);
  document.addEventListener("htmx:sseMessage", refresh);
})();
