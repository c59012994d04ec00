// Fields of an entity: moves between stages, drawn with two clicks or written in the table, and keys of several fields.
import { all, announce, one, word } from "./dom.js";

const send = (operations, focus) => document.dispatchEvent(new CustomEvent("tenon:design", { detail: { operations, focus } }));
const labelOf = (stage) => one("title", stage).textContent;

function addMove(moves, from, to) {
  if (from === to) return;
  send([{ op: "insert", at: `/fields/${moves.dataset.stages}/moves`, value: { from, to } }], "chosen");
}

/** The first click takes a stage, the second one allows the move; a third one on the same stage lets go. */
function pick(stage) {
  const moves = stage.closest("[data-stages]");
  const first = one(".stage-box.picked", moves);
  if (!first) {
    if (stage.dataset.stage === "*" && !moves) return;
    stage.classList.add("picked");
    moves.classList.add("picking");
    announce(word("From {name}: choose where to.").replace("{name}", labelOf(stage)));
    return;
  }
  letGo(moves);
  if (first !== stage && stage.dataset.stage !== "*") addMove(moves, first.dataset.stage, stage.dataset.stage);
}

function letGo(moves) {
  moves.classList.remove("picking");
  for (const box of all(".stage-box.picked", moves)) box.classList.remove("picked");
}

document.addEventListener("click", (event) => {
  const stage = event.target.closest("[data-stage]");
  const move = event.target.closest("[data-add-move]");
  const key = event.target.closest("[data-add-key]");
  if (stage) pick(stage);
  else if (move) {
    const moves = move.closest("[data-stages]");
    addMove(moves, one("[data-move-from]", moves).value, one("[data-move-to]", moves).value);
  } else if (key) {
    const value = all("input:checked", key.closest("[data-new-key]")).map((each) => each.value);
    if (value.length) send([{ op: "insert", at: "/keys", value }]);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const moves of all(".picking")) letGo(moves);
});
