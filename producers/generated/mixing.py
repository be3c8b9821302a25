"""Which records of a batch are made special on purpose, and how: damaged, sent again, or late."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from producers.generated.generator import Mix
from producers.generated.past import Past
from producers.generated.poison import Poison
from producers.sending.batch import Batch, Special

GOOD, BAD, DUPLICATE, LATE = range(4)
Roles = NDArray[np.intp]
_LATE_MS = (120_000, 6 * 3_600_000)


class Mixer:
    """Gives each record its role by the shares of a mix, and puts damaged and resent records in their places.

    ``identity_of`` reads the text of a record's identity from its bytes.
    """

    def __init__(
        self,
        mix: Mix,
        poison: Poison,
        identity_of: Callable[[bytes | None], str | None],
        rng: np.random.Generator,
    ) -> None:
        self._shares = np.cumsum([mix.bad_ratio, mix.duplicate_ratio, mix.late_ratio])
        self._poison = poison
        self._identity_of = identity_of
        self._rng = rng
        self._past = Past(rng)

    def draw(self, count: int) -> Roles:
        """A role per record; none is sent again before there is one to send."""
        drawn = self._rng.random(count)
        roles: Roles = np.array([BAD, DUPLICATE, LATE, GOOD])[(drawn[:, None] >= self._shares).sum(axis=1)]
        if not self._past:
            roles[roles == DUPLICATE] = GOOD
        return roles

    def shift(self, times_ms: NDArray[np.int64], roles: Roles) -> NDArray[np.int64]:
        """The times, those of late records two minutes to six hours back."""
        shortest, longest = np.log(_LATE_MS)
        lateness_ms = np.exp(self._rng.uniform(shortest, longest, len(times_ms))).astype(np.int64)
        shifted: NDArray[np.int64] = np.where(roles == LATE, times_ms - lateness_ms, times_ms)
        return shifted

    def finish(self, batch: Batch, roles: Roles, plain: NDArray[np.intp], now_ms: int) -> None:
        """Notes late records, keeps some of the ``plain`` good ones, and replaces those that are to be special."""
        for index in np.flatnonzero(roles == LATE).tolist():
            batch.specials.append(Special(index, "late", identity=self._identity_of(batch.values[index])))
        self._past.remember(batch, plain, now_ms)
        for index in np.flatnonzero(roles == BAD).tolist():
            value = batch.values[index]
            assert value is not None
            name, code, batch.values[index] = self._poison.spoil(value, self._rng)
            batch.specials.append(Special(index, "bad", name, code))
        for index in np.flatnonzero(roles == DUPLICATE).tolist():
            batch.keys[index], batch.values[index] = self._past.pick()
            batch.specials.append(Special(index, "duplicate", identity=self._identity_of(batch.values[index])))
