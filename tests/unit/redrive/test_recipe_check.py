import re
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, copy_of_clicks
from tests.project import PROJECT
from tests.unit.redrive.records import CLICKS, METERS
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.redrive.recipe import parse_recipe
from tidegate.redrive.recipe_check import kept_problems, recipe_problems, require_fitting


def problems(stream: Stream, text: str) -> list[str]:
    return [" ".join(each) for each in recipe_problems(stream, parse_recipe(text, "r.yaml"))]


@pytest.mark.parametrize(
    "do",
    [
        "[{set: {country: DE}}, {default: {currency: EUR}}, {cast: {unit_price: decimal}}, {drop: [whatever]}]",
        "[{rename: {prise: unit_price}}, {cast: {unit_price: decimal}}]",
        "[{cast: {prise: decimal}}, {rename: {prise: unit_price}}]",
        "[{set: {of_another: 1}}, {encode: 12}]",
    ],
)
def test_what_fits_has_no_problem(do: str) -> None:
    assert problems(CLICKS, f"fixes: [{{do: {do}}}]") == []


@pytest.mark.parametrize(
    ("fix", "told"),
    [
        ("{do: [{set: {contry: DE}}]}", "fixes.0.do.0.set there is no field 'contry' Did you mean country?"),
        ("{do: [{rename: {prise: price}}]}", "fixes.0.do.0.rename there is no field 'price'"),
        ("{do: [{drop: x}, {cast: {price: int}}]}", "fixes.0.do.1.cast there is no field 'price'"),
        ("{do: [{default: {country.code: DE}}]}", "fixes.0.do.0.default there is no field 'country.code'"),
        ("{when: {rule: known_tipe}, do: [{drop: x}]}", "fixes.0.when.rule there is no rule 'known_tipe'"),
    ],
)
def test_a_name_that_there_is_not_is_told(fix: str, told: str) -> None:
    [found] = problems(CLICKS, f"fixes: [{fix}]")

    assert found.startswith(told)


def test_fields_of_json_go_by_the_names_they_are_sent_under() -> None:
    assert problems(METERS, "fixes: [{do: [{set: {reading.id: x, site.area: y, tags.any: z}}]}]") == []
    assert "'reading_id'" in problems(METERS, "fixes: [{do: [{set: {reading_id: x}}]}]")[0]
    assert "JSON has no schemas" in problems(METERS, "fixes: [{do: [{encode: newest}]}]")[0]


def test_rows_of_files_have_no_schemas() -> None:
    files = visits_in_files()
    column = next(iter(files.raw_fields))

    assert problems(files, f"fixes: [{{do: [{{set: {{{column}: x}}}}]}}]") == []
    assert "files have no schemas" in problems(files, "fixes: [{do: [{encode: newest}]}]")[0]


def test_the_recipes_of_a_dataset_are_checked_with_its_contract(tmp_path: Path) -> None:
    folder = copy_of_clicks(tmp_path, "clicks") / "recipes"
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text("fixes: [{do: [{set: {contry: DE}}]}]")
    (folder / "b.yaml").write_text("fixes: 1")
    (folder / "c.py").write_text("x = ")
    (folder / "d.py").write_text("def fix(record): return record")

    found = [problem.file for problem in kept_problems(tmp_path, ["clicks", "products"])]

    assert found == ["clicks/recipes/a.yaml", "clicks/recipes/b.yaml", "clicks/recipes/c.py"]


def test_the_recipe_of_the_page_fits_orders() -> None:
    page = (PROJECT / "docs/dead-letters.md").read_text()
    [text] = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "fixes:" in block]

    assert problems(load_stream(SCHEMAS, "orders"), text) == []


def test_a_recipe_for_another_dataset_is_refused() -> None:
    recipe = parse_recipe("fixes: [{do: [{set: {contry: DE}}]}]", "r.yaml")

    with pytest.raises(TidegateError, match=r"the recipe r\.yaml does not fit clicks: fixes\.0\.do\.0\.set"):
        require_fitting(CLICKS, recipe, "r.yaml")
