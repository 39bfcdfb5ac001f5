// Lets this browser get push messages: asks for permission, subscribes, and sends the form with what
// the browser says of itself. Without this script, or where it can't work, a sentence says what to do.
(() => {
  "use strict";

  const place = document.getElementById("new-device");
  const form = place.querySelector("form");
  const isPhoneOfApple = /iPhone|iPad/.test(navigator.userAgent);
  const isInstalled = navigator.standalone || matchMedia("(display-mode: standalone)").matches;

  const obstacle = () => {
    if (!window.isSecureContext) return "insecure";
    if (isPhoneOfApple && !isInstalled) return "install";
    if (!("serviceWorker" in navigator && "PushManager" in window)) return "unsupported";
    return Notification.permission === "denied" ? "blocked" : null;
  };

  const say = (word) => {
    const words = place.querySelector("[role=status]");
    words.hidden = !word;
    words.textContent = word ? words.dataset[word] : "";
    form.hidden = Boolean(word) && word !== "failed";
  };

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

  const sameKey = (subscription, key) => {
    const own = new Uint8Array(subscription.options.applicationServerKey ?? []);
    return own.length === key.length && own.every((byte, at) => byte === key[at]);
  };

  const subscribe = async () => {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.key, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    const key = bytes((await answer.json()).key);
    await navigator.serviceWorker.register("/service-worker.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    if (old && sameKey(old, key)) return old;
    await old?.unsubscribe(); // it was made for another key of the server
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return say("blocked");
      const { endpoint, keys } = (await subscribe()).toJSON();
      Object.assign(form.elements.endpoint, { value: endpoint });
      for (const name of ["p256dh", "auth"]) form.elements[name].value = keys[name];
      form.submit();
    } catch {
      button.disabled = false;
      say("failed");
    }
  });

  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === "push-shown") location.assign("/settings/notifications?done=channel-works");
  });

  say(obstacle());
})();
