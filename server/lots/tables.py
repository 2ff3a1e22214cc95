from sqlalchemy import BigInteger, Column, ColumnElement, ForeignKey, Integer, String, Table, case, select

from server.database import metadata
from server.ledger.tables import balances

# What nobody may sell in the whole chain, until somebody says that it may be; who said what before is in the outcomes.
blocked_lots = Table(
    "blocked_lots",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("lot", String(20), primary_key=True),
    # The operation that said so: what its row is called on phones, where a lot itself may be any text.
    Column("operation_id", String(36), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
)

_is_blocked = (
    select(blocked_lots.c.item_id)
    .where(blocked_lots.c.item_id == balances.c.item_id, blocked_lots.c.lot == balances.c.lot)
    .correlate(balances)
    .exists()
)
# Units of a balance row that nobody may be promised: of a blocked lot.
blocked_units: ColumnElement[int] = case(
    ((balances.c.lot != "") & (balances.c.on_hand > 0) & _is_blocked, balances.c.on_hand), else_=0
)
