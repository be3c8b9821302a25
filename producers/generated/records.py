"""A generator for any dataset: from a function that makes plain records, some 40,000 of them per second and core.

A dataset whose traffic must be faster encodes by itself, as ``datasets/clicks/`` does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.generated.generator import Traffic
from producers.generated.json_poison import json_kinds_for
from producers.generated.mixing import BAD, DUPLICATE, Mixer
from producers.generated.poison import Poison, Record, kinds_for
from producers.sending.batch import Batch, Kind, Special
from producers.sending.encoding import encoder_of
from producers.sending.raw_paths import raw_key
from tidegate.avro.codec import writing
from tidegate.avro.paths import value_at
from tidegate.contracts.envelope import identity_text
from tidegate.errors import ContractError


class Made(NamedTuple):
    """A record, and what is to become of it if that is not plain silver: kind and rule, such as dropped by a rule."""

    record: Record
    kind: Kind | None = None
    name: str = ""


_REMEDY = (
    "Keep the types of the fields that it makes and give new ones a default, change "
    "producers/datasets/{dataset}/generator.py, or send a file with --from."
)
Make = Callable[[NDArray[np.int64]], Sequence[Made]]
"""Makes one record per time (milliseconds since 1970)."""


class Records:
    """Encodes what ``make`` makes, with damaged, resent and late records among it as the traffic's mix says.

    ``breaks``: for a reject rule the fields that break it.
    """

    def __init__(self, traffic: Traffic, rng: np.random.Generator, make: Make, breaks: Mapping[str, Record]) -> None:
        contract = traffic.dataset.contract
        self._schema = traffic.dataset.latest
        self._name = traffic.dataset.name
        self._remedy = _REMEDY.format(dataset=traffic.dataset.name)
        self._encoder = encoder_of(traffic.dataset, traffic.schema_id)
        kinds = json_kinds_for if contract.is_json else kinds_for
        poison = Poison(kinds(traffic.dataset, self._encoder, breaks))
        self._mixer = Mixer(traffic.mix, poison, self._identity_of, rng)
        self._make = make
        self._key = raw_key(traffic.dataset)
        self._identity = traffic.dataset.raw_identity
        self._needed = {name.partition(".")[0] for name in (*self._identity, self._key) if name is not None}

    def batch(self, times_ms: NDArray[np.int64]) -> Batch:
        """One record per time; specials as the mix says.

        Raises:
            ContractError: the dataset's newest schema has no place for what is made, or a field for which nothing is;
                or key or identity are fields that are not made.
        """
        roles = self._mixer.draw(len(times_ms))
        made = self._make(self._mixer.shift(times_ms, roles))
        self._check(made)
        with writing(self._schema, self._remedy):
            values: list[bytes | None] = [self._encoder.encode(each.record) for each in made]
        keys = [None if self._key is None else str(value_at(each.record, self._key)).encode() for each in made]
        batch = Batch(keys, values)
        plain = []
        for place, (role, each) in enumerate(zip(roles.tolist(), made, strict=True)):
            if role in (BAD, DUPLICATE):
                continue
            if each.kind is None:
                plain.append(place)
            else:
                batch.specials.append(Special(place, each.kind, each.name, identity=self._identity_in(each.record)))
        self._mixer.finish(batch, roles, np.array(plain, np.intp), int(times_ms[0]))
        return batch

    def _check(self, made: Sequence[Made]) -> None:
        if made and (lacking := sorted(self._needed - made[0].record.keys())):
            raise ContractError(
                f"{self._name}: no value is made for {', '.join(lacking)}, of the contract's key or identity.",
                remedy=self._remedy,
            )

    def _identity_of(self, value: bytes | None) -> str | None:
        return None if value is None else self._identity_in(self._encoder.decode(value))

    def _identity_in(self, record: Record) -> str:
        return identity_text(value_at(record, path) for path in self._identity)
