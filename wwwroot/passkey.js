// The browser's half of a passkey: asks the server what to ask for, asks the authenticator, and sends the answer with the form.
for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  button.hidden = false;
  button.addEventListener("click", () => ceremony(button));
}

async function ceremony(button) {
  const form = button.closest("form");
  const problem = form.querySelector("[data-passkey-problem]");
  if (!form.reportValidity()) return;
  problem.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch(button.dataset.options, { method: "POST" });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    const options = await answer.json();
    const credential = button.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.Credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    button.disabled = false;
    problem.textContent = error.name === "NotAllowedError" ? "No passkey was used: it was declined, or it took too long." : `The passkey could not be used. ${error.message}`;
    problem.hidden = false;
  }
}
