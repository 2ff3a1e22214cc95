"""The hub and a phone that has pulled fill the same records: every page, every person, in the middle of a day."""

from server.counts.pages import count_list_page
from server.database import Database
from server.settings import Settings
from server.transfers.followed import ended_ids, open_ids
from sync.formats import local_day
from sync.papers import DAY_MS
from sync.spoken import spoken
from tests import shop
from tests.server.pages import Ask, Hub, open_hub
from tests.shop import ADA, ANTWERP, BO, CHEESE, CLEO, DEV, EVE, FAY, GHENT, LAMP, LEIDEN, SOAP, TEA

ITEMS = (TEA, SOAP, CHEESE, LAMP)
# What labels of the tea tell beside its number, soundly and not; the last is of no item here.
LABELS = (
    "(01)00400000000015(17)261130(10)L%231",
    "%5DC1010040000000001510L-1%1D17240200%1D21S%261%1D3006",
    "https%3A%2F%2Fid.gs1.org%2F01%2F00400000000015%2F10%2FA%252FB%3F17%3D000229%2699%3D%E5%A5%B6",
    "(01)00400000000015(37)6(17)991332(89)x(10)A(10)B",
    "400000000016",
)
ADDRESSES: list[Ask] = [
    ("homePage", "/"),
    *[
        ("homePage", f"/?code={code}")
        for code in ("400000000015", "S-001", "s-002", "nothing", "", "%20", "S-004", "t-9", "400000000053")
    ],
    *[
        ("itemListPage", f"/items?q={q}")
        for q in ("", "tea", "SO", "奶酪", "lys+s-00", "S-003", "lamp", "none", "%25", "_", "T-9")
    ],
    ("itemListPage", "/items?page=2&q=lys"),
    ("itemListPage", "/items?page=x"),
    *[("itemPage", f"/items/{item}") for item in ITEMS],
    *[("homePage", f"/?code={code}") for code in LABELS],
    *[("itemPage", f"/items/{item}?code={LABELS[1]}") for item in (TEA, SOAP)],
    ("missingPage", "/items/77"),
    ("missingPage", f"/items/{TEA}/history"),
    ("missingPage", "/transfers/x"),
    ("missingPage", "/items?q=tea&where=everywhere"),
    ("transferListPage", "/transfers"),
    *[("transferListPage", f"/transfers?q={q}") for q in ("tea", "奶酪+antwerp", "S-001", "none", "%25", "ghent")],
    ("transferNewPage", "/transfers/new"),
    ("transferNewPage", f"/transfers/new?item={TEA}"),
    ("transferNewPage", f"/transfers/new?from={GHENT}&item={TEA}&quantity=12"),
    ("transferNewPage", f"/transfers/new?from={LEIDEN}&item={TEA}&quantity=%EF%BC%92&item={TEA}&add=S-001&note=now"),
    ("transferNewPage", "/transfers/new?add=400000000022"),
    ("transferNewPage", "/transfers/new?add=what&item=x&from=99"),
    ("inboxPage", "/inbox"),
    ("outboxPage", "/outbox"),
    ("reviewListPage", "/reviews"),
    ("countListPage", "/counts"),
    ("expiryPage", "/expiry"),
    *[
        (page, f"{at}?code=(01)00400000000015(17)301130(10){lot}")
        for page, at in (("homePage", "/"), ("itemPage", f"/items/{TEA}"))
        for lot in ("L-2", "L-4", "L-5", "L-6")
    ],
    ("mePage", "/me"),
    ("checkupPage", "/checkup"),
    ("labelPage", "/labels"),
    ("labelPage", f"/labels?item={TEA}&quantity=3&item={CHEESE}&quantity=1&paper=roll-58&codes=bars"),
    ("labelPage", f"/labels?item={TEA}&quantity=25&start=23&add=S-002"),
    ("labelPage", f"/labels?item={TEA}&quantity=x&codes=qr&add=tea"),
    ("labelPage", f"/labels?item={SOAP}&quantity=1001&add=nothing"),
    ("labelPage", f"/labels?item={SOAP}&paper=a4-5x13&codes=both"),
    ("homePage", "/?code=4006381333931"),
    ("homePage", "/?code=AB-12"),
    ("unknownCodeListPage", "/unknown-codes"),
    *[
        ("unknownCodeMatchPage", f"/unknown-codes/match?code={asked}")
        for asked in ("4006381333931&q=tea", "04006381334006", "AB-12&q=lys", "400000000015&q=%20", "&q=tea", "x%00")
    ],
]


async def test_every_page_is_the_same_from_the_hub_and_from_a_phone(database: Database) -> None:
    async with open_hub(database) as hub:
        await a_day(hub)
        assert await compared(hub) > 240


