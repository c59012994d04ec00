// Conditions without typing: the dialog that builds one, loaded when it is first asked for.
import { one } from "./dom.js";
import { read, settled } from "./conditions.js";

let target = null;

/** Open the dialog over what a button is for. */
export function open(button) {
  target = document.getElementById(button.dataset.for);
  const holder = one("#condition-builder");
  holder.innerHTML = "";
  const builder = document.createElement("div");
  builder.className = "conditions";
  builder.id = "conditions-condition-value";
  Object.assign(builder.dataset, { entity: button.dataset.build, for: "condition-value", draft: "" });
  holder.append(builder);
  one("#condition-value").value = target.value;
  one("#condition-dialog").showModal();
  return read(builder, target.value);
}

one("#condition-take").addEventListener("click", async () => {
  await settled(one("#conditions-condition-value"));
  const text = one("#condition-value").value;
  one("#condition-dialog").close();
  if (!target) return;
  target.value = text;
  target.dispatchEvent(new Event("change", { bubbles: true }));
  target.focus();
});
