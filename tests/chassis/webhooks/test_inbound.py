"""What another system signed is recognised; whatever is wrong with it gets one answer."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from chassis.webhooks.actions import make_secret
from chassis.webhooks.inbound import SignatureInvalid, verify

BODY = b'{"type":"employment.changed"}'
SECRET, OTHER = make_secret(), make_secret()


def signed(secret: str = SECRET, body: bytes = BODY, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }


def test_a_signed_message_gives_its_id() -> None:
    assert verify([SECRET], signed(), BODY) == "msg_1"


def test_while_a_secret_is_rotated_either_one_fits() -> None:
    assert verify([OTHER, SECRET], signed(), BODY) == "msg_1"
    assert verify([SECRET, OTHER], signed(OTHER), BODY) == "msg_1"


def test_one_good_signature_among_others_is_enough() -> None:
    headers = signed()
    headers["Webhook-Signature"] = f"v1a,abc v1,{b64encode(b'x' * 32).decode()} {headers['Webhook-Signature']}"
    assert verify([SECRET], headers, BODY) == "msg_1"


Message = tuple[dict[str, str], bytes]


def without_signature() -> dict[str, str]:
    return {name: value for name, value in signed().items() if name != "Webhook-Signature"}


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: (signed(OTHER), BODY), id="another secret"),
        pytest.param(lambda: (signed(), BODY + b" "), id="another body"),
        pytest.param(lambda: (signed() | {"Webhook-Id": "msg_2"}, BODY), id="another id"),
        pytest.param(lambda: (signed(at=datetime.now(UTC) - timedelta(minutes=6)), BODY), id="too old"),
        pytest.param(lambda: (signed(at=datetime.now(UTC) + timedelta(minutes=6)), BODY), id="too new"),
        pytest.param(lambda: (signed() | {"Webhook-Timestamp": "nan"}, BODY), id="no time"),
        pytest.param(lambda: (signed() | {"Webhook-Signature": "v1"}, BODY), id="signature without a comma"),
        pytest.param(lambda: (signed() | {"Webhook-Signature": "v1,a,b"}, BODY), id="signature with two commas"),
        pytest.param(lambda: (signed() | {"Webhook-Signature": "v1,!"}, BODY), id="signature that is no base64"),
        pytest.param(lambda: (signed() | {"Webhook-Signature": ""}, BODY), id="empty signature"),
        pytest.param(lambda: (without_signature(), BODY), id="no signature"),
        pytest.param(lambda: ({name: value.replace("v1,", "v2,") for name, value in signed().items()}, BODY), id="another version"),
        pytest.param(lambda: (signed(), b"\xff\xfe"), id="body that is no text"),
        pytest.param(lambda: ({}, BODY), id="no headers"),
    ],
)
def test_whatever_is_wrong_is_refused_in_the_same_words(make: Callable[[], Message]) -> None:
    headers, body = make()  # now, since a signature ages
    with pytest.raises(SignatureInvalid) as refused:
        verify([SECRET], headers, body)
    assert refused.value.body() == SignatureInvalid().body()


def test_without_a_secret_nothing_is_accepted() -> None:
    with pytest.raises(SignatureInvalid):
        verify([], signed(), BODY)