async def test_they_are_the_same_where_the_chain_chose_otherwise(database: Database, settings: Settings) -> None:
    whose = "area" if settings.on_sqlite else "none"
    async with open_hub(database) as hub:
        await a_day(hub)
        chosen = [("neighbour_stock", whose, "all"), ("adjust_limits", "7 70 700", "20 500 5000")]
        for name, value, was in (*chosen, ("closed_days", "2", "30"), ("blind_receipts", "yes", "no")):
            await hub.does(EVE, "policy.save", name=name, value=value, was=was)
        hub.clock.now += 2 * DAY_MS + 1
        assert await compared(hub) > 240


async def compared(hub: Hub) -> int:
    """How many pages were compared."""
    count = 0
    for person in shop.HOMES:
        async with hub.visit(person) as visit:
            mine = visit.reader["work"]
        asks = ADDRESSES + [ask for one in await papers_of(hub) for ask in of_paper(one)]
        there = await hub.phone_records(person, asks)
        for ask, on_hub, on_phone in zip(asks, await hub.records(person, asks), there, strict=True):
            # What is not on a phone is the hub's to answer.
            if on_phone is not None:
                assert on_hub == on_phone, (person, ask, mine)
                count += 1
    return count


def of_paper(transfer: str) -> list[Ask]:
    number = spoken(transfer).lower()
    asks = [("transferListPage", f"/transfers?q={said}") for said in (number, number.replace("-", ""), number[:3])]
    return [("transferShowPage", f"/transfers/{transfer}"), ("homePage", f"/?code={number}"), *asks]


async def test_what_one_store_cannot_give_another_is_proposed_for(database: Database) -> None:
    async with open_hub(database) as hub:
        lines = [{"item": TEA, "quantity": 60}]
        request = await hub.does(ADA, "transfer.request", **{"from": ANTWERP}, to=GHENT, lines=lines)
        asks: list[Ask] = [("transferShowPage", f"/transfers/{request}")]
        for person, leads in ((ADA, True), (BO, False)):
            (page,) = await hub.records(person, asks)
            assert page is not None
            assert await hub.phone_records(person, asks) == [page]
            assert page["instead"] is not None, person
            assert bool(page["instead"]["href"]) is leads
        await hub.does(ADA, "transfer.request", **{"from": LEIDEN}, to=GHENT, lines=lines)
        (page,) = await hub.records(ADA, asks)
        assert page is not None
        assert page["instead"] is None
        assert await hub.phone_records(ADA, asks) == [page]


async def test_what_the_store_weighs_is_found_whatever_it_weighs(database: Database) -> None:
    async with open_hub(database) as hub:
        await hub.does(EVE, "barcode.add", item=CHEESE, gtin="02123450000005")
        weighed = "2123450012503"
        asks: list[Ask] = [("homePage", f"/?code={weighed}"), ("itemListPage", f"/items?q={weighed}")]
        home, listed = await hub.records(ADA, asks)
        assert home is not None
        assert listed is not None
        assert (home["outcome"], home["card"]["id"]) == ("found", CHEESE)
        assert [row["id"] for row in listed["rows"]] == [CHEESE]
        assert await hub.phone_records(ADA, asks) == [home, listed]


async def test_only_what_a_phone_does_not_hold_is_left_to_the_hub(database: Database) -> None:
    async with open_hub(database) as hub:
        request = await a_day(hub)
        asks: list[Ask] = [("itemPage", f"/items/{SOAP}"), ("transferShowPage", f"/transfers/{request}")]
        assert all(await hub.phone_records(ADA, asks))
        # Leiden carries tea alone, and has nothing to do with this transfer.
        assert await hub.phone_records(FAY, asks) == [None, None]
        soap, paper = await hub.records(FAY, asks)
        assert soap is not None
        assert soap["card"]["ranged"] is False
        assert paper is None


async def words_on_reports(hub: Hub) -> None:
    """Accepted, declined, settled twice, and some that still wait."""
    counted = await hub.does(ADA, "stock.count", store=GHENT, item=TEA, counted=90)
    await hub.does(CLEO, "stock.adjust", store=GHENT, item=TEA, delta=900, reason="found")
    for accept in (True, False):
        about = await hub.does(ADA, "stock.adjust", store=GHENT, item=CHEESE, delta=300, reason="found")
        await hub.does(CLEO, "review.settle", operation=about, accept=accept)
    await hub.does(DEV, "review.settle", operation=counted, accept=True)
    await hub.does(CLEO, "review.settle", operation=counted, accept=False)
    await hub.does(ADA, "stock.count", store=GHENT, item=SOAP, counted=40)


