"""What in a recipe can't be meant for its dataset: a field or a rule that there is none of."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

from tidegate.avro.json_values import sent_name
from tidegate.avro.types import AvroType, Field, read_record
from tidegate.contracts.dataset import DatasetFolder
from tidegate.contracts.load import load_draft
from tidegate.contracts.model import EVENT_TIME_RULE
from tidegate.contracts.problem import Problem
from tidegate.contracts.text_files import read_text
from tidegate.errors import TidegateError
from tidegate.redrive.recipe import Fix, Recipe, Step, parse_recipe
from tidegate.redrive.recipe_files import FOLDER, recipe_files
from tidegate.redrive.script import Script

NameOf = Callable[[Field], str]


def kept_problems(schemas_dir: Path, names: list[str]) -> list[Problem]:
    """The problems of all recipes that these datasets keep; their contracts can be read."""
    found = []
    for name in names:
        dataset = load_draft(schemas_dir, name)
        for file in recipe_files(dataset.folder):
            shown = f"{name}/{FOLDER}/{file.name}"
            found += [Problem(shown, *told) for told in _file_problems(dataset, file)]
    return found


def require_fitting(dataset: DatasetFolder, recipe: Recipe | Script, name: str) -> None:
    """Makes sure that a recipe can be meant for a dataset.

    Raises:
        TidegateError: it can't; names the first place.
    """
    for place, problem, remedy in recipe_problems(dataset, recipe):
        raise TidegateError(f"the recipe {name} does not fit {dataset.name}: {place}: {problem}.", remedy=remedy)


def _file_problems(dataset: DatasetFolder, file: Path) -> Iterator[tuple[str, str, str]]:
    try:
        recipe = parse_recipe(read_text(file), file.name)
    except TidegateError as error:
        yield "file", error.problem.rstrip("."), error.remedy
        return
    yield from recipe_problems(dataset, recipe)


def recipe_problems(dataset: DatasetFolder, recipe: Recipe | Script) -> Iterator[tuple[str, str, str]]:
    """Place, problem and remedy of each; of a script nothing is known before it runs."""
    if isinstance(recipe, Script):
        return
    for number, fix in enumerate(recipe.fixes):
        for place, problem, remedy in _Checker(dataset, fix).problems():
            yield f"fixes.{number}.{place}", problem, remedy


class _Checker:
    """Checks one fix against the dataset's schemas."""

    def __init__(self, dataset: DatasetFolder, fix: Fix) -> None:
        self._contract = dataset.contract
        self._fix = fix
        versions = [read_record(dataset.versions[number]) for number in sorted(dataset.versions)]
        self._newest, self._any = versions[-1:], versions
        self._other_schema = any(isinstance(step.encode, int) for step in fix.do)

    def problems(self) -> Iterator[tuple[str, str, str]]:
        yield from self._unknown_rules()
        renamed = {name for step in self._fix.do for name in step.rename or {}}
        for number, step in enumerate(self._fix.do):
            if self._has_no_schemas and not step.model_fields_set.isdisjoint({"schema_id", "frame", "encode"}):
                what = "a topic of JSON has" if self._contract.file is None else "files have"
                yield f"do.{number}", f"{what} no schemas that records are written by", "Leave it out."
            for verb, path in _targets(step):
                types = self._any if verb == "cast" else self._newest
                if path not in renamed and not self._other_schema and not self._is_known(path, types):
                    yield f"do.{number}.{verb}", f"there is no field {path!r}", self._meant(path)

    def _unknown_rules(self) -> Iterator[tuple[str, str, str]]:
        rules = [EVENT_TIME_RULE, *(rule.name for rule in self._contract.rules)]
        for rule in self._fix.when.rule:
            if rule not in rules:
                close = get_close_matches(rule, rules, n=1)
                yield "when.rule", f"there is no rule {rule!r}", f"Did you mean {close[0]}?" if close else "Name one."

    def _is_known(self, path: str, types: list[AvroType]) -> bool:
        return any(_leads_somewhere(avro, path, self._name_of) for avro in types)

    @property
    def _has_no_schemas(self) -> bool:
        return self._contract.is_json or self._contract.file is not None

    def _name_of(self, field: Field) -> str:
        return sent_name(field) if self._has_no_schemas else field.name

    def _meant(self, path: str) -> str:
        names = [self._name_of(field) for avro in self._newest for field in avro.fields]
        close = get_close_matches(path, names, n=1)
        return f"Did you mean {close[0]}?" if close else f"There are {', '.join(names)}."


def _targets(step: Step) -> Iterator[tuple[str, str]]:
    """The fields that must be there once the step is done."""
    yield from (("set", path) for path in step.set or {})
    yield from (("default", path) for path in step.default or {})
    yield from (("cast", path) for path in step.cast or {})
    for path, new in (step.rename or {}).items():
        before, dot, _ = path.rpartition(".")
        yield "rename", f"{before}{dot}{new.rpartition('.')[2]}" if dot else new


def _leads_somewhere(avro: AvroType, path: str, name_of: NameOf) -> bool:
    match avro.kind:
        case "array":
            return _leads_somewhere(avro.element, path, name_of)
        case "map":
            return True
        case "record":
            fields = {name_of(field): field for field in avro.fields}
            first, dot, rest = path.partition(".")
            return path in fields or bool(
                dot and first in fields and _leads_somewhere(fields[first].type, rest, name_of)
            )
        case _:
            return False
