// What the browser checks by itself is said in the language of the page, not in that of the browser.
import { word } from "./dom.js";

const day = (input) => input.type === "date" || input.type === "datetime-local";

function fault(input) {
  const { valueMissing, rangeUnderflow, rangeOverflow, badInput, typeMismatch } = input.validity;
  if (valueMissing) return input.matches("select, [type=radio], [type=checkbox]") ? word("Choose one.") : word("Fill this in.");
  if (badInput) return day(input) ? word("Type a day.") : word("Type a number.");
  if (rangeUnderflow) return (day(input) ? word("Not before {least}.") : word("At least {least}.")).replace("{least}", input.min.replace("T", " "));
  if (rangeOverflow) return (day(input) ? word("Not after {most}.") : word("At most {most}.")).replace("{most}", input.max.replace("T", " "));
  return typeMismatch && input.type === "email" ? word("Type a mail address.") : "";
}

document.addEventListener("invalid", ({ target }) => {
  if (target.validity.customError) return;
  const said = fault(target);
  if (!said) return;
  target.setCustomValidity(said);
  const clear = () => target.setCustomValidity("");
  for (const heard of ["input", "change"]) target.addEventListener(heard, clear, { once: true });
}, true);
