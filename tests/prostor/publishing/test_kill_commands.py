"""`kill -9` of the short commands: publishing, rolling back and withdrawing happen wholly or not at all."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.prostor.publishing.town import import_here

if TYPE_CHECKING:
    from tests.prostor.publishing.looking import Onlooker
    from tests.prostor.publishing.town import Town
    from tests.prostor.publishing.warm import Warm

pytestmark = pytest.mark.database

_TIMES = 12
_LAST_EVENT = (
    "SELECT version_id, l.current_version_id FROM catalogue.audit AS a "
    "JOIN catalogue.layer AS l ON l.id = a.layer_id WHERE l.id = {} AND a.facts ? 'previous' "
    "ORDER BY a.id DESC LIMIT 1"
)


def test_publishing_and_rolling_back_are_killed(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """The pointer stands at one of the two versions, and the audit trail says the same."""
    for edition in (2, 3):
        town.write_source("fields", edition, 200 + edition)
        import_here(town, "fields")
    dice = random.Random(3)  # noqa: S311  nothing secret here
    began = time.monotonic()
    assert program.run("layer", "publish", "fields", "3").status == 0
    journey = time.monotonic() - began

    for turn in range(_TIMES):
        before = onlooker.published("fields")[0]
        target = 2 if before == 3 else 3
        with program.begin("layer", ("publish", "rollback")[turn % 2], "fields", str(target)) as running:
            running.wait(dice.uniform(0, journey))
            running.kill("command")
            assert running.wait()

        number, rows = onlooker.published("fields")
        assert number in (before, target)
        assert rows == 200 + number
        assert onlooker.items("fields").editions <= {before, target}
        told, pointed = onlooker.row(_LAST_EVENT, "fields")
        assert told == pointed


@pytest.mark.slow
def test_withdrawing_is_killed(town: Town, program: Warm, onlooker: Onlooker) -> None:
    """The layer is served as before or answers 410; withdrawn once more, nothing of it is left."""
    dice = random.Random(5)  # noqa: S311  nothing secret here
    for turn in range(_TIMES // 3):
        town.write_source("meadows", 10 + turn, 210)
        import_here(town, "meadows")
        with program.begin("layer", "withdraw", "meadows", "--confirm") as running:
            running.wait(dice.uniform(0, 0.4))
            running.kill("command")
            assert running.wait()

        (withdrawn, table) = onlooker.row(
            "SELECT l.withdrawn_at IS NOT NULL, v.table_name FROM catalogue.layer AS l "
            "LEFT JOIN catalogue.layer_version AS v ON v.id = l.current_version_id WHERE l.id = {}",
            "meadows",
        )
        if not withdrawn:
            assert table in onlooker.tables()
            assert onlooker.published("meadows")[1] == 210
        assert program.run("layer", "withdraw", "meadows", "--confirm").status == 0
        onlooker.sweep()
        assert onlooker.half_visible(swept=True) == []
        assert table not in onlooker.tables()
