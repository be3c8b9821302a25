"""Visits of the sample shop: who is on it now, and what each of them does next.

A visit goes from page to page by fixed odds (view, search, cart, checkout, purchase) until it ends and another
visitor takes its slot. All slots of a batch move at once, as arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.datasets.clicks.layout import added_fields
from producers.datasets.clicks.visitors import COUNTRIES, CUSTOMERS, REFERRERS, SIGNED_IN_SHARE, USER_AGENTS, Choice
from producers.datasets.products.catalogue import SIZE
from producers.sending.ids import uuid7_texts
from tidegate.avro.codec import Encoder

VIEW, CART, CHECKOUT, PURCHASE, SEARCH, HEARTBEAT = range(6)
EVENT_TYPES = ("view", "cart", "checkout", "purchase", "search", "heartbeat")
_NEW = HEARTBEAT  # a heartbeat changes no state, so its row of the odds is free for a visit that just began
UNKNOWN_PRODUCT = SIZE
OFFERS = 8
_UNKNOWN_PRODUCT_SHARE = 0.001

_NEXT = np.array(
    [  # view  cart  checkout purchase search; what is left to 1 ends the visit
        [0.62, 0.14, 0.00, 0.00, 0.10],  # after a view
        [0.35, 0.08, 0.38, 0.00, 0.04],  # after cart
        [0.12, 0.05, 0.00, 0.63, 0.00],  # after checkout
        [0.35, 0.00, 0.00, 0.00, 0.05],  # after a purchase
        [0.75, 0.00, 0.00, 0.00, 0.12],  # after a search
        [0.78, 0.00, 0.00, 0.00, 0.22],  # the first event
    ]
).cumsum(axis=1)

_SHARES_MIDWAY = np.array([0.67, 0.13, 0.05, 0.03, 0.12])  # of view, cart, checkout, purchase, search
_NONE, _SOME = b"\x00", b"\x02"  # the branches of ["null", "string"]

IntArray = NDArray[np.intp]


@dataclass(slots=True)
class Step:
    """What the slots of a batch do: one event each, as positions in the encoded tables.

    ``referrer`` is a position in ``REFERRERS``, -1 within a visit; ``country`` one in ``COUNTRIES``.
    """

    event_type: IntArray
    product: IntArray
    offer: IntArray
    referrer: IntArray
    country: IntArray


class Visits:
    """The visits that go on; ``heads`` and ``tails`` are the encoded fields that stay the same during a visit."""

    def __init__(self, encoder: Encoder, slots: int, now_ms: int, rng: np.random.Generator) -> None:
        self._rng = rng
        self._browsers = Choice.of(USER_AGENTS)
        self._countries = Choice.of(COUNTRIES)
        self._referrers = Choice.of(REFERRERS)
        self._popularity = Choice.weighted(_zipf(SIZE, rng))
        self._country_pieces = [encoder.part(["country"]).encode(country) for country in COUNTRIES]
        browser, added = encoder.part(["user_agent"]), added_fields(encoder)
        self._browser_pieces = [browser.encode(name) + added for name in USER_AGENTS]
        self._state = np.full(slots, _NEW)
        self._product = np.zeros(slots, dtype=np.intp)
        self._offer = np.zeros(slots, dtype=np.intp)
        self._country = np.zeros(slots, dtype=np.intp)
        self.keys = np.empty(slots, dtype=object)
        self.heads = np.empty(slots, dtype=object)
        self.tails = np.empty(slots, dtype=object)
        self._order: IntArray = np.arange(0)
        self._begin(np.arange(slots), now_ms)
        self._open_midway()

    def take(self, count: int) -> IntArray:
        """``count`` different slots; all get their turn before one comes again."""
        if len(self._order) < count:
            self._order = self._rng.permutation(len(self._state))
        taken, self._order = self._order[:count], self._order[count:]
        return taken

    def step(self, slots: IntArray, heartbeats: NDArray[np.bool_], now_ms: int) -> Step:
        """Moves ``slots`` on by one event; those of ``heartbeats`` only say that they are still there."""
        drawn = self._rng.random(len(slots))
        chosen = (drawn[:, None] >= _NEXT[self._state[slots]]).sum(axis=1)
        ended = (chosen > SEARCH) & ~heartbeats
        if ended.any():
            self._begin(slots[ended], now_ms)
            chosen[ended] = VIEW
        first = (self._state[slots] == _NEW) & ~heartbeats
        self._choose_products(slots, chosen, heartbeats)
        moved = ~heartbeats
        self._state[slots[moved]] = chosen[moved]
        referrer = np.where(first, self._referrers.draw(self._rng, len(slots)), -1)
        return Step(
            event_type=np.where(heartbeats, HEARTBEAT, chosen),
            product=self._product[slots],
            offer=self._offer[slots],
            referrer=referrer,
            country=self._country[slots],
        )

    def _choose_products(self, slots: IntArray, chosen: IntArray, heartbeats: NDArray[np.bool_]) -> None:
        viewing = ((chosen == VIEW) | (chosen == SEARCH)) & ~heartbeats
        products = self._popularity.draw(self._rng, len(slots))
        products[self._rng.random(len(slots)) < _UNKNOWN_PRODUCT_SHARE] = UNKNOWN_PRODUCT
        self._product[slots[viewing]] = products[viewing]
        self._offer[slots[viewing]] = self._rng.integers(0, OFFERS, size=int(viewing.sum()))

    def _open_midway(self) -> None:
        """Spreads the first visits over all steps of a visit, so that traffic starts as it goes on."""
        slots = len(self._state)
        self._state = Choice.weighted(_SHARES_MIDWAY).draw(self._rng, slots)
        self._product = self._popularity.draw(self._rng, slots)
        self._offer = self._rng.integers(0, OFFERS, size=slots)

    def _begin(self, slots: IntArray, now_ms: int) -> None:
        count = len(slots)
        rng = self._rng
        ids = uuid7_texts(np.full(count, now_ms, dtype=np.int64), rng)
        signed_in = rng.random(count) < SIGNED_IN_SHARE
        customers = rng.integers(1, CUSTOMERS, size=count)
        addresses = rng.integers(0, 256, size=(count, 3))
        browsers = self._browsers.draw(rng, count)
        countries = self._countries.draw(rng, count)
        drawn = zip(slots, ids, signed_in, customers, addresses.tolist(), countries, browsers, strict=True)
        for slot, session_id, is_customer, customer, address, country, browser in drawn:
            key = session_id.tobytes()
            first, second, third = address  # 198.18.0.0/15 belongs to nobody (RFC 2544)
            user = _SOME + _short(b"u%d" % customer) if is_customer else _NONE
            self.keys[slot] = key
            self.heads[slot] = user + _short(key)
            self.tails[slot] = (
                self._country_pieces[country]
                + _SOME
                + _short(b"198.%d.%d.%d" % (18 + first % 2, second, third))
                + self._browser_pieces[browser]
            )
        self._country[slots] = countries
        self._state[slots] = _NEW


def _short(text: bytes) -> bytes:
    """An Avro string of fewer than 64 bytes."""
    return bytes((len(text) * 2,)) + text


def _zipf(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Weights after Zipf's law with Mandelbrot's shift, the ranks dealt out at random."""
    weights: NDArray[np.float64] = 1 / (np.arange(size) + 2.7) ** 1.05
    return rng.permutation(weights)
