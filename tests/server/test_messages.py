"""What a message is signed by: one text for one operation, whoever writes it down."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.inbox.messages import Operation
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
