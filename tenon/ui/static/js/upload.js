// The drop zone shows the name of the file it got.
import { one } from "./dom.js";

const zone = one(".dropzone");
if (zone) {
  const input = one("input[type=file]", zone);
  const show = () => { one("[data-file-name]", zone).textContent = input.files[0]?.name || ""; };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, () => zone.classList.add("over"));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
}
