"""What can be typed next: fields along a path, functions, options of a choice, words of the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tenon.metamodel.expressions.functions import AGGREGATE_NAMES, FUNCTIONS, Function, find_function
from tenon.metamodel.expressions.paths import Frame, PathError, Resolved, resolve
from tenon.metamodel.expressions.scope import USER_NAMES, Scope
from tenon.metamodel.expressions.wording import kind_name
from tenon.metamodel.labels import Text
from tenon.metamodel.names import SYSTEM_FIELDS
from tenon.metamodel.types import Type

_TYPED = re.compile(r"((?:\w+\s*\.\s*)*)(\w*)\Z")
_OPTION = re.compile(r"((?:\w+\s*\.\s*)*\w+)\s*(?:==|!=|(?:not\s+)?in)\s*[\[(]?(?:\s*'[^']*'\s*,)*\s*('\w*)?\Z")
_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_CALL = re.compile(r"(\w+)\s*\Z")
_PATH = re.compile(r"\s*((?:\w+\s*\.\s*)*\w+)\s*,")
_WHERE = re.compile(r",\s*where\s*=")
_WORDS = (("and", "and", "且"), ("or", "or", "或"), ("not", "not", "非"), ("in", "is one of", "属于"), ("if", "if", "如果"),
          ("else", "else", "否则"), ("True", "yes", "是"), ("False", "no", "否"), ("None", "empty", "空"))  # fmt: skip
MOST = 200
Entry = dict[str, Any]


def complete(text: str, position: int, scope: Scope, language: str) -> list[Entry]:
    """Return what can stand at a position (in characters): ``{"insert", "label", "kind", "type", "help"}`` each.

    ``insert`` replaces the word that was begun; kinds: field, relation, function, option, word, value.
    """
    before = text[: max(position, 0)]
    frame = _frame(before, scope)
    options = _options(before, scope, frame, language)
    if options is not None:
        return options
    found = _TYPED.search(_blank(before))
    if found is None or _is_quoted(before):
        return []
    path = [part.strip() for part in found[1].split(".")[:-1]]
    entries = _after(path, scope, frame, language) if path else _start(scope, frame, language)
    begun = found[2].lower()
    wanted = [e for e in entries if begun in e["insert"].lower() or begun in e["label"].lower()]
    return sorted(wanted, key=lambda e: not e["insert"].lower().startswith(begun))[:MOST]


def _entry(insert: str, label: str, kind: str, type_: Text | None, text: str = "", language: str = "en") -> Entry:
    return {"insert": insert, "label": label, "kind": kind, "type": type_.show(language) if type_ else "", "help": text}


def _blank(text: str) -> str:
    """Return the text with the content of its strings made blank, so that nothing in them counts."""
    return _STRING.sub(lambda m: " " * len(m[0]), text)


def _is_quoted(text: str) -> bool:
    return bool(re.search(r"['\"]", _blank(text)))


def _frame(before: str, scope: Scope) -> Frame:
    """Return the frame at the end of a text: inside a ``where=`` that is not closed, the far records."""
    frame, blank, opened = Frame(scope.row), _blank(before), []
    for index, character in enumerate(blank):
        if character == "(":
            opened.append(index)
        elif character == ")" and opened:
            opened.pop()
    for start in opened:
        name, inside = _CALL.search(blank[:start]), blank[start + 1 :]
        function, path = (find_function(name[1]) if name else None), _PATH.match(inside)
        if function and path and function.name in AGGREGATE_NAMES and _WHERE.search(inside):
            found = _find(scope, frame, path[1])
            if found is not None and found.relation is not None:
                return Frame(scope.model.find_entity(found.relation.far_id), scope.row, in_aggregate=True)
    return frame


def _find(scope: Scope, frame: Frame, path: str) -> Resolved | None:
    try:
        return resolve(scope, frame, [part.strip() for part in path.split(".")])
    except PathError:
        return None


def _options(before: str, scope: Scope, frame: Frame, language: str) -> list[Entry] | None:
    """Return the options of the choice that is being compared, or None."""
    found = _OPTION.search(before)
    resolved = _find(scope, frame, found[1]) if found else None
    if found is None or resolved is None or resolved.field is None or not resolved.field.spec.named:
        return None
    begun = (found[2] or "").strip("'").lower()
    titles = {option.name: option.title().show(language) for option in resolved.field.spec.named}
    names = [n for n in resolved.type.options or titles if begun in n.lower() or begun in titles.get(n, "").lower()]
    names.sort(key=lambda n: not n.lower().startswith(begun))
    return [_entry(f"'{n}'", titles.get(n, n), "option", kind_name(resolved.type), "", language) for n in names]


def _of_entity(scope: Scope, frame: Frame, language: str) -> Iterator[Entry]:
    """Yield the fields and relations of the row."""
    if frame.row is None:
        return
    for field in sorted(scope.fields(frame.row), key=lambda f: f.name in SYSTEM_FIELDS):
        if not field.is_to_many:
            yield _entry(field.name, field.label.show(language), "field", kind_name(field.type), "", language)
    for relation in scope.relations(frame.row):
        yield _entry(relation.name, relation.label.show(language), "relation", kind_name(Type("list")), "", language)


def _start(scope: Scope, frame: Frame, language: str) -> list[Entry]:
    """Return what can begin a name."""
    entries = list(_of_entity(scope, frame, language))
    for name, type_ in (scope.values or {}).items():
        entries.append(_entry(name, name, "value", kind_name(type_) if isinstance(type_, Type) else None, "", language))
    words = [("record.", "record", "本记录"), *([] if scope.is_stored else [("user.", "who acts", "操作人")])]
    words += [("this.", "the near record", "当前记录")] if frame.this is not None else []
    words += [("old.", "before the change", "变更前")] if scope.use == "rule" else []
    entries += [_of_function(f, language) for f in FUNCTIONS.values() if _is_offered(f, scope, frame)]
    return entries + [_entry(word, Text(en, zh).show(language), "word", None) for word, en, zh in (*words, *_WORDS)]


def _is_offered(function: Function, scope: Scope, frame: Frame) -> bool:
    if (function.uses and scope.use not in function.uses) or (function.uses_user and scope.is_stored):
        return False
    if function.is_moment and scope.use == "formula":
        return False
    return not (frame.in_aggregate and function.body is None and function.is_aggregate)


def _of_function(function: Function, language: str) -> Entry:
    insert = f"{function.name}({')' if not function.parameters else ''}"
    label = f"{function.signature()} · {function.alias}" if language.startswith("zh") else function.signature()
    return _entry(insert, label, "function", None, function.help.show(language))


def _after(path: list[str], scope: Scope, frame: Frame, language: str) -> list[Entry]:
    """Return what can follow a dot."""
    if path == ["user"]:
        return [] if scope.is_stored else [_entry(n, n, "word", kind_name(t), "", language) for n, t in USER_NAMES.items()]
    if path == ["record"]:
        entries = _of_entity(scope, frame, language)
        return [e for e in entries if e["insert"] in SYSTEM_FIELDS]
    if path == ["this"]:
        return list(_of_entity(scope, Frame(frame.this), language))
    if path == ["old"]:
        return list(_of_entity(scope, Frame(scope.entity), language)) if scope.use == "rule" else []
    found = _find(scope, frame, ".".join(path))
    if found is None:
        return []
    far = scope.model.find_entity(found.type.entity) if found.type.entity else None
    return list(_of_entity(scope, Frame(far), language))
