// j and k move through a list, 1 to 9 choose an option. Enter is the browser's own.
(() => {
  "use strict";

  const typing = (target) => target.closest("input:not([type=radio]), textarea, select, [contenteditable]");

  const move = (step) => {
    const links = [...document.querySelectorAll('[data-keys="list"] :is(h2, h3) a')];
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
    links[Math.min(Math.max(next, 0), links.length - 1)].focus();
  };

  const choose = (number) => {
    const option = document.querySelectorAll(".choice input")[number - 1];
    if (!option || option.disabled) return;
    option.checked = true;
    option.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
    else return;
    event.preventDefault();
  });
})();
