"""Proposing measures from hand-made records."""

from __future__ import annotations

from tenon.engine.scores.adviser import propose, round_points
from tenon.engine.scores.candidates import Sample, Seen
from tenon.metamodel.labels import Text


def sample(count: int = 800) -> Sample:
    """Every second customer on a monthly plan leaves but for every fifth, others never but for every fifth; tenure says half as much."""
    plans = ["month" if n % 2 else "year" for n in range(count)]
    came = [(plan == "month") != (n % 5 == 0) for n, plan in enumerate(plans)]
    tenure = [(n * 7 % 30) + (0 if gone else 20) for n, gone in enumerate(came)]
    told, noise = [1.0 if gone else 0.0 for gone in came], [n * 37 % 11 for n in range(count)]
    columns = [
        Seen("plan", Text("Plan", "套餐"), "choice", plans), Seen("tenure", Text("Tenure", "时长"), "number", tenure),
        Seen("closed", Text("Closed", "已关闭"), "number", told), Seen("noise", Text("Noise", "噪声"), "number", noise),
    ]  # fmt: skip
    return Sample([f"{n:036d}" for n in range(count)], came, columns)


def test_what_tells_them_apart_is_proposed_and_what_says_it_is_left_out() -> None:
    found = propose(sample(), 100, "en", is_wanted=False)
    assert (found["status"], found["n"], found["taught"] + found["tried"]) == ("ok", 800, 800)
    texts = {m["name"]: m.get("when") or m.get("value") for m in found["measures"]}
    assert texts["plan"] == "plan == 'year'"
    assert texts["tenure"].startswith("scale(tenure, ")
    assert "noise" not in texts
    assert found["left_out"] == ["Closed"]
    assert sum(m["points"] for m in found["measures"]) == 100
    assert found["auc_interval"][0] <= found["auc"] <= found["auc_interval"][1]


def test_what_is_wanted_counts_the_other_way() -> None:
    found = propose(sample(), 100, "zh", is_wanted=True)
    plan = next(m for m in found["measures"] if m["name"] == "plan")
    assert (plan["when"], plan["label"]) == ("plan == 'month'", "套餐")


def test_with_few_records_nothing_is_proposed() -> None:
    found = propose(sample(60), 100, "en", is_wanted=False)
    assert (found["status"], found["auc"], found["measures"]) == ("insufficient", None, [])


def test_points_are_fives_that_make_the_whole() -> None:
    assert round_points([2.0, 1.0, 1.0], 100) == [50, 25, 25]
    assert round_points([1.0, 1.0, 1.0], 100) == [30, 35, 35]
    assert sum(round_points([0.9, 0.5, 0.01], 10)) == 10
