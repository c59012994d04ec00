"""JSON Schemas, written shortly, and the shapes that calls share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": ["number", "string"]}
WHOLE: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ANY: Schema = {}
TEXTS: Schema = {"type": "array", "items": TEXT}


def nullable(schema: Schema) -> Schema:
    """Return the schema with null allowed."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    if isinstance(kind, list):
        return {**schema, "type": [*kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else {}


def thing(properties: Mapping[str, Schema], *required: str, is_open: bool = False) -> Schema:
    """Return an object; other members are refused unless it is open."""
    found: Schema = {"type": "object", "properties": dict(properties)}
    if required:
        found["required"] = list(required)
    if not is_open:
        found["additionalProperties"] = False
    return found


def shown(**properties: Schema) -> Schema:
    """Return an object of an answer: more members may come in a later version."""
    return {"type": "object", "properties": properties}


def many(item: Schema) -> Schema:
    """Return a list."""
    return {"type": "array", "items": item}


def page(name: str, item: Schema) -> Schema:
    """Return a page of a list."""
    return {"type": "object", "properties": {name: many(item), "next": nullable(TEXT)}, "required": [name, "next"]}


def one(*words: str) -> Schema:
    """Return a choice."""
    return {"type": "string", "enum": list(words)}


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT,
        "errors": {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "required": ["path", "code", "message", "hint"],
                "properties": {"path": TEXT, "code": TEXT, "message": TEXT, "hint": nullable(TEXT), "line": WHOLE, "column": WHOLE},
            },
        },
    },
}
LINK = shown(id=ID, title=TEXT)
USER = shown(id=ID, email=TEXT, name=TEXT, roles=TEXTS, unit=nullable(ID), manager=nullable(ID), language=one("en", "zh"), state=one("active", "invited", "disabled"))
UNIT = shown(id=ID, name=TEXT, parent=nullable(ID))
TOKEN = shown(id=ID, name=TEXT, prefix=TEXT, user=ID, roles=nullable(TEXTS), addresses=nullable(TEXTS), expires_at=nullable(MOMENT))
JOB = shown(
    id=ID, kind=TEXT, state=one("queued", "running", "done", "failed", "dead", "cancelled"), progress=shown(done=WHOLE, total=nullable(WHOLE)),
    result=ANY, errors=many(ANY), started_at=nullable(MOMENT), ended_at=nullable(MOMENT),
)
WEBHOOK = shown(
    id=ID, name=TEXT, url=TEXT, events=TEXTS, role=nullable(TEXT), active=TRUTH, off_because=nullable(TEXT), created_at=MOMENT, last_state=nullable(TEXT), secret=TEXT,
)
DELIVERY = shown(
    id=ID, kind=TEXT, channel=TEXT, endpoint=TEXT, title=TEXT, state=one("waiting", "failed", "sent", "dead"), attempts=WHOLE,
    next_attempt=nullable(MOMENT), problem=ANY, answer=ANY, cause=ANY, record=nullable(shown(entity=TEXT, id=ID)), created_at=MOMENT, ended_at=nullable(MOMENT),
)
SESSION = shown(
    user=shown(id=ID, name=TEXT, email=TEXT), roles=TEXTS, unit=nullable(LINK), language=TEXT, is_admin=TRUTH, may_build=TRUTH, csrf=nullable(TEXT),
)
RELEASE = shown(number=WHOLE, note=nullable(TEXT), restored_from=nullable(WHOLE), changes=many(shown(kind=TEXT, name=TEXT, change=TEXT)))
DRAFT_COMMENT = shown(id=ID, kind=TEXT, name=TEXT, document=ID, author=nullable(shown(id=ID, title=TEXT)), at=MOMENT, text=TEXT)
RECORD: Schema = {"type": "object", "properties": {"id": ID, "version": WHOLE}, "required": ["id", "version"]}
FILE = shown(id=ID, name=TEXT, size=WHOLE, type=TEXT, url=TEXT)
WORKSPACE = shown(name=TEXT, language=one("en", "zh"), timezone=TEXT, logo=nullable(FILE))
_COUNTS: Schema = {"type": "object", "additionalProperties": WHOLE}
_WAY = one("moves", "enters", "leaves")
_MEAN: Schema = {"anyOf": [shown(share=nullable(NUMBER), with_data=WHOLE, records=WHOLE), {"type": "null"}]}
SIMULATION = shown(
    score=TEXT, is_published=TRUTH, is_changed=TRUTH, records=WHOLE, before=_COUNTS, after=_COUNTS, stay=_COUNTS,
    moves=many(shown(**{"from": nullable(TEXT), "to": nullable(TEXT), "count": WHOLE, "kind": _WAY, "records": many(ID)})),
    histogram=shown(edges=many(NUMBER), before=many(WHOLE), after=many(WHOLE)), coverage=shown(before=nullable(NUMBER), after=nullable(NUMBER)),
    measures=many(shown(variant=TEXT, name=TEXT, label=TEXT, group=nullable(TEXT), before=_MEAN, after=_MEAN)),
    alerts_per_week=nullable(NUMBER), alerts=shown(before=nullable(NUMBER), after=nullable(NUMBER), weeks=nullable(NUMBER), basis=TEXT),
    moved=many(shown(
        id=ID, title=nullable(TEXT), before=nullable(NUMBER), after=nullable(NUMBER), band_before=nullable(TEXT), band_after=nullable(TEXT), kind=_WAY,
    )),
    next=nullable(TEXT),
)
SCENARIO = shown(
    scenario=TEXT, label=TEXT, passed=TRUTH,
    steps=many(shown(
        path=TEXT, kind=one("change", "score", "field", "right"), passed=TRUTH, expected=nullable({"type": "object"}), found=nullable({"type": "object"}),
        explanation=TEXT,
    )),
)
