"""What stands in the tile of a widget: numbers, tables and matrices made here, charts left to the browser, faults in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from tenon.engine.query.behind import literal
from tenon.engine.reports.asked import ask, body_of, label_of
from tenon.engine.reports.dashboards import selection_of
from tenon.engine.reports.periods import ALL
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tenon.engine.scores.groups import group_label
from tenon.metamodel.errors import Invalid, NotFound, TenonError
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.base import View
from tenon.ui.backend.charts import CHARTS
from tenon.ui.backend.dashboards import Chosen, label_of_path, pairs, selected
from tenon.ui.backend.pictures import Reading, heat_of, ordered
from tenon.ui.report_shapes import Cell, Picture

LINE_WIDTH, LINE_HEIGHT = 120, 32
AGES = {
    "day": ("Day {n}", "第 {n} 天"), "week": ("Week {n}", "第 {n} 周"), "month": ("Month {n}", "第 {n} 月"), "quarter": ("Quarter {n}", "第 {n} 季"),
    "year": ("Year {n}", "第 {n} 年"),
}  # fmt: skip


def about(view: View, name: str, entity_name: str, id: str) -> str:
    """Return the filter by which a widget is about one record: itself, or what refers to it. Raises NotFound."""
    entity, body = view.entity(entity_name), body_of(view.uow, name)
    asked = view.model.find_entity(body.query.entity) if body.query is not None else None
    if asked is None or asked is entity:
        return f"record.id == {literal(id)}" if asked is not None else "True"
    fields = [f for f in asked.fields.values() if f.type.kind == "reference" and f.type.entity == entity.id and view.rights.may_read(asked, f)]
    return f"{fields[0].name} == {literal(id)}" if fields else "False"


def picture(view: View, name: str, dashboard: str, chosen: Chosen, page: str = "", about: str | None = None) -> Picture:
    """Return what a widget shows on a dashboard (or alone), never an error: what is wrong stands in ``fault``. Raises NotFound."""
    values = selected(chosen)
    selection = selection_of(view.uow, view.ctx, dashboard, values) if dashboard else Selection(values, about)
    try:
        asked = ask(view.uow, view.ctx, name, selection)
        label = label_of(asked.body).show(view.language)
        found = data(view.uow, view.ctx, name, selection)
    except TenonError as error:
        if isinstance(error, NotFound) and view.model.find("widget", name) is None:
            raise
        return Picture(name, "fault", name, fault=_fault(view, error))
    reading = Reading(view, found, page or (f"/dashboards/{dashboard}" if dashboard else ""), chosen)
    made = MAKERS.get(asked.body.type, _chart)(reading)
    may_export = asked.body.query is not None and view.rights.may(asked.entity, "export") and bool(found["columns"])
    query = urlencode([*([("dashboard", dashboard)] if dashboard else []), *pairs({k: (v,) for k, v in values.items()})])
    export = f"/api/v1/widgets/{name}/export?{query}" if may_export else None
    return Picture(
        name, made.get("kind", asked.body.type), label, made.get("is_empty", False), made.get("chart"), made.get("sheet"), made.get("facts", {}),
        reading.list_of(found.get("filter") or "True") if asked.body.query else None, export, made.get("summary", ""),
        Text.of(asked.body.description).show(view.language) if asked.body.description else "", missed=_missed(view, found, chosen),
    )  # fmt: skip


def _missed(view: View, found: Mapping[str, Any], chosen: Chosen) -> tuple[str, ...]:
    """Return the labels of what is chosen above a widget and its records do not have."""
    applied = found.get("applied")
    return () if applied is None else tuple(label_of_path(view, key) for key, values in chosen.items() if key not in applied and values != (ALL,))


def _fault(view: View, error: TenonError) -> tuple[str, str]:
    """Return what is wrong and what to do, for who reads and for who builds."""
    language, user = view.language, view.ctx.user
    problem = error.problems[0]
    if isinstance(error, NotFound):
        return (
            say("These records are not for you", "您无权查看这些记录").show(language),
            say("Ask an administrator for a role that may read them.", "请向管理员申请可查看的角色。").show(language),
        )
    if isinstance(error, Invalid) and not (user is not None and user.may_build):
        return (
            say("This widget cannot be shown", "无法显示此组件").show(language),
            say("It asks for something that is not there, or not for you. Ask who built it.", "它引用了不存在或您无权查看的内容，请联系搭建者。").show(language),
        )
    hint = problem.hint.show(language) if problem.hint else say("Change the widget.", "请修改该组件。").show(language)
    return f"{problem.message.show(language)} ({problem.path or '/'})", hint


Made = Mapping[str, Any]


def _chart(reading: Reading) -> Made:
    """Return a chart with its table; what no chart can show is a table."""
    kind = str(reading.data["type"])
    sheet, chart = reading.sheet(), CHARTS[kind](reading) if kind in CHARTS else None
    is_empty = not reading.data["rows"] or all(not row[i] for row in reading.data["rows"] for i in reading.measures)
    if chart is None and not is_empty:
        return {"kind": "table", "sheet": sheet}
    return {"kind": "chart", "chart": {"type": kind, **chart} if chart else None, "sheet": sheet, "is_empty": is_empty, "summary": _summary(reading)}


def _summary(reading: Reading) -> str:
    """Return one sentence for who cannot see the picture."""
    rows = reading.data["rows"]
    names = reading.fmt.listed(str(c["label"]) for c in reading.columns)
    en, zh = "{label}: {names}. {n} {n:row|rows}; show it as a table to read them.", "{label}：{names}，共 {n} 行；可切换为表格查看。"
    return reading.words(en, zh, label=reading.data["label"], names=names, n=len(rows))


def _number(reading: Reading) -> Made:
    """Return a large number, what changed, and a small line."""
    data = reading.data
    if not reading.measures or not data["rows"]:
        return {"is_empty": True}
    place = reading.measures[0]
    value, detail = data["rows"][0][place], reading.details[place]
    full = reading.text(value, place)
    facts: dict[str, Any] = {
        "value": reading.number(value, detail, short=True) if value is not None else "–", "full": full, "url": reading.list_of(reading.behind(0, place)),
        "name": str(reading.columns[place]["label"]), "change": _change(reading, place), "target": None, "line": _line(reading, place),
        "others": [(str(reading.columns[i]["label"]), reading.cell(data["rows"][0][i], i, reading.behind(0, i))) for i in reading.measures[1:4]],
    }  # fmt: skip
    if data.get("target") is not None and value is not None:
        share = min(1.0, max(0.0, float(value) / float(data["target"]))) if data["target"] else 1.0
        facts["target"] = {"text": reading.number(data["target"], detail), "share": round(share * 100), "is_met": value >= data["target"]}
    return {"kind": "number", "facts": facts}


def _change(reading: Reading, place: int) -> Mapping[str, Any] | None:
    """Return how a number changed: arrow, words, tone, and against what."""
    data = reading.data
    found = (data.get("changes") or {}).get(str(reading.columns[place]["name"]))
    compare = data.get("compare")
    if found is None or compare is None:
        return None
    change, detail = found["change"], reading.details[place]
    good = data.get("options", {}).get("good")
    against = _against(reading, compare)
    if change is None:
        return {"icon": "minus", "text": reading.words("nothing to compare with", "无可比数据"), "tone": "plain", "against": "", "word": "", "url": None}
    is_up = change > 0
    tone = "plain" if not change or good not in ("up", "down") else "green" if is_up is (good == "up") else "red"
    sign = "+" if is_up else "\u2212" if change else "±"
    if detail.get("format") == "percent":
        text = sign + reading.fmt.number(round(abs(Decimal(str(change))) * 100, 1)) + reading.words(" pt", " 个百分点")
    elif found["ratio"] is not None and not str(data.get("options", {}).get("history", "")):
        text = sign + reading.fmt.percent(round(abs(Decimal(str(found["ratio"]))), 4), 1)
    else:
        text = sign + reading.number(abs(change), detail)
    word = reading.words("up", "上升") if is_up else reading.words("down", "下降") if change else reading.words("unchanged", "持平")
    return {"icon": "arrow-up" if is_up else "arrow-down" if change else "equal", "text": text, "tone": tone, "against": against, "word": word, "url": reading.list_of(_before(compare, place))}


def _before(compare: Mapping[str, Any], place: int) -> str | None:
    """Return the filter behind the earlier value, None when it is nothing."""
    behind = compare["details"][place].get("behind") or compare.get("behind")
    return behind[0] if behind and compare["rows"][0][place] else None


def _against(reading: Reading, compare: Mapping[str, Any]) -> str:
    """Return what a number is held against, in words: "vs Q3 2026", "较 2026-07-01 – 2026-09-30"."""
    period = compare["period"]
    first, last = period["from"], period["to"]
    name = None
    for by, months in (("month", 1), ("quarter", 3), ("year", 12)):
        if first and last and first[8:] == "01" and _months(first, last) == months:
            name = reading.period(first, by)
    name = name or (reading.period(first, "day") if first == last and first else f"{reading.period(first, 'day')} – {reading.period(last, 'day')}" if first and last else last or first or "")
    return reading.words("vs {name}", "较 {name}", name=name)


def _months(first: str, last: str) -> int:
    """Return how many whole months two days span, 0 when they do not."""
    from_year, from_month = int(first[:4]), int(first[5:7])
    to_year, to_month, day = int(last[:4]), int(last[5:7]), int(last[8:])
    is_end = day >= 28 and (day == 31 or (day == 30 and to_month in (4, 6, 9, 11)) or to_month == 2)
    return (to_year - from_year) * 12 + to_month - from_month + 1 if is_end else 0


def _line(reading: Reading, place: int) -> Mapping[str, Any] | None:
    """Return the points of a small line."""
    line = reading.data.get("line")
    if not line:
        return None
    at = place + sum("field" in d for d in line["details"])
    values = [row[at] for row in line["rows"] if row[0] is not None and row[at] is not None]
    if len(values) < 2:
        return None
    numbers = [float(v) for v in values]
    low, high = min(numbers), max(numbers)
    span = high - low or 1.0
    points = [(i / (len(numbers) - 1) * LINE_WIDTH, LINE_HEIGHT - 3 - (n - low) / span * (LINE_HEIGHT - 6)) for i, n in enumerate(numbers)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return {"points": path, "area": f"0,{LINE_HEIGHT} {path} {LINE_WIDTH},{LINE_HEIGHT}", "last": points[-1], "width": LINE_WIDTH, "height": LINE_HEIGHT}


def _table(reading: Reading) -> Made:
    """Return groups and measures, or records with their titles as links."""
    data = reading.data
    if "records" not in data:
        return {"kind": "table", "sheet": reading.sheet(), "is_empty": not data["rows"]}
    entity, rows = data["entity"], []
    reading.groups, reading.measures = list(range(len(reading.columns))), []
    title = next((i for i, c in enumerate(reading.columns) if c["name"] == data.get("title")), 0)
    for id_, row in zip(data["records"], data["rows"], strict=True):
        cells = []
        for place, value in enumerate(row):
            is_unsure = value is None and reading.details[place].get("score") == "band"
            text = reading.empty(place) if is_unsure else "–" if value is None else reading.aligned(value, place)
            cells.append(Cell(text, f"/records/{entity}/{id_}" if place == title else None, None, reading.colour(value, place) if isinstance(value, str) else None, value=value))
        rows.append(cells)
    numeric = [c["type"] in ("number", "duration") for c in reading.columns]
    long = [c["type"] == "text" and i != title for i, c in enumerate(reading.columns)]
    facts = {"heads": [str(c["label"]) for c in reading.columns], "rows": rows, "numeric": numeric, "long": long, "count": data.get("count"), "title": title}
    return {"kind": "records", "is_empty": not rows, "facts": facts}


def _matrix(reading: Reading) -> Made:
    """Return a heat map: the first group down, the second across; each cell leads to its records."""
    if len(reading.groups) != 2 or not reading.measures:
        return {"kind": "table", "sheet": reading.sheet(), "is_empty": not reading.data["rows"]}
    (down, across), measure = reading.groups, reading.measures[0]
    rows = reading.data["rows"]
    heads, sides = (ordered(reading, [r[g] for r in rows], g) for g in (across, down))
    found = {(str(r[down]), str(r[across])): (r[measure], reading.behind(i, measure)) for i, r in enumerate(rows)}
    numbers = [float(r[measure]) for r in rows if r[measure]]
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    lines = []
    for side in sides:
        cells = []
        for head in heads:
            value, filter_ = found.get((str(side), str(head)), (None, None))
            text = reading.text(value, measure) if value else "–"
            cells.append(Cell(text, reading.list_of(filter_) if value else None, heat=heat_of(value, low, high)))
        lines.append((Cell(reading.text(side, down), None, reading.cross(side, down)), cells))
    facts = {
        "heads": [Cell(reading.text(h, across), None, reading.cross(h, across)) for h in heads], "lines": lines,
        "corner": f"{reading.columns[down]['label']} / {reading.columns[across]['label']}",
    }
    return {"kind": "heatmap", "facts": facts, "is_empty": not numbers}


def _pivot(reading: Reading) -> Made:
    """Return a cross table with true totals; measures stand beside each other under every column."""
    data, columns = reading.data, [str(c["name"]) for c in reading.columns]
    down, across = [columns.index(n) for n in data["down"]], [columns.index(n) for n in data["across"]]
    rows, measures = data["rows"], reading.measures
    if not across or not down:
        return {"kind": "table", "sheet": reading.sheet(), "is_empty": not rows}

    def key(row: Sequence[Any], places: Sequence[int]) -> str:
        return repr([str(row[p]) for p in places])

    heads = {key(r, across): r for r in sorted(rows, key=lambda r: tuple(_rank(reading, r[p], p) for p in across))}
    sides = {key(r, down): r for r in rows}
    found = {(key(r, down), key(r, across)): (i, r) for i, r in enumerate(rows)}
    side_totals, head_totals = _totals(data, "row_totals", len(down)), _totals(data, "column_totals", len(across))
    lines = []
    for side, sample in sides.items():
        cells = [reading.cell(row[m], m, reading.behind(i, m)) if row else reading.cell(None, m) for head in heads for i, row in [found.get((side, head), (0, None))] for m in measures]
        cells += [reading.cell(v, m, behind) for m, (v, behind) in zip(measures, side_totals.get(side, ()), strict=False)]
        lines.append(([Cell(reading.text(sample[p], p), None, reading.cross(sample[p], p)) for p in down], cells))
    foot = [reading.cell(v, m, behind) for head in heads for m, (v, behind) in zip(measures, head_totals.get(head, ()), strict=False)]
    whole = [reading.cell(data["totals"][m], m, reading.whole(m)) for m in measures] if data.get("totals") else []
    facts = {
        "heads": [Cell(" · ".join(reading.text(r[p], p) for p in across), None, reading.cross(r[across[0]], across[0])) for r in heads.values()],
        "sides": [str(reading.columns[p]["label"]) for p in down], "lines": lines, "foot": [*foot, *whole] if head_totals else [], "has_totals": bool(side_totals),
        "measures": [str(reading.columns[m]["label"]) for m in measures],
    }  # fmt: skip
    return {"kind": "pivot", "facts": facts, "is_empty": not rows}


def _rank(reading: Reading, value: Any, place: int) -> tuple[bool, int, str]:
    names = [str(o["name"]) for o in reading.details[place].get("options", ())]
    return value is None, names.index(str(value)) if str(value) in names else 0, "" if names else str(value)


def _totals(data: Mapping[str, Any], name: str, groups: int) -> dict[str, list[tuple[Any, str | None]]]:
    """Return the values of the measures, each with the filter behind it, by the values of the groups."""
    found = data.get(name)
    if not found:
        return {}
    behind = [d.get("behind") or found.get("behind") or [None] * len(found["rows"]) for d in found["details"]]
    return {repr([str(v) for v in row[:groups]]): [(row[m], behind[m][i]) for m in range(groups, len(row))] for i, row in enumerate(found["rows"])}


def _cohort(reading: Reading) -> Made:
    """Return a triangle: cohorts down, ages across, shares of their first size."""
    cohorts, by = reading.data["cohorts"], str(reading.data["by"])
    place = reading.measures[0]
    ages = max((len(c["cells"]) for c in cohorts), default=0)
    lines = []
    for cohort in cohorts:
        cells = []
        for cell in cohort["cells"]:
            share = None if cell["share"] is None else reading.fmt.percent(round(Decimal(str(cell["share"])), 3), 0)
            text, url = reading.text(cell["value"], place), reading.list_of(cell["behind"]) if cell["value"] else None
            cells.append(Cell(share or text, url, heat=heat_of(min(cell["share"] or 0, 1), 0, 1), value=text))
        first = cohort["cells"][0]["behind"] if cohort["cells"] else None
        size = reading.cell(cohort["size"], place, first)
        lines.append((Cell(reading.period(cohort["cohort"], by)), size, cells))
    heads = [reading.words(*AGES[by], n=age) for age in range(ages)]
    return {"kind": "cohort", "facts": {"heads": heads, "lines": lines, "size": str(reading.columns[place]["label"])}, "is_empty": not lines}


def _transition(reading: Reading) -> Made:
    """Return the matrix of a movement; who stayed stands on the diagonal."""
    data, matrix = reading.data, reading.data["matrix"]
    by_pair = {(str(a), str(b)): behind for (a, b, _), behind in zip(data["rows"], data["behind"], strict=True)}
    values = matrix["values"]
    names = [reading.text(v, 0) if v is not None else reading.words("None", "无") for v in values]
    most = max((n for row in matrix["counts"] for n in row), default=0)

    def margin(count: int, behind: str | None) -> Cell:
        return Cell(reading.fmt.number(count), reading.list_of(behind) if count else None)

    lines = []
    for i, (value, counts) in enumerate(zip(values, matrix["counts"], strict=True)):
        cells = []
        for j, count in enumerate(counts):
            url = reading.list_of(by_pair.get((str(value), str(values[j])))) if count else None
            cells.append((Cell(reading.fmt.number(count) if count else "–", url, heat=heat_of(count, 0, most)), "same" if i == j else _way(values, i, j)))
        lines.append((names[i], reading.colour(value, 0), cells, margin(matrix["opening"][i], matrix["opening_behind"][i])))
    words = {"up": ("Up", "上升"), "stayed": ("Stayed", "不变"), "down": ("Down", "下降"), "entered": ("New", "新增"), "left": ("Gone", "离开")}
    summary = [(reading.words(*words[k]), margin(n, data["summary_behind"][k]), k) for k, n in data["summary"].items() if n or k in ("up", "stayed", "down")]
    facts = {
        "names": [(n, reading.colour(v, 0)) for n, v in zip(names, values, strict=True)], "lines": lines,
        "closing": [margin(n, behind) for n, behind in zip(matrix["closing"], matrix["closing_behind"], strict=True)],
        "summary": summary, "from": reading.period(data["from"], "day"), "to": reading.period(data["to"], "day"), "total": margin(data["totals"][-1], matrix["behind"]),
    }  # fmt: skip
    return {"kind": "transition", "facts": facts, "is_empty": not data["rows"]}


def _way(values: Sequence[Any], i: int, j: int) -> str:
    return "other" if values[i] is None or values[j] is None else "up" if j > i else "down"


def _falls(reading: Reading) -> Made:
    """Return the measures behind falls, and how many falls there were."""
    data = reading.data
    rows = [
        (Cell(label), Cell(group_label(group, reading.fmt.language) or "–"), reading.cell(cases, 2, reading.behind(i, 2)), Cell(reading.fmt.percent(share)), Cell(reading.fmt.number(points)))
        for i, (label, group, cases, share, points) in enumerate(data["rows"])
    ]
    number, en, zh = reading.fmt.number(data["falls"]), "{number} {n:record|records} fell by {least} points or more.", "{number} 条记录下滑 {least} 分及以上。"
    told = reading.words(en, zh, number=number, n=data["falls"], least=data["least"])
    heads = [str(c["label"]) for c in reading.columns]
    facts: dict[str, Any] = {"heads": heads, "rows": rows, "told": told, "url": reading.list_of(reading.whole(2)), "sums": (), "numbers": (2, 3, 4)}
    facts |= {"from": reading.period(data["from"], "day"), "to": reading.period(data["to"], "day")}
    return {"kind": "falls", "facts": facts, "is_empty": not rows}


def _attribution(reading: Reading) -> Made:
    """Return reasons beside groups of measures, each with how many were lost, and the sum of both."""
    data, number = reading.data, reading.fmt.number

    def lost(count: int | None, index: int, place: int) -> Cell:
        return Cell("") if count is None else reading.cell(count, place, reading.behind(index, place))

    rows = [
        (Cell(reason or ""), lost(n, i, 1), Cell(group_label(group, reading.fmt.language) or ""), lost(of, i, 3))
        for i, (reason, n, group, of) in enumerate(data["rows"])
    ]
    url = reading.list_of(data["details"][1].get("behind_total"))
    total = Cell(number(data["events"]), url)
    en, zh = "{number} {n:was|were} lost; points lost in the {days} days before.", "共流失 {number} 个；之前 {days} 天的失分。"
    told = reading.words(en, zh, number=number(data["events"]), n=data["events"], days=data["days"])
    sums = (Cell(reading.words("Total", "合计")), total, Cell(""), total)
    facts = {"heads": [str(c["label"]) for c in reading.columns], "rows": rows, "sums": sums, "told": told, "url": url, "numbers": (1, 3)}
    return {"kind": "falls", "facts": facts, "is_empty": not rows}


def _text(reading: Reading) -> Made:
    """Return headings, paragraphs and lists of a text."""
    blocks: list[tuple[str, list[str]]] = []
    for line in str(reading.data["text"]).splitlines():
        plain = line.strip()
        kind = "h" if plain.startswith("#") else "li" if plain.startswith(("- ", "* ")) else "p"
        content = plain.lstrip("#").strip() if kind == "h" else plain[2:].strip() if kind == "li" else plain
        if not content:
            continue
        if kind == "li" and blocks and blocks[-1][0] == "li":
            blocks[-1][1].append(content)
        else:
            blocks.append((kind, [content]))
    return {"kind": "text", "facts": {"blocks": blocks}}


MAKERS: dict[str, Callable[[Reading], Made]] = {
    "number": _number, "table": _table, "heatmap": _matrix, "pivot": _pivot, "cohort": _cohort, "transition": _transition, "falls": _falls,
    "attribution": _attribution, "text": _text,
}
