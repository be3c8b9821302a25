"""Random contracts, and writers of the whole Avro specification.

All choices are made by a ``random.Random``, so that hypothesis can shrink what it finds.
"""

from collections.abc import Callable
from random import Random
from typing import Any

MAX_DEPTH = 3
_CONTRACT_SCALARS: list[Any] = [
    "string",
    "int",
    "long",
    "float",
    "double",
    "boolean",
    "bytes",
    {"type": "string", "logicalType": "uuid"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "int", "logicalType": "date"},
]
_FOREIGN_SCALARS: list[Any] = [
    *_CONTRACT_SCALARS,
    "null",
    {"type": "long", "logicalType": "timestamp-nanos"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "bytes", "logicalType": "big-decimal"},
    {"type": "bytes", "logicalType": "decimal"},
    {"type": "string", "logicalType": "their-own"},
    {"type": "long", "logicalType": 7},
]
_DEFAULTS: dict[str, Any] = {
    "string": "x",
    "int": 1,
    "long": 2,
    "float": 0.5,
    "double": 1.5,
    "boolean": True,
    "bytes": "\u00ff",
    "array": [],
    "map": {},
}


def _decimal_of(precision: int, scale: int) -> dict[str, Any]:
    return {"logicalType": "decimal", "precision": precision, "scale": scale}


