"""Clicks: realistic traffic of the sample shop, encoded at some 240,000 events per second and core.

A click's Avro body is put together from pieces: the id and the time (arrays of bytes, made for a whole batch), the
visitor's fields (encoded once per session) and the page's fields (encoded once per run). A test proves the result
equal to what fastavro writes.
"""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.avro import Encoder
from producers.batch import Batch, Kind, Special
from producers.catalogue import CURRENCY, products
from producers.clicks_layout import check_layout, event_id_of, prefixes
from producers.clicks_poison import Poison
from producers.generator import Generator, Traffic
from producers.sessions import EVENT_TYPES, HEARTBEAT, OFFERS, SEARCH, UNKNOWN_PRODUCT, Sessions, Step
from producers.visitors import COUNTRIES, HOME_PAGE, REFERRERS

_HEARTBEAT_SHARE = 0.03
_HEARTBEAT_RULE = "no_heartbeats"
_COUNTRY_RULE = "country_is_iso_code"
_SECONDS_PER_TURN = 3
_MIN_SLOTS, _MAX_SLOTS = 400, 20_000
_LATE_MS = (120_000, 6 * 3_600_000)
_RECENT_RECORDS = 4000
_KEPT_PER_BATCH = 100
_OLD_SHARE = 0.1
_OLDEST_MS = 600_000
_QUANTITIES = (1, 1, 1, 1, 1, 2, 2, 3)
_DISCOUNTS = tuple(Decimal(text) for text in ("0", "0", "0", "0.05", "0.10", "0", "0.10", "0.20"))
_CENT = Decimal("0.01")
_GOOD, _BAD, _DUPLICATE, _LATE = range(4)


class _Sent(NamedTuple):
    time_ms: int
    key: bytes | None
    value: bytes | None


def generator(traffic: Traffic, rng: np.random.Generator) -> Generator:
    """The generator of the dataset ``clicks``."""
    return Clicks(traffic, rng)


class Pages:
    """The encoded fields that say what was done to which product; positions as in ``Step``."""

    def __init__(self, encoder: Encoder) -> None:
        shop = [(product.product_id, product.category, product.list_price) for product in products()]
        shop.append(("P99999", "Unlisted", Decimal("9.99")))
        page = partial(encoder.part(["event_type", "page_url"]).encode)
        item = encoder.part(["product_id", "quantity", "unit_price", "currency"])
        referrer = encoder.part(["referrer"])
        self._pages = _table([[page(name, _url(name, *of[:2])) for of in shop] for name in EVENT_TYPES])
        viewed = [[item.encode(name, None, price, CURRENCY)] * OFFERS for name, _, price in shop]
        bought = [
            [item.encode(name, *_offer(price, offer), CURRENCY) for offer in range(OFFERS)] for name, _, price in shop
        ]
        nothing = [[item.encode(None, None, None, None)] * OFFERS] * len(shop)
        by_type = {"view": viewed, "search": nothing, "heartbeat": nothing}
        self._items = _table([by_type.get(name, bought) for name in EVENT_TYPES])
        self._referrers = _table([referrer.encode(page) for page in (*REFERRERS, HOME_PAGE)])

    def encode(self, step: Step) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """For each event: its type and page; what led there; its product, quantity, price and currency."""
        return (
            self._pages[step.event_type, step.product].tolist(),
            self._referrers[step.referrer].tolist(),
            self._items[step.event_type, step.product, step.offer].tolist(),
        )


