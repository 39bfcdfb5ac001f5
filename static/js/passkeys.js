// Forms that are sent with a passkey: the button fetches a challenge, asks the browser for a signature,
// and then sends the form as any other. The forms are hidden without this script, and in browsers that
// can't read and write a passkey's JSON (older than Chrome 129, Firefox 119 and Safari 18.4).
(() => {
  "use strict";

  const ask = async (form) => {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.options, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    const options = await answer.json();
    const { credentials } = navigator;
    return form.dataset.passkey === "make"
      ? credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  };

  const say = (form, words) => {
    const place = form.querySelector("[role=alert]");
    place.hidden = !words;
    place.textContent = words;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      say(form, "");
      try {
        form.elements.credential.value = JSON.stringify(await ask(form));
        form.submit();
      } catch (error) {
        const words = form.querySelector("[role=alert]").dataset;
        say(form, error.name === "InvalidStateError" ? words.known : words.failed);
        button.disabled = false;
      }
    });
  }
})();