async def unknown_codes(hub: Hub) -> None:
    """Kept in two stores, put away, proposed, declined, approved, proposed of what belongs to another by now."""
    for person, store in ((ADA, GHENT), (CLEO, GHENT), (BO, ANTWERP)):
        for code in ("04006381333931", "04006381334006", "02123456012347", "AB-12", "4006381333932"):
            seen = {"store": store, "code": code, "before": [shop.GTINS[TEA], "AB-12"], "after": ["04006381334006"]}
            await hub.does(person, "code.unknown", **seen, shelf="A3")
    await hub.does(ADA, "code.dismiss", store=GHENT, code="4006381333932")
    about = await hub.does(ADA, "barcode.teach", store=GHENT, item=TEA, code="04006381334006")
    await hub.does(CLEO, "review.settle", operation=about, accept=True)
    about = await hub.does(ADA, "barcode.teach", store=GHENT, item=SOAP, code="04006381333931")
    await hub.does(CLEO, "review.settle", operation=about, accept=False, note="the big one")
    await hub.does(ADA, "barcode.teach", store=GHENT, item=SOAP, code="02123456012347")
    await hub.does(ADA, "barcode.teach", store=GHENT, item=SOAP, code="04006381334013")
    await hub.does(EVE, "barcode.add", item=TEA, gtin="04006381334013")
    await hub.does(CLEO, "barcode.teach", store=GHENT, item=99, code="04006381333931")


async def lots(hub: Hub) -> None:
    """Delivered, found and counted by lot: expired, urgent, coming and far off, with one day, two days and none."""
    for lot, days in (("L<1>", -3), ("L-2", 0), ("𠮷", 16), ("L-4", 400)):
        day = local_day(shop.NOW + days * DAY_MS, [[0, 0]])
        for item in (TEA, CHEESE):
            brought = {"item": item, "delta": 8, "lot": lot, "expires": day}
            await hub.does(CLEO, "stock.move", store=GHENT, kind="delivery", lines=[brought])
    about = {"store": GHENT, "item": TEA, "reason": "found"}
    await hub.does(ADA, "stock.adjust", **about, delta=2, lot="L-2", expires="2026-11-29")
    await hub.does(ADA, "stock.adjust", **about, delta=3, lot="no day")
    await hub.does(ADA, "stock.adjust", **about, delta=-9, lot="short", expires="2026-11-01")
    await hub.does(ADA, "stock.count", store=GHENT, item=CHEESE, counted=7, lot="L-4", expires="2026-11-30")
    await hub.does(BO, "stock.adjust", store=ANTWERP, item=TEA, delta=4, reason="found", lot="L-2")
    for lot in ("L-2", "L-5", "L-6"):
        await hub.does(CLEO, "lot.block", item=TEA, lot=lot, reason="<b>recall</b>")
    await hub.does(BO, "lot.unblock", item=TEA, lot="L-6")
    await hub.does(ADA, "lot.block", item=SOAP, lot="L-5", reason="not hers to say")


async def a_doubled_item(hub: Hub) -> None:
    """Soap once more, sold under another SKU, and made one with the soap while a phone still counted it apart."""
    new = {
        "sku": "T-9",
        "name_en": "Soap",
        "unit": "each",
        "price_cents": 1,
        "tracks_lot": False,
        "tracks_expiry": False,
    }
    await hub.does(EVE, "item.add", **new, barcodes=["0400000000053"], assortments=[1])
    await hub.does(ADA, "stock.adjust", store=GHENT, item=5, delta=4, reason="found")
    await hub.does(EVE, "item.merge", item=5, into=SOAP)
    await hub.does(ADA, "stock.adjust", store=GHENT, item=5, delta=-1, reason="damaged")
    await hub.does(EVE, "item.edit", item=5, fields={"brand": ["", "Lys"]})


async def counting(hub: Hub) -> None:
    """Of the whole store, with and without shelves, and of shelves alone; counted again, far off, refused, ended."""
    whole = await hub.does(ADA, "count.open", store=GHENT, scope="store", blind=True, sealed=False)
    shelves = ["A-1", "B <2>"]
    some = await hub.does(CLEO, "count.open", store=GHENT, scope=shelves, blind=False, sealed=False)
    ended = await hub.does(ADA, "count.open", store=GHENT, scope=["C"], blind=False, sealed=False)
    for item, counted, shelf in ((TEA, 7, None), (TEA, 8, "茶"), (SOAP, 3, "茶"), (TEA, 9, "茶"), (77, 1, "茶")):
        told = {"store": GHENT, "item": item, "counted": counted, "scope": "store", "session": whole}
        await hub.does(ADA, "stock.count", **told, **({"shelf": shelf} if shelf else {}))
    for item, shelf in ((TEA, "A-1"), (LAMP, "A-1"), (SOAP, "B <2>")):
        told = {"store": GHENT, "item": item, "counted": 4, "scope": shelves, "session": some, "shelf": shelf}
        await hub.does(CLEO, "stock.count", **told)
    await hub.does(ADA, "count.close", session=ended)


