// The editor of an expression: colours, completion by name or label in the reader's language with what it is, mistakes where they are,
// and what it gives for a sample record. The server checks; nothing is run here.
import { one, word } from "./dom.js";
import { sendJson } from "./address.js";

const LOOK = {
  "&": { fontSize: "13px", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--mono)", padding: "6px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 9px" },
  ".cm-tooltip": { background: "var(--surface)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow-2)", overflow: "hidden", fontFamily: "var(--font)" },
  ".cm-tooltip-autocomplete ul": { fontFamily: "var(--font) !important", fontSize: "13px", maxHeight: "220px" },
  ".cm-tooltip-autocomplete ul li": { padding: "4px 9px !important" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent-soft)", color: "var(--accent-text)" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--text-3)", marginLeft: "10px" },
  ".cm-completionInfo": { padding: "8px 10px", maxWidth: "260px", fontSize: "12px" },
  ".cm-diagnostic": { padding: "5px 10px", borderLeft: "3px solid var(--bad)" },
};
const KINDS = { field: "variable", relation: "namespace", function: "function", option: "enum", word: "keyword", value: "constant" };

/** Return the colours of the words of an expression. */
function language({ StreamLanguage, syntaxHighlighting, HighlightStyle, tags }) {
  const called = tags.function(tags.variableName);
  const words = StreamLanguage.define({
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^'(?:\\.|[^'\\])*'?|^"(?:\\.|[^"\\])*"?/)) return "string";
      if (stream.match(/^\d+(\.\d+)?/)) return "number";
      if (stream.match(/^(and|or|not|in|if|else|True|False|None|where)\b/)) return "keyword";
      if (stream.match(/^[A-Za-z_\u3400-\u9fff]\w*(?=\s*\()/)) return "called";
      if (stream.match(/^[A-Za-z_\u3400-\u9fff][\w.]*/)) return "variableName";
      stream.next();
      return null;
    },
    tokenTable: { called },
  });
  const colours = HighlightStyle.define([
    { tag: tags.string, color: "var(--good)" }, { tag: tags.number, color: "var(--warn)" }, { tag: tags.keyword, color: "var(--mauve)", fontWeight: "600" },
    { tag: tags.variableName, color: "var(--accent-text)" }, { tag: called, color: "var(--text)", fontWeight: "600" },
  ]);
  return [words, syntaxHighlighting(colours)];
}

/** Return the editor of a <tn-expression>, put into a shadow root. */
export function edit(element, mirror, root) {
  const { EditorView, EditorState, keymap } = mirror;
  const { area } = element;
  const label = area.getAttribute("aria-label") || one(`label[for="${CSS.escape(area.id)}"]`)?.textContent.trim() || word("Expression");
  return new EditorView({
    parent: root, root,
    state: EditorState.create({
      doc: area.value, selection: { anchor: area.selectionStart, head: area.selectionEnd },
      extensions: [
        mirror.history(), mirror.closeBrackets(), mirror.bracketMatching(), EditorView.lineWrapping, ...language(mirror),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        mirror.autocompletion({ override: [(context) => complete(element, context)], activateOnTyping: true }),
        mirror.linter((view) => check(element, view), { delay: 350 }),
        keymap.of([...mirror.closeBracketsKeymap, ...mirror.completionKeymap, ...mirror.historyKeymap, ...mirror.defaultKeymap]),
        EditorView.updateListener.of((update) => element.changed(update)), EditorView.theme(LOOK),
        EditorView.domEventHandlers({ beforeinput: (event, view) => typeOver(mirror, event, view) }),
      ],
    }),
  });
}

/** Type over what is selected without the browser's own editing, which would keep the colours of the old text as inline styles; true when it is done. */
function typeOver({ EditorView }, event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (empty || event.inputType !== "insertText" || !event.data || view.composing) return false;
  const made = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, made))) view.dispatch(made());
  event.preventDefault();
  return true;
}

async function ask(element, more = {}) {
  const { entity, expect, use, draft } = element.dataset;
  const body = { expression: element.view.state.doc.toString(), ...(entity ? { entity } : {}), ...(expect ? { expect } : {}), ...(use ? { use } : {}), ...more };
  const answer = await sendJson(`/api/v1/expressions/check${draft === undefined ? "" : "?draft=true"}`, body);
  return answer.ok ? answer.json() : null;
}

async function complete(element, context) {
  const begun = context.matchBefore(/'?[\w\u3400-\u9fff]*$/);
  if (!context.explicit && !(begun && begun.text) && !context.matchBefore(/\.$/)) return null;
  const found = await ask(element, { position: context.pos });
  if (!found || context.aborted) return null;
  const options = found.completions.map((each, at) => ({
    label: each.label === each.insert ? each.insert : `${each.label} ${each.insert}`, displayLabel: each.label, apply: each.insert, detail: each.type || each.insert,
    type: KINDS[each.kind], info: each.help || undefined, boost: -at / 10,
  }));
  // The quote that was closed by itself goes with the word that is replaced.
  const isQuoted = begun?.text.startsWith("'") && context.state.doc.sliceString(context.pos, context.pos + 1) === "'";
  return { from: begun ? begun.from : context.pos, to: context.pos + (isQuoted ? 1 : 0), options, filter: false };
}

async function check(element, view) {
  const text = view.state.doc.toString();
  if (!text.trim()) {
    show(element, "");
    return [];
  }
  const found = await ask(element);
  if (!found) return [];
  if (!found.errors.length && view.state.doc.toString() === text) {
    element.tell();
    sample(element, text);
  } else show(element, "");
  return found.errors.map((each) => {
    const line = view.state.doc.line(Math.min(Math.max(each.line || 1, 1), view.state.doc.lines));
    const from = Math.min(line.from + Math.max((each.column || 1) - 1, 0), line.to);
    const rest = /^[\w.]+/.exec(view.state.doc.sliceString(from, line.to));
    const to = Math.min(from + (rest ? rest[0].length : 1), view.state.doc.length);
    return { from: Math.min(from, to), to, severity: "error", message: [each.message, each.hint].filter(Boolean).join(" ") };
  });
}

/** Say what the expression gives for a sample record. */
async function sample(element, text) {
  const { entity } = element.dataset;
  const sample = one(`[data-sample-of="${CSS.escape(entity || "")}"]`)?.dataset.sample;
  if (!sample) return;
  const answer = await sendJson("/api/v1/expressions/evaluate", { expression: text, entity, record: sample });
  if (!element.view || element.view.state.doc.toString() !== text) return;
  const found = answer.ok ? await answer.json() : null;
  show(element, found ? word("On a sample record: {value}").replace("{value}", found.value === null ? "–" : String(found.value)) : "");
}

function show(element, text) {
  let place = one(".expression-result", element);
  if (!place && text) {
    place = document.createElement("p");
    place.className = "help expression-result";
    place.setAttribute("role", "status");
    element.append(place);
  }
  if (place) place.textContent = text;
}
