// After signing out, the way back shows nothing. Browsers keep pages whole for it and show them
// without asking the desk. The answer to signing out has them forgotten (accounts/routes.py), but for
// the page on which the button was pressed, which is put away later: that one empties itself.
(() => {
  "use strict";

  let leaving = false;
  document.addEventListener("submit", ({ target }) => {
    leaving = target.getAttribute("action") === "/sign-out";
  });
  addEventListener("pagehide", () => leaving && document.body.replaceChildren());
  addEventListener("pageshow", () => leaving && location.reload());
})();
