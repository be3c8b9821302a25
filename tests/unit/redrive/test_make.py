from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.redrive.test_plan import LETTERS
from tidegate.dead_letters.filter import LetterFilter
from tidegate.errors import TidegateError
from tidegate.redrive import make
from tidegate.redrive.make import make_plan, plan_facts
from tidegate.redrive.plan import load, plan_ids
from tidegate.redrive.select import Chosen
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, schemas_dir=SCHEMAS)


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Chosen:
    """What the topics would give."""
    found = Chosen()
    found.letters.extend(LETTERS)
    found.causes["rule", "RULE_VIOLATED"] = 1
    found.refused["it is resolved"] = 4

    def choose(*_: Any) -> Chosen:
        return found

    monkeypatch.setattr(make, "choose", choose)
    return found


def test_a_plan_keeps_letters_and_recipe(settings: Settings, chosen: Chosen, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("fixes: [{do: [{set: {country: DE}}]}]")

    plan, _ = make_plan(settings, "orders", LetterFilter(codes=("BAD_VALUE",)), str(recipe), "ann")
    recipe.write_text("changed")

    kept = load(settings, plan.plan_id)
    assert kept == plan
    assert (kept.recipe, kept.recipe_name) == ("fixes: [{do: [{set: {country: DE}}]}]", "r.yaml")
    assert (kept.letters, kept.actor, kept.filters) == (LETTERS, "ann", "--code BAD_VALUE")
    assert plan_facts(plan, chosen)["not_taken"] == {"it is resolved": 4}


def test_a_recipe_that_does_not_fit_makes_no_plan(settings: Settings, chosen: Chosen, tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("fixes: [{do: [{set: {contry: DE}}]}]")

    with pytest.raises(TidegateError, match="there is no field 'contry'"):
        make_plan(settings, "orders", LetterFilter(), str(recipe), None)
    assert chosen.letters
    assert plan_ids(settings) == []


def test_without_letters_nothing_is_kept(settings: Settings, chosen: Chosen) -> None:
    chosen.letters.clear()

    plan, _ = make_plan(settings, "orders", LetterFilter(), None, None)

    assert plan.letters == ()
    assert plan_ids(settings) == []
