"""A record is written as its topic's contract says."""

from producers.sending.encoding import encoder_of
from tidegate.avro.codec import Encoder
from tidegate.avro.json_codec import JsonEncoder
from tidegate.contracts.dataset import Stream


def test_a_record_is_written_as_the_contract_says(clicks: Stream, meters: Stream) -> None:
    assert isinstance(encoder_of(clicks, 7), Encoder)
    assert isinstance(encoder_of(meters, 0), JsonEncoder)
