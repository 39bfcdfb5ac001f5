// Whoever uses an open page sees a question there, and is sent no message about it.
(() => {
  "use strict";

  const EVERY_MS = 30_000;
  let told = -EVERY_MS;

  // A browser that gets push messages says at the first touch of a page whose it is now.
  const address = async () => {
    const registration = await navigator.serviceWorker?.getRegistration();
    return (await registration?.pushManager?.getSubscription())?.endpoint ?? "";
  };

  const tell = async () => {
    if (document.visibilityState !== "visible" || performance.now() - told < EVERY_MS) return;
    const token = document.querySelector("input[name=csrf_token]");
    if (!token) return;
    const isFirst = told < 0;
    told = performance.now();
    const endpoint = isFirst ? await address().catch(() => "") : "";
    const body = new URLSearchParams({ csrf_token: token.value, endpoint });
    fetch("/presence", { method: "POST", body, keepalive: true }).catch(() => {});
  };

  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    addEventListener(event, tell, { passive: true });
  }
})();