async def test_a_count_at_work_is_the_same_from_the_hub_and_from_a_phone(database: Database) -> None:
    async with open_hub(database) as hub:
        await counting(hub)
        for person, places in ((ADA, 3), (CLEO, 3), (BO, None)):
            async with hub.visit(person) as visit:
                rows = (await count_list_page(visit))["rows"]
            assert [row["places"] for row in rows] == ([places] if places else [])
            shelves = ("", "?shelf=A-1", "?shelf=B+%3C2%3E", "?shelf=%E8%8C%B6", "?shelf=" + "x" * 21)
            asks: list[Ask] = [("countShowPage", f"/counts/{row['id']}{at}") for row in rows for at in shelves]
            asks.append(("countListPage", "/counts"))
            on_hub = await hub.records(person, asks)
            assert None not in on_hub
            assert on_hub == await hub.phone_records(person, asks)


async def papers_of(hub: Hub) -> list[str]:
    async with hub.visit(DEV) as visit:
        return [*await open_ids(visit), *await ended_ids(visit)]


async def a_day(hub: Hub) -> str:
    """Every kind of operation, applied, under review and refused; answers with a transfer from Antwerp to Ghent."""
    await hub.does(ADA, "stock.adjust", store=GHENT, item=TEA, delta=-2, reason="damaged")
    await hub.does(ADA, "stock.adjust", store=GHENT, item=TEA, delta=50, reason="found")
    await hub.does(ADA, "stock.adjust", store=GHENT, item=LAMP, delta=3, reason="found")
    await hub.does(ADA, "stock.adjust", store=ANTWERP, item=SOAP, delta=-1, reason="sample")
    await hub.does(ADA, "stock.adjust", store=GHENT, item="no", delta=[], reason="?")
    await hub.does(FAY, "stock.adjust", store=LEIDEN, item=TEA, delta=1, reason="found")
    await words_on_reports(hub)
    await hub.does(DEV, "count.open", store=ANTWERP, scope="store", blind=True, sealed=False)
    await a_doubled_item(hub)
    await unknown_codes(hub)
    await lots(hub)
    papers = []
    for lines in ([(TEA, 3), (SOAP, 4)], [(TEA, 6)], [(CHEESE, 500), (SOAP, 1)], [(SOAP, 90)], [(SOAP, 2)]):
        wanted = [{"item": item, "quantity": quantity} for item, quantity in lines]
        asked = {"from": ANTWERP, "to": GHENT, "lines": wanted, "note": "soon"}
        papers.append(await hub.does(ADA, "transfer.request", **asked))
    first, second, third, fourth, fifth = papers
    for paper, given in ((first, (3, 4)), (second, (6,)), (third, (400, 1)), (fourth, (9999,))):
        agreed = [{"line": line, "quantity": quantity} for line, quantity in enumerate(given, start=1)]
        await hub.does(BO, "transfer.approve", transfer=paper, from_state="requested", lines=agreed)
    await hub.does(BO, "transfer.unapprove", transfer=third, from_state="approved", reason="<b>too</b> much")
    await hub.does(BO, "transfer.approve", transfer=third, from_state="requested", lines=[{"line": 1, "quantity": 300}])
    sent = [{"line": 1, "quantity": 3}, {"line": 2, "quantity": 4}]
    await hub.does(BO, "transfer.dispatch", transfer=first, lines=sent)
    await hub.does(BO, "transfer.dispatch", transfer=second, lines=[{"line": 1, "quantity": 6}])
    received = [{"line": 1, "received": 2, "damaged": 1}, {"line": 2, "received": 2, "damaged": 0}]
    await hub.does(ADA, "transfer.receive", transfer=first, lines=received)
    await hub.does(ADA, "transfer.receive", transfer=second, lines=[{"line": 1, "received": 6, "damaged": 0}])
    await hub.does(BO, "transfer.reject", transfer=fifth, from_state="requested", reason="sold out")
    await hub.does(ADA, "transfer.cancel", transfer=fifth, from_state="requested")
    await hub.does(BO, "transfer.request", **{"from": LEIDEN, "to": ANTWERP}, lines=[{"item": TEA, "quantity": 5}])
    await hub.does(BO, "transfer.request", **{"from": GHENT, "to": ANTWERP}, lines=[{"item": CHEESE, "quantity": 250}])
    await hub.does(EVE, "transfer.request", **{"from": LEIDEN, "to": GHENT}, lines=[{"item": TEA, "quantity": 5}])
    await hub.does(CLEO, "person.prefer", locale="zh")
    await hub.does(CLEO, "person.prefer", store=LEIDEN)
    await hub.does(DEV, "person.prefer", store=ANTWERP, locale="zh")
    return first
