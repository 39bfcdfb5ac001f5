// What a search found is said aloud; the focus stays where one types.
(() => {
  "use strict";

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (!detail.requestConfig?.elt.matches?.(".search")) return;
    const found = document.querySelector("#history-list [data-found]");
    document.getElementById("announcer").textContent = found ? found.textContent : "";
  });
})();
