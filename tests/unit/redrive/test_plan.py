import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidegate.dead_letters.ledger import Place
from tidegate.errors import TidegateError
from tidegate.redrive.plan import PlannedLetter, RedrivePlan, load, new_plan_id, plan_ids, store
from tidegate.settings import Settings

LETTERS = (
    PlannedLetter("aa", Place("dlq.orders", 0, 7), Place("raw.orders", 1, 42), "rule", 1),
    PlannedLetter("bb", Place("dlq.orders", 1, 9), Place("raw.orders", 0, 5), "decode", 2),
)
PLAN = RedrivePlan(
    "orders-1", "orders", 1_790_000_000_000, "ann@host", "code=BAD_VALUE", "fixes: []", "p.yaml", LETTERS
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_a_stored_plan_is_loaded_as_it_was(settings: Settings) -> None:
    file = store(settings, PLAN)

    assert load(settings, "orders-1") == PLAN
    assert json.loads(file.read_text())["hash"] == PLAN.hash
    assert plan_ids(settings) == ["orders-1"]
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("changed", ["letters", "recipe", "dataset", "attempt"])
def test_a_changed_file_is_refused(settings: Settings, changed: str) -> None:
    file = store(settings, PLAN)
    stored = json.loads(file.read_text())
    if changed == "letters":
        stored["letters"].pop()
    elif changed == "attempt":
        stored["letters"][0][4] = 3
    else:
        stored[changed] = "clicks"
    file.write_text(json.dumps(stored))

    with pytest.raises(TidegateError, match="was changed after the plan was made"):
        load(settings, "orders-1")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"hash": 1, "letters": [1]}', '{"hash": "", "letters": [], "x": 1}'])
def test_what_is_no_plan_is_refused(settings: Settings, text: str) -> None:
    store(settings, PLAN).write_text(text)

    with pytest.raises(TidegateError, match="is no plan"):
        load(settings, "orders-1")


def test_a_plan_under_another_ones_name_is_refused(settings: Settings) -> None:
    file = store(settings, PLAN)
    file.rename(file.with_name("orders-2.json"))

    with pytest.raises(TidegateError, match="was changed"):
        load(settings, "orders-2")


@pytest.mark.parametrize("plan_id", ["orders-9", "../orders-1", ""])
def test_an_unknown_plan_is_told(settings: Settings, plan_id: str) -> None:
    with pytest.raises(TidegateError, match=r"there is no plan .*tidegate redrive list"):
        load(settings, plan_id)


def test_a_plan_is_never_written_over(settings: Settings) -> None:
    store(settings, PLAN)

    with pytest.raises(TidegateError, match="already"):
        store(settings, replace(PLAN, filters="other"))
    assert load(settings, "orders-1") == PLAN


def test_the_hash_tells_every_field() -> None:
    others = [
        replace(PLAN, actor="bob@host"),
        replace(PLAN, recipe=None),
        replace(PLAN, letters=LETTERS[:1]),
        replace(PLAN, letters=LETTERS[::-1]),
    ]

    assert len({plan.hash for plan in [PLAN, *others]}) == 5


def test_an_id_names_dataset_and_second() -> None:
    now = datetime(2026, 11, 29, 8, 1, 2, tzinfo=UTC)

    assert new_plan_id("orders", now, b"a").startswith("orders-20261129T080102-")
    assert new_plan_id("orders", now, b"a") != new_plan_id("orders", now, b"b")
