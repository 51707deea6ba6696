"""docs/operations/metrics.md explains every metric of the service, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from prostor.metrics import FAMILIES

PAGE = (Path(__file__).parents[2] / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(prostor_\w+)` \| (\w+) \|([^|]*)\| [^|]{10,} \|$", PAGE, re.MULTILINE)


def test_every_metric_has_its_line() -> None:
    """Name, type and labels are those of the program, each once."""
    told = [(name, kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in ROWS]
    known = [
        (each.name, each.kind, tuple(name for name, _ in each.labels) or (("le",) if each.bounds else ()))
        for each in FAMILIES
    ]

    assert sorted(told) == sorted(known)


def test_every_known_value_of_a_label_is_explained() -> None:
    """An alert is written from the page, so it names the values too."""
    values = {value for each in FAMILIES for _, known in each.labels for value in known}
    told = set(re.findall(r"`(\w+)`", PAGE)) | set(re.findall(r"\b\d{3}\b", PAGE))

    assert values - told == set()


def test_examples_ask_for_what_there_is() -> None:
    """Every name in a query or an alert is a metric of the service, or a series of its histogram."""
    asked = set(
        re.findall(r"\bprostor_\w+", "".join(re.findall(r"```(?:promql|yaml)\n(.*?)```", PAGE, re.DOTALL)))
    )
    names = {each.name for each in FAMILIES} | {f"{each.name}_bucket" for each in FAMILIES if each.bounds}

    assert len(asked) > 5
    assert asked - names == set()
