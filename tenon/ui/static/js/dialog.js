// Dialogs: opened by data-open, closed by data-close, Escape or a click on the backdrop; and printing.

// A press that began inside, such as marking text, and ended on the backdrop closes nothing.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; }, true);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    opener.closest("details.pop")?.removeAttribute("open");
    document.getElementById(opener.dataset.open)?.showModal();
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  if (event.target.matches("dialog") && pressed === event.target) event.target.close();
  if (event.target.closest("[data-print]")) {
    event.target.closest("details.pop")?.removeAttribute("open");
    window.print();
  }
});

// A form that was refused comes back in its dialog: it opens again and shows what is wrong; one that an address asks for opens with the page.
function reopen() {
  for (const dialog of document.querySelectorAll("dialog[data-reopen]")) {
    dialog.removeAttribute("data-reopen");
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[aria-invalid]")?.focus();
  }
}
document.addEventListener("htmx:after:swap", reopen);
reopen();