class Schemas:
    """Makes schemas; named types are counted, so that few clash."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._names: list[str] = []
        self._inner = 0

    def contract(self) -> dict[str, Any]:
        """A record that a contract may have."""
        self._names = []
        return self._contract_record("Thing", 0) | ({"aliases": ["old.Object"]} if self._rng.random() < 0.3 else {})

    def writer(self, contract: dict[str, Any]) -> Any:
        """The contract's record as somebody else would write it."""
        self._names = []
        if self._rng.random() < 0.05:
            foreign = self._foreign(0)
            return foreign if isinstance(foreign, dict) else {"type": foreign}
        name = self._rng.choice(["Thing"] * 9 + ["some.space.Thing"] * 3 + ["Object", "Other"])
        return {**self._written(contract, 0), "name": name}

    def _contract_record(self, name: str, depth: int) -> dict[str, Any]:
        fields = [self._contract_field(f"{name.lower()}_{at}", depth) for at in range(self._rng.randint(1, 4))]
        return {"type": "record", "name": name, "fields": fields}

    def _contract_field(self, name: str, depth: int) -> dict[str, Any]:
        avro, default = self._contract_type(depth), {}
        kind = avro["type"] if isinstance(avro, dict) else avro
        if self._rng.random() < 0.4:
            null_first = self._rng.random() < 0.7
            avro = ["null", avro] if null_first else [avro, "null"]
            default = {"default": None} if null_first and self._rng.random() < 0.7 else {}
        elif kind in _DEFAULTS and self._rng.random() < 0.4:
            default = {"default": _DEFAULTS[kind]}
        aliases = {"aliases": [f"{name}_old", "shared"]} if self._rng.random() < 0.3 else {}
        return {"name": name, "type": avro, **default, **aliases}

    def _contract_type(self, depth: int) -> Any:
        choice = self._rng.random()
        if depth >= MAX_DEPTH or choice < 0.5:
            return self._rng.choice(_CONTRACT_SCALARS)
        if choice < 0.6:
            return self._stored()
        if choice < 0.7:
            precision = self._rng.choice([1, 4, 9, 18, 19, 38])
            return self._decimal(precision, min(precision, 2))
        if choice < 0.8:
            return {"type": "array", "items": self._contract_type(depth + 1)}
        if choice < 0.9:
            return {"type": "map", "values": self._contract_type(depth + 1)}
        if self._names and self._rng.random() < 0.3:
            return self._rng.choice(self._names)
        self._inner += 1
        name = f"Inner{self._inner}"
        read = self._contract_record(name, depth + 1)
        self._names.append(name)
        return read

    def _stored(self) -> dict[str, Any]:
        """An enum or a fixed, which a contract has from another team's schema."""
        self._inner += 1
        name = f"Stored{self._inner}"
        if self._rng.random() < 0.4:
            return {"type": "enum", "name": name, "symbols": ["S0", "S1", "other"][: self._rng.randint(1, 3)]}
        size, meaning = self._rng.choice(
            [(1, {}), (16, {}), (16, {"logicalType": "uuid"}), (5, _decimal_of(9, 2)), (16, _decimal_of(30, 2))]
        )
        return {"type": "fixed", "name": name, "size": size, **meaning}

    def _decimal(self, precision: int, scale: int) -> dict[str, Any]:
        return {"type": "bytes", **_decimal_of(precision, scale)}

    def _written(self, record: dict[str, Any], depth: int) -> dict[str, Any]:
        fields: list[dict[str, Any]] = []
        for field in record["fields"]:
            if self._rng.random() < 0.15:
                fields.append({"name": f"extra_{len(fields)}", "type": self._foreign(depth + 1)})
            if self._rng.random() < 0.96:
                name = self._rng.choice([field["name"], field["name"], *field.get("aliases", ())])
                fields.append({"name": name, "type": self._changed(field["type"], depth)})
        if self._rng.random() < 0.3:
            fields.append({"name": f"extra_{len(fields)}", "type": self._foreign(depth + 1)})
        if self._rng.random() < 0.2:
            self._rng.shuffle(fields)
        return {"type": "record", "name": record["name"], "fields": fields}

    def _changed(self, avro: Any, depth: int) -> Any:
        choice = self._rng.random()
        if choice < 0.01:
            return self._foreign(depth + 1)
        if choice < 0.06:
            return [self._changed(avro, depth)] if not isinstance(avro, list) else avro[::-1]
        if choice < 0.08 and isinstance(avro, list):
            return next(each for each in avro if each != "null")
        if choice < 0.12 and not isinstance(avro, list):
            return ["null", avro]
        if choice < 0.18 and isinstance(avro, dict) and "precision" in avro:
            return {**avro, self._rng.choice(["precision", "scale"]): self._rng.choice([1, 2, 12, "2", None, 2.0])}
        if choice < 0.24:
            return self._promoted(avro)
        return self._inside(avro, depth)

    def _promoted(self, avro: Any) -> Any:
        narrower = {"long": "int", "float": "int", "double": "float", "string": "bytes", "bytes": "string"}
        kind = avro["type"] if isinstance(avro, dict) else avro
        if kind in ("string", "bytes", "enum", "fixed") and self._rng.random() < 0.5:
            return self._rng.choice([self._stored(), "string", "bytes", self._decimal(9, 2)])
        return narrower.get(kind, avro) if isinstance(kind, str) else avro

    def _inside(self, avro: Any, depth: int) -> Any:
        if isinstance(avro, list):
            return [self._inside(branch, depth) for branch in avro]
        if not isinstance(avro, dict):
            return avro
        match avro["type"]:
            case "array":
                return {"type": "array", "items": self._changed(avro["items"], depth + 1)}
            case "map":
                return {"type": "map", "values": self._changed(avro["values"], depth + 1)}
            case "record":
                return self._written(avro, depth + 1)
        return avro

    def _foreign(self, depth: int) -> Any:
        choice = self._rng.random()
        if depth >= MAX_DEPTH or choice < 0.3:
            return self._rng.choice(_FOREIGN_SCALARS)
        makers: list[Callable[[int], Any]] = [
            self._enum,
            self._fixed,
            self._union,
            self._union,
            lambda inner: {"type": "array", "items": self._foreign(inner)},
            lambda inner: {"type": "map", "values": self._foreign(inner)},
            self._record,
            self._record,
            self._by_name,
            self._broken,
        ]
        return self._rng.choice(makers)(depth + 1)

    def _new_name(self) -> str:
        name = self._rng.choice([f"N{len(self._names)}", f"a.b.N{len(self._names)}", f"N{len(self._names)}-{{}}"])
        self._names.append(name)
        return name

    def _enum(self, _: int) -> Any:
        symbols = [f"S{at}" for at in range(self._rng.randint(0, 4))]
        return {"type": "enum", "name": self._new_name(), "symbols": symbols}

    def _fixed(self, _: int) -> Any:
        size, logical = self._rng.choice(
            [(0, None), (1, None), (12, "duration"), (16, "decimal"), (16, "uuid"), (5, "x")]
        )
        named = {"type": "fixed", "name": self._new_name(), "size": size}
        return named | ({"logicalType": logical, "precision": 9, "scale": 2} if logical else {})

    def _union(self, depth: int) -> Any:
        branches: dict[str, Any] = {}
        for _ in range(self._rng.randint(0, 4)):
            branch = self._foreign(depth)
            if not isinstance(branch, list):
                branches[str(branch.get("name", branch["type"]) if isinstance(branch, dict) else branch)] = branch
        return [*branches.values()]

    def _record(self, depth: int) -> Any:
        name = self._new_name()
        fields = [{"name": f"f{at}", "type": self._foreign(depth)} for at in range(self._rng.randint(0, 3))]
        if self._rng.random() < 0.4:
            itself = self._rng.choice(
                [["null", name], {"type": "array", "items": name}, {"type": "map", "values": [name]}]
            )
            fields.append({"name": "again", "type": itself})
        kind = self._rng.choice(["record", "record", "error"])
        space = {"namespace": self._rng.choice(["x", "", "x.y"])} if self._rng.random() < 0.2 else {}
        return {"type": kind, "name": name, "fields": fields, **space}

    def _by_name(self, _: int) -> Any:
        name = self._rng.choice(self._names) if self._names else "int"
        return self._rng.choice([name, {"type": name}, name.rpartition(".")[2], f"x.{name}"])

    def _broken(self, depth: int) -> Any:
        if self._rng.random() < 0.7:
            return self._foreign(depth)
        return self._rng.choice(
            [
                "Elsewhere",
                {"type": "enum", "name": "E", "symbols": ["A", "A"]},
                {"type": "fixed", "name": "F", "size": -1},
                {"type": "fixed", "name": "F", "size": "4"},
                ["int", "int"],
                [["int"]],
                {"type": ["null", "int"]},
                {"type": {"type": "int"}},
                {"type": "array"},
                {"type": "record", "name": "R"},
                {"type": "object"},
                None,
                7,
            ]
        )
