"""What lines of counts and movements become: operations of sound shape, the same for the same lines."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.imports.reading import MovementLine, StockLine
from server.imports.stock_files import is_odd
from server.imports.stock_operations import Placed, counts, movements, units
from sync.operations import LIMITS

texts = st.text(max_size=30)
zones = st.sampled_from(("Europe/Brussels", "Asia/Shanghai"))
stock = st.builds(StockLine, st.just(2), texts, texts, st.none(), st.integers(0, 2_000_000), texts)
kinds = st.sampled_from(("sale", "return", "delivery"))
amounts = st.integers(-9, 9).filter(bool) | st.sampled_from((2_000_000, -2_000_000))
moved = st.builds(
    MovementLine,
    *(st.just(2), texts.filter(bool), texts, texts, st.none(), amounts, kinds),
    *(st.integers(0, 2_000_000_000_000), st.booleans(), st.sampled_from(("", "L1", "L2"))),
)


@given(st.lists(st.builds(Placed, stock, st.integers(1, 9), st.integers(1, 9), zones), max_size=5))
def test_a_count_of_a_plain_line_is_sound(placed: list[Placed]) -> None:
    for made in counts(placed, "file", 5, 7):
        assert is_odd(made) or made.op.problems() == []


@given(st.lists(st.builds(Placed, moved, st.integers(1, 2), st.integers(1, 4), zones), max_size=12))
def test_movements_of_plain_lines_are_sound_and_lose_nothing(placed: list[Placed]) -> None:
    found = list(movements(placed, 7))
    assert [line for made in found for line in made.lines] == [one.line for one in placed]
    assert [made.op.id for made in found] == [made.op.id for made in movements(placed, 7)]
    for made in found:
        lines: list[Any] = made.op.args["lines"]
        assert not lines or is_odd(made) or made.op.problems() == []
    told = sum(units(one.line) for one in placed if isinstance(one.line, MovementLine))
    assert sum(line["delta"] for made in found for line in made.op.args["lines"]) == told


def test_a_long_delivery_is_several_operations() -> None:
    lines = [MovementLine(n, "D1", "GHE", str(n), None, 1, "delivery", 5, False, "") for n in range(250)]
    found = list(movements([Placed(line, 1, line.line + 1, "UTC") for line in lines], 7))
    assert [len(made.lines) for made in found] == [LIMITS["lines"], LIMITS["lines"], 50]
    assert len({made.op.id for made in found}) == 3


def test_a_local_time_is_on_the_stores_clock() -> None:
    line = MovementLine(2, "T1", "GHE", "S-1", None, 1, "sale", 1_790_000_000_000, True, "")
    [made] = movements([Placed(line, 1, 1, "Asia/Shanghai")], 7)
    assert made.op.at == 1_790_000_000_000 - 8 * 3_600_000


def test_a_line_with_a_last_day_tells_it_and_one_without_is_what_it_ever_was() -> None:
    dated = StockLine(2, "GHE", "S-1", None, 3, "L7", "2027-01-31")
    [made] = counts([Placed(dated, 1, 1, "UTC")], "stock.csv", 5, 3)
    told = {"store": 1, "item": 1, "counted": 3, "lot": "L7", "expires": "2027-01-31", "scope": "store"}
    assert (made.op.v, made.op.args, made.op.problems()) == (3, told, [])
    plain = StockLine(2, "GHE", "S-1", None, 3, "L7")
    [made] = counts([Placed(plain, 1, 1, "UTC")], "stock.csv", 5, 3)
    assert (made.op.v, made.op.args) == (1, {"store": 1, "item": 1, "counted": 3, "lot": "L7"})


def test_goods_of_one_document_with_two_last_days_are_two_movements() -> None:
    days = ("2027-01-31", "2027-01-31", "2027-02-28")
    lines = [
        MovementLine(n, "D1", "GHE", "S-1", None, 4, "delivery", 5, False, "L7", day) for n, day in enumerate(days)
    ]
    made = [one.op for one in movements([Placed(line, 1, 1, "UTC") for line in lines], 3)]
    assert [(op.v, op.args["lines"]) for op in made] == [
        (2, [{"item": 1, "delta": 8, "lot": "L7", "expires": "2027-01-31"}]),
        (2, [{"item": 1, "delta": 4, "lot": "L7", "expires": "2027-02-28"}]),
    ]
