import pytest

from tidegate.errors import TidegateError
from tidegate.redrive.recipe import Recipe, parse_recipe
from tidegate.redrive.script import Script


def test_a_recipe_is_read() -> None:
    recipe = parse_recipe("description: x\nfixes:\n- when: {code: BAD_VALUE}\n  do: [{drop: a}]\n", "r.yaml")

    assert isinstance(recipe, Recipe)
    assert recipe.fixes[0].when.code == ["BAD_VALUE"]
    assert recipe.fixes[0].do[0].drop == ["a"]


def test_a_file_of_python_is_a_script() -> None:
    assert isinstance(parse_recipe("def fix(record): return record", "r.py"), Script)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fixes: []", "fixes: List should have at least 1 item"),
        ("fix: 1", "fix: Extra inputs are not permitted"),
        ("- a", "recipe: "),
        ("fixes: [{do: []}]", "fixes.0.do: List should have at least 1 item"),
        ("fixes: [{do: [{cast: {a: real}}]}]", "fixes.0.do.0.cast.a: there is no cast 'real'; there are string, int"),
        ("fixes: [{do: [{set: {a: 1}, drop: b}]}]", "fixes.0.do.0: each step of do is one of"),
        ("fixes: [{do: [{drop: null}]}]", "fixes.0.do.0: each step of do is one of"),
        ("fixes: [{do: [{drop: a}, {frame: 1}]}]", "they come before the steps that change fields"),
        ("fixes: [{when: {code: NOT_A_CODE}, do: [{drop: a}]}]", "fixes.0.when.code.0: "),
        ("fixes: [{when: {code: NOT_JSON, stage: rule}, do: [{drop: a}]}]", "no letter of stage rule has the code"),
        ("fixes: [{when: {code: DOCUMENT_REJECTED}, do: [{drop: a}]}]", "a code of rows behind silver"),
        ("fixes: [{do: [{set: {at: 2026-01-01 10:00:00}}]}]", "at: a time without a zone"),
    ],
)
def test_what_does_not_fit_is_told_by_its_place_in_one_line(text: str, told: str) -> None:
    with pytest.raises(TidegateError) as error:
        parse_recipe(text, "r.yaml")

    assert told in str(error.value)
    assert "the recipe r.yaml does not fit" in str(error.value)
    assert "\n" not in str(error.value)
