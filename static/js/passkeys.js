// Forms that are sent with a passkey: the button asks the desk for a challenge, the browser for the
// answer, and then sends the form as any other. Without this script the forms are not shown.
(() => {
  "use strict";

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const withBytes = (options) => {
    const ready = { ...options, challenge: bytes(options.challenge) };
    if (options.user) ready.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      ready[list] = (options[list] ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
    }
    return ready;
  };

  const asText = ({ id, rawId, type, response }) => {
    const sent = { clientDataJSON: text(response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[part]) sent[part] = text(response[part]);
    }
    return JSON.stringify({ id, rawId: text(rawId), type, response: sent });
  };

  const ask = async (form) => {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.options, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    const publicKey = withBytes(await answer.json());
    const making = form.dataset.passkey === "make";
    return making ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  };

  const say = (form, words) => {
    const place = form.querySelector("[role=alert]");
    place.hidden = !words;
    place.textContent = words;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      say(form, "");
      try {
        form.elements.credential.value = asText(await ask(form));
        form.submit();
      } catch (error) {
        const words = form.querySelector("[role=alert]").dataset;
        say(form, error.name === "InvalidStateError" ? words.known : words.failed);
        button.disabled = false;
      }
    });
  }
})();