class Clicks:
    """Makes clicks; the same ``rng`` seed and batch sizes give the same traffic, apart from its times."""

    def __init__(self, traffic: Traffic, rng: np.random.Generator) -> None:
        encoder = Encoder(traffic.dataset.latest, traffic.schema_id)
        check_layout(encoder)
        wanted_slots = traffic.rate_per_s * _SECONDS_PER_TURN or _MAX_SLOTS
        slots = int(min(max(wanted_slots, _MIN_SLOTS), _MAX_SLOTS))
        mix = traffic.mix
        self._shares = np.cumsum([mix.bad_ratio, mix.duplicate_ratio, mix.late_ratio])
        self._rng = rng
        self._frame = encoder.frame
        self._pages = Pages(encoder)
        self._sessions = Sessions(encoder, slots, traffic.start_ms, rng)
        self._poison = Poison(encoder, traffic.dataset.contract.rules_of("reject"))
        self._past = Past(rng)
        self._warned_countries = np.array([name is not None and len(name) != 2 for name in COUNTRIES])

    def batch(self, times_ms: NDArray[np.int64]) -> Batch:
        """One click per time; specials as the mix says."""
        rng, sessions = self._rng, self._sessions
        count = len(times_ms)
        roles = self._draw_roles(count)
        slots = sessions.take(count)
        heartbeats = (rng.random(count) < _HEARTBEAT_SHARE) & (roles == _GOOD)
        now_ms = int(times_ms[0])
        step = sessions.step(slots, heartbeats, now_ms)
        times_ms = np.where(roles == _LATE, times_ms - self._lateness_ms(count), times_ms)
        values: list[bytes | None] = [
            b"".join(pieces)
            for pieces in zip(
                prefixes(self._frame, times_ms, rng),
                sessions.heads[slots].tolist(),
                *self._pages.encode(step),
                sessions.tails[slots].tolist(),
                strict=True,
            )
        ]
        batch = Batch(keys=sessions.keys[slots].tolist(), values=values)
        silver = self._tell(batch, step, roles)
        self._past.remember(batch, silver, now_ms)
        self._replace(batch, roles)
        return batch

    def _draw_roles(self, count: int) -> NDArray[np.intp]:
        drawn = self._rng.random(count)
        roles: NDArray[np.intp] = np.array([_BAD, _DUPLICATE, _LATE, _GOOD])[
            (drawn[:, None] >= self._shares).sum(axis=1)
        ]
        if not self._past:
            roles[roles == _DUPLICATE] = _GOOD
        return roles

    def _lateness_ms(self, count: int) -> NDArray[np.int64]:
        shortest, longest = np.log(_LATE_MS)
        return np.exp(self._rng.uniform(shortest, longest, count)).astype(np.int64)

    def _tell(self, batch: Batch, step: Step, roles: NDArray[np.intp]) -> NDArray[np.intp]:
        """Notes what is special about the events that stay as they were made; returns the places of plain good ones."""
        own = (roles == _GOOD) | (roles == _LATE)
        heartbeat = own & (step.event_type == HEARTBEAT)
        silver = own & ~heartbeat
        unknown = silver & (step.product == UNKNOWN_PRODUCT) & (step.event_type < SEARCH)
        _note(batch, heartbeat, "dropped", _HEARTBEAT_RULE)
        _note(batch, roles == _LATE, "late")
        _note(batch, unknown, "unknown_reference")
        _note(batch, silver & self._warned_countries[step.country], "warned", _COUNTRY_RULE)
        return np.flatnonzero(silver & ~unknown)

    def _replace(self, batch: Batch, roles: NDArray[np.intp]) -> None:
        """Puts damaged and resent records in the place of those that were made for them."""
        for index in np.flatnonzero(roles == _BAD).tolist():
            value = batch.values[index]
            assert value is not None
            name, code, batch.values[index] = self._poison.spoil(value, self._rng)
            batch.specials.append(Special(index, "bad", name, code))
        for index in np.flatnonzero(roles == _DUPLICATE).tolist():
            batch.keys[index], batch.values[index] = self._past.pick()
            batch.specials.append(Special(index, "duplicate", identity=event_id_of(batch.values[index])))


class Past:
    """Good records sent before, to be sent again: mostly of the last batches, some from up to ten minutes back."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._recent: deque[_Sent] = deque(maxlen=_RECENT_RECORDS)
        self._old: deque[_Sent] = deque()

    def __bool__(self) -> bool:
        return bool(self._recent)

    def remember(self, batch: Batch, indices: NDArray[np.intp], now_ms: int) -> None:
        """Keeps some of the records at ``indices``, one a second for long."""
        for sent in (self._recent, self._old):
            while sent and sent[0].time_ms < now_ms - _OLDEST_MS:
                sent.popleft()
        kept = indices if len(indices) <= _KEPT_PER_BATCH else self._rng.choice(indices, _KEPT_PER_BATCH)
        self._recent.extend(_Sent(now_ms, batch.keys[i], batch.values[i]) for i in kept.tolist())
        if len(kept) and (not self._old or now_ms - self._old[-1].time_ms >= 1000):
            self._old.append(self._recent[-1])

    def pick(self) -> tuple[bytes | None, bytes | None]:
        """A record that was sent before (at the very start: in this batch)."""
        sent = self._old if self._rng.random() < _OLD_SHARE else self._recent
        _, key, value = sent[int(self._rng.integers(len(sent)))]
        return key, value


def _note(batch: Batch, mask: NDArray[np.bool_], kind: Kind, name: str = "") -> None:
    for index in np.flatnonzero(mask).tolist():
        batch.specials.append(Special(index, kind, name, identity=event_id_of(batch.values[index])))


def _url(event_type: str, product_id: str, category: str) -> str:
    urls = {
        "view": f"/products/{category.lower()}/{product_id}",
        "search": f"/search?q={category.lower()}",
        "heartbeat": "/ping",
    }
    return urls.get(event_type, f"/{event_type}?item={product_id}")


def _offer(list_price: Decimal, offer: int) -> tuple[int, Decimal]:
    return _QUANTITIES[offer], (list_price * (1 - _DISCOUNTS[offer])).quantize(_CENT)


def _table(pieces: Sequence[object]) -> NDArray[np.object_]:
    return np.array(pieces, dtype=object)
