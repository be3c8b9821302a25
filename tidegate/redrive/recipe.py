"""A recipe as a checked value: which letters it fixes, and how. Its text is YAML, or Python with ``fix(record)``."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tidegate.contracts.text_files import read_yaml
from tidegate.dead_letters.codes import CODES, STAGES_BEFORE_SILVER, Code, Stage
from tidegate.errors import TidegateError
from tidegate.redrive.casts import CASTS
from tidegate.redrive.script import Script, read_script

SCRIPT_SUFFIX = ".py"
SUFFIXES = (".yaml", ".yml", SCRIPT_SUFFIX)
_REMEDY = "docs/dead-letters.md shows a recipe."


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _known_cast(name: str) -> str:
    if name not in CASTS:
        raise ValueError(f"there is no cast {name!r}; there are {', '.join(CASTS)}")
    return name


def _zoned(values: dict[str, Any]) -> dict[str, Any]:
    """YAML reads what looks like a time as one."""
    for path, value in values.items():
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError(f"{path}: a time without a zone: add Z or +01:00")
    return {path: value.isoformat() if isinstance(value, date) else value for path, value in values.items()}


Given = Annotated[dict[str, Any], AfterValidator(_zoned)]
Values = Annotated[list[Any], BeforeValidator(_listed)]
Names = Annotated[list[str], BeforeValidator(_listed), Field(min_length=1)]
SchemaId = Literal["newest"] | Annotated[int, Field(ge=1, le=2**31 - 1)]
Cast = Annotated[str, AfterValidator(_known_cast)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Part):
    """Which letters are meant: each key that is given must hold, by any of its values."""

    stage: Annotated[list[Stage], BeforeValidator(_listed)] = []
    code: Annotated[list[Code], BeforeValidator(_listed)] = []
    rule: Annotated[list[str], BeforeValidator(_listed)] = []
    field: Annotated[list[str], BeforeValidator(_listed)] = Field(
        default=[], description="a violation, or the message, names it"
    )
    schema_id: Annotated[list[int], BeforeValidator(_listed)] = Field(default=[], description="the record names it")
    value: dict[str, Values] = Field(default={}, description="the record has such a value, by field")

    @model_validator(mode="after")
    def _can_hold(self) -> "When":
        for code in self.code:
            stages = [stage for stage in STAGES_BEFORE_SILVER if code in CODES[stage]]
            if not stages:
                raise ValueError(f"{code} is a code of rows behind silver, which no recipe changes")
            if self.stage and not set(stages) & set(self.stage):
                raise ValueError(f"no letter of stage {', '.join(self.stage)} has the code {code}")
        return self

    def holds(self, letter: Mapping[str, Any]) -> bool:
        """Whether a decoded letter is meant, its values apart."""
        broken = letter["violations"]
        return (
            _among(letter["stage"], self.stage)
            and _among(letter["error_code"], self.code)
            and _among(letter["contract"]["schema_id"], self.schema_id)
            and (not self.rule or any(each["rule"] in self.rule for each in broken))
            and (not self.field or any(_names(letter, field) for field in self.field))
        )


class Step(_Part):
    """One change: exactly one of its keys is given."""

    schema_id: SchemaId | None = Field(default=None, description="bytes: the record names this schema instead")
    frame: SchemaId | None = Field(default=None, description="bytes: the record gets the five bytes it lacks")
    cut: Literal["trailing_bytes"] | None = Field(default=None, description="bytes: what is behind the last field goes")
    set: Given | None = None
    default: Given | None = None
    rename: dict[str, str] | None = None
    cast: dict[str, Cast] | None = None
    drop: Names | None = None
    encode: SchemaId | None = Field(default=None, description="Avro: written by this schema; else by the newest")

    @model_validator(mode="after")
    def _is_one(self) -> "Step":
        if len(self.model_fields_set) != 1 or None in (getattr(self, name) for name in self.model_fields_set):
            raise ValueError(f"each step of do is one of {', '.join(type(self).model_fields)}, and has a value")
        return self

    @property
    def is_of_bytes(self) -> bool:
        """Whether it needs no record that can be decoded."""
        return not self.model_fields_set.isdisjoint({"schema_id", "frame", "cut"})


class Fix(_Part):
    """Letters that are meant, and the steps that mend them, in their order."""

    when: When = When()
    do: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _bytes_come_first(self) -> "Fix":
        of_bytes = [step.is_of_bytes for step in self.do]
        if sorted(of_bytes, reverse=True) != of_bytes:
            raise ValueError("schema_id, frame and cut change bytes: they come before the steps that change fields")
        return self

    @cached_property
    def byte_steps(self) -> list[Step]:
        """The steps that change bytes."""
        return [step for step in self.do if step.is_of_bytes]

    @cached_property
    def field_steps(self) -> list[Step]:
        """The steps that change fields, or by which schema they are written."""
        return [step for step in self.do if not step.is_of_bytes]


class Recipe(_Part):
    """What a YAML recipe says: every fix whose ``when`` holds is made, one after the other."""

    description: str = ""
    fixes: list[Fix] = Field(min_length=1)


def parse_recipe(text: str, name: str) -> Recipe | Script:
    """The recipe in a file's text; ``name`` says by its end which kind it is.

    Raises:
        TidegateError: it is none; names the place in one line.
    """
    if name.endswith(SCRIPT_SUFFIX):
        return read_script(text, name)
    try:
        return Recipe.model_validate(read_yaml(text, Path(name)))
    except ValidationError as error:
        places = "; ".join(_told(item["loc"], item["msg"]) for item in error.errors())
        raise TidegateError(f"the recipe {name} does not fit: {places}.", remedy=_REMEDY) from error


def _told(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(map(str, place)) or "recipe"
    return f"{where}: {message.removeprefix('Value error, ')}"


def _among(value: object, wanted: list[Any]) -> bool:
    return not wanted or value in wanted


def _names(letter: Mapping[str, Any], field: str) -> bool:
    """Decoding tells of no violations; its message has ``field <name>:``."""
    if any(each["field"] == field for each in letter["violations"]):
        return True
    return re.search(rf"(?<![\w.]){re.escape(field)}(?![\w.]*\w)", letter["error_message"]) is not None
