"""Clicks: realistic traffic of the sample shop, encoded at some 240,000 events per second and core.

A click's Avro body is put together from pieces: the id and the time (arrays of bytes, made for a whole batch), the
visitor's fields (encoded once per session) and the page's fields (encoded once per run). A test proves the result
equal to what fastavro writes.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

import numpy as np
from numpy.typing import NDArray

from producers.datasets.clicks.layout import REMEDY, check_layout, event_id_of, prefixes
from producers.datasets.clicks.poison import poison
from producers.datasets.clicks.visitors import COUNTRIES, HOME_PAGE, REFERRERS
from producers.datasets.clicks.visits import EVENT_TYPES, HEARTBEAT, OFFERS, SEARCH, UNKNOWN_PRODUCT, Step, Visits
from producers.datasets.products.catalogue import CURRENCY, QUANTITIES, UNKNOWN_PRODUCT_ID, products
from producers.generated.generator import Generator, Traffic
from producers.generated.mixing import GOOD, LATE, Mixer
from producers.sending.batch import Batch, Kind, Special
from tidegate.avro.codec import Encoder, writing
from tidegate.errors import ContractError

_HEARTBEAT_SHARE = 0.03
_HEARTBEAT_RULE = "no_heartbeats"
_COUNTRY_RULE = "country_is_iso_code"
_SECONDS_PER_TURN = 3
_MIN_SLOTS, _MAX_SLOTS = 400, 20_000
_DISCOUNTS = tuple(Decimal(text) for text in ("0", "0", "0", "0.05", "0.10", "0", "0.10", "0.20"))
_CENT = Decimal("0.01")


def generator(traffic: Traffic, rng: np.random.Generator) -> Generator:
    """The generator of the dataset ``clicks``."""
    return Clicks(traffic, rng)


class Pages:
    """The encoded fields that say what was done to which product; positions as in ``Step``."""

    def __init__(self, encoder: Encoder) -> None:
        shop = [(product.product_id, product.category, product.list_price) for product in products()]
        shop.append((UNKNOWN_PRODUCT_ID, "Unlisted", Decimal("9.99")))
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
    """Makes clicks; the same ``rng`` seed and batch sizes give the same traffic, apart from its times.

    Raises:
        ContractError: the dataset's newest schema is not v1's fields, and after them any that have a default.
    """

    def __init__(self, traffic: Traffic, rng: np.random.Generator) -> None:
        schema = traffic.dataset.latest
        if traffic.dataset.contract.is_json:
            raise ContractError("the clicks generator writes Avro, not JSON.", remedy="Send a file with --from.")
        check_layout(schema)
        encoder = Encoder(schema, traffic.schema_id)
        wanted_slots = traffic.rate_per_s * _SECONDS_PER_TURN or _MAX_SLOTS
        slots = int(min(max(wanted_slots, _MIN_SLOTS), _MAX_SLOTS))
        self._rng = rng
        self._frame = encoder.frame
        with writing(schema, REMEDY):
            self._pages = Pages(encoder)
            self._visits = Visits(encoder, slots, traffic.start_ms, rng)
        self._mixer = Mixer(traffic.mix, poison(traffic.dataset, encoder), event_id_of, rng)
        self._warned_countries = np.array([name is not None and len(name) != 2 for name in COUNTRIES])

    def batch(self, times_ms: NDArray[np.int64]) -> Batch:
        """One click per time; specials as the mix says."""
        rng, visits = self._rng, self._visits
        count = len(times_ms)
        roles = self._mixer.draw(count)
        slots = visits.take(count)
        heartbeats = (rng.random(count) < _HEARTBEAT_SHARE) & (roles == GOOD)
        now_ms = int(times_ms[0])
        step = visits.step(slots, heartbeats, now_ms)
        times_ms = self._mixer.shift(times_ms, roles)
        values: list[bytes | None] = [
            b"".join(pieces)
            for pieces in zip(
                prefixes(self._frame, times_ms, rng),
                visits.heads[slots].tolist(),
                *self._pages.encode(step),
                visits.tails[slots].tolist(),
                strict=True,
            )
        ]
        batch = Batch(keys=visits.keys[slots].tolist(), values=values)
        self._mixer.finish(batch, roles, self._tell(batch, step, roles), now_ms)
        return batch

    def _tell(self, batch: Batch, step: Step, roles: NDArray[np.intp]) -> NDArray[np.intp]:
        """Notes what is special about the events that stay as they were made; returns the places of plain good ones."""
        own = (roles == GOOD) | (roles == LATE)
        heartbeat = own & (step.event_type == HEARTBEAT)
        silver = own & ~heartbeat
        unknown = silver & (step.product == UNKNOWN_PRODUCT) & (step.event_type < SEARCH)
        _note(batch, heartbeat, "dropped", _HEARTBEAT_RULE)
        _note(batch, unknown, "unknown_reference")
        _note(batch, silver & self._warned_countries[step.country], "warned", _COUNTRY_RULE)
        return np.flatnonzero(silver & ~unknown)


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
    return QUANTITIES[offer], (list_price * (1 - _DISCOUNTS[offer])).quantize(_CENT)


def _table(pieces: Sequence[object]) -> NDArray[np.object_]:
    return np.array(pieces, dtype=object)
