"""The door to S3's objects: places, and which errors are an outage and which a refusal."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pydantic import SecretStr

from tidegate.clients.s3 import Place, ensure_bucket, is_absent, is_another, open_s3, place_of, s3_errors
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings


def _error(code: str, status: int) -> ClientError:
    told = {"Error": {"Code": code, "Message": "two\nlines."}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "GetObject")


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://landing/orders/a b.csv", Place("landing", "orders/a b.csv")),
        ("s3://landing/", Place("landing", "")),
        ("s3://landing", Place("landing", "")),
    ],
)
def test_a_uri_names_a_bucket_and_a_key(uri: str, place: Place) -> None:
    assert place_of(uri) == place
    assert place_of(place.uri) == place


def test_a_place_holds_others_as_a_folder_does() -> None:
    assert Place("files", "").below("a").uri == "s3://files/a"
    assert Place("files", "gate").below("a").uri == "s3://files/gate/a"


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("RequestTimeout", 400), ("500", 500)])
def test_a_store_that_is_busy_is_an_outage(nobody: Settings, code: str, status: int) -> None:
    told = rf"^S3 at http://127\.0\.0\.1:1 does not answer \(a\.csv: {code}\)"
    with pytest.raises(TransientError, match=told), s3_errors(nobody, "a.csv"):
        raise _error(code, status)


def test_a_store_that_does_not_answer_is_an_outage(nobody: Settings) -> None:
    with pytest.raises(TransientError, match="ReadTimeoutError"), s3_errors(nobody, "a.csv"):
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1:1")


def test_a_refusal_is_said_in_one_line_and_is_no_outage(nobody: Settings) -> None:
    told = r"refuses a\.csv: .*AccessDenied.* two lines\. See that"
    with pytest.raises(TidegateError, match=told) as caught, s3_errors(nobody, "a.csv"):
        raise _error("AccessDenied", 403)
    assert not isinstance(caught.value, TransientError)


@pytest.mark.parametrize(
    ("code", "absent", "another"),
    [("NoSuchKey", True, True), ("404", True, True), ("PreconditionFailed", False, True), ("SlowDown", False, False)],
)
def test_an_object_may_be_gone_or_another_one(code: str, absent: bool, another: bool) -> None:
    assert (is_absent(_error(code, 400)), is_another(_error(code, 400))) == (absent, another)


class Buckets:
    """What boto3's client does, for one bucket that is there and one that somebody else makes meanwhile."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []

    def head_bucket(self, Bucket: str) -> None:  # noqa: N803 - boto3's name
        if Bucket != "there":
            raise _error("404", 404)

    def create_bucket(self, **options: Any) -> None:
        self.made.append(options)
        if options["Bucket"] == "meanwhile":
            raise _error("BucketAlreadyOwnedByYou", 409)


def test_a_bucket_is_made_once(nobody: Settings) -> None:
    buckets = Buckets()

    assert [ensure_bucket(nobody, buckets, name) for name in ("there", "new", "meanwhile")] == [False, True, False]
    assert buckets.made == [{"Bucket": "new"}, {"Bucket": "meanwhile"}]


def test_a_bucket_of_another_region_is_made_there(nobody: Settings) -> None:
    buckets = Buckets()

    ensure_bucket(nobody.model_copy(update={"s3_region": "eu-west-3"}), buckets, "new")

    assert buckets.made[0]["CreateBucketConfiguration"] == {"LocationConstraint": "eu-west-3"}


def test_a_server_that_is_away_is_an_outage(nobody: Settings) -> None:
    settings = nobody.model_copy(update={"s3_secret_key": SecretStr("secret")})
    with pytest.raises(TransientError, match="does not answer"):
        ensure_bucket(settings, open_s3(settings), "files")
