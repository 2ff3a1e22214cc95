"""What a message is signed by, one text for one operation, and which messages the hub reads: all that ever were."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.inbox.messages import Operation, read_push
from sync.operations import LARGEST, signing_text

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda one: st.lists(one, max_size=4) | st.dictionaries(texts, one, max_size=4),
)


@given(texts, st.dictionaries(texts, values, max_size=5), st.integers(0, LARGEST))
def test_the_hub_signs_the_text_that_phones_sign(kind: str, args: dict[str, Any], at: int) -> None:
    op = Operation(1, "00000000-0000-4000-8000-000000000001", kind, 1, args, at, 0.0, 0, 7, None)
    told = {"id": op.id, "kind": kind, "v": 1, "args": args, "at": at, "by": 7}
    assert op.signed_text().decode() == signing_text(told)


ID = "00000000-0000-4000-8000-00000000000"
# As releases of Stockhand have sent it; what was shipped once is never taken out.
FIRST = {
    "n": 1,
    "id": f"{ID}1",
    "kind": "stock.adjust",
    "v": 1,
    "args": {},
    "at": 1,
    "mono": 0.5,
    "offset": None,
    "by": 1,
}
SHIPPED: list[dict[str, Any]] = [
    {"protocol": 1, "client": f"{ID}9", "ops": []},
    {"protocol": 1, "client": f"{ID}9", "ops": [{**FIRST, "mac": None}]},
    {"protocol": 1, "client": f"{ID}9", "ops": [{**FIRST, "mac": "x", "dep": f"{ID}2"}], "health": {"waiting": 1}},
    {
        "protocol": 1,
        "client": f"{ID}9",
        "ops": [{**FIRST, "mac": "x", "blobs": []}, {**FIRST, "n": 2, "kind": "of.tomorrow", "v": 9, "mac": "x"}],
        "health": {"waiting": 1, "oldest_at": 1, "catalogue_at": None, "release": "r1", "said_at": 2, "of_tomorrow": 3},
        "of_tomorrow": True,
    },
]


@pytest.mark.parametrize("message", SHIPPED)
def test_a_push_of_every_release_is_read(message: dict[str, Any]) -> None:
    assert len(read_push(json.dumps(message).encode()).ops) == len(message["ops"])
