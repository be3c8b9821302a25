"""The text of a contract's files, whatever editor wrote them: UTF-8, with or without a byte order mark."""

import json
from pathlib import Path
from typing import Any

import yaml

from tidegate.errors import ContractError


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        ContractError: it is not there, can't be read, or is not UTF-8; names the line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ContractError(f"{path} is missing.", remedy="Add it.") from error
    except OSError as error:
        raise ContractError(f"{path} cannot be read ({error.strerror}).", remedy="Check the path.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ContractError(
            f"{path} line {line} is not UTF-8 (byte 0x{error.object[error.start]:02x}).",
            remedy=f"Convert it, e.g. by `iconv -f LATIN1 -t UTF-8 {path.name}`.",
        ) from error


def read_object(text: str, path: Path) -> Any:
    """The JSON in the text of an ``.avsc`` file; ``path`` is for the errors.

    Raises:
        ContractError: it is no JSON, or gives a key twice, of which one would be lost.
    """
    remedy = "An .avsc file is one JSON object."
    try:
        return json.loads(text, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        raise ContractError(f"{path} line {error.lineno}: {error.msg}.", remedy=remedy) from error
    except ValueError as error:
        raise ContractError(f"{path}: {error}.", remedy=remedy) from error
    except RecursionError as error:
        raise ContractError(f"{path} is nested too deeply.", remedy=remedy) from error


def read_yaml(text: str, path: Path) -> object:
    """The values in the text of a ``contract.yaml``; ``path`` is for the errors.

    Raises:
        ContractError: it is no YAML, or gives a key twice, of which one would be lost.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ContractError(f"{path} is not YAML: {reason}.", remedy="Fix the file.") from error
    except RecursionError as error:
        raise ContractError(f"{path} is nested too deeply.", remedy="Fix the file.") from error


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} is there twice", problem_mark=key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"the key {doubled!r} is there twice in one object")
    return dict(pairs)
