"""What every answer carries, and what no request may do."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import structlog
from litestar import Litestar
from structlog.testing import capture_logs

from server import security
from server.rendering import page_headers
from server.security import FORM_LIMIT_BYTES, SYNC_LIMIT_BYTES
from tests.server.browsers import PLAIN, SECURE, Browser

NewBrowser = Callable[..., Browser]
POLICY = page_headers("en")["content-security-policy"]


@pytest.fixture(autouse=True)
def lines_go_nowhere() -> None:
    structlog.reset_defaults()


async def test_every_answer_carries_the_policy_and_the_headers(browser: Browser, app: Litestar) -> None:
    await browser.sign_in("ada")
    script = next(file for file in app.state.release.files if file.startswith("scripts/"))
    asked: list[tuple[str, str]] = [
        *(
            ("GET", path)
            for path in ("/", "/items", "/items/1", "/items/99", "/nonsense", "/me", "/sign-in", "/goodbye")
        ),
        *(("GET", path) for path in ("/service_worker.js", "/manifest.json", "/sync/key", "/schema", "/metrics")),
        *(("GET", path) for path in ("/healthz", "/readyz", "/static/nothing/here.js", "/sync/nothing")),
        ("GET", f"/static/{app.state.release.id}/{script}"),
        ("POST", "/healthz"),
        ("DELETE", "/items"),
        ("POST", "/sync/push"),
        ("POST", "/sign-out"),
    ]
    for method, path in asked:
        answer = await browser.request(method, path)
        assert answer.headers.get_list("content-security-policy") == [POLICY], (method, path)
        assert answer.headers["x-content-type-options"] == "nosniff", (method, path)
        assert answer.headers["referrer-policy"] == "same-origin", (method, path)
        assert len(answer.headers.get_list("cache-control")) == 1, (method, path)
        assert answer.headers["content-type"].count("charset") <= 1, (method, path)


async def test_the_policy_allows_no_inline_script_and_no_foreign_source() -> None:
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert "http" not in POLICY
    assert "*" not in POLICY


async def test_a_page_has_the_same_headers_from_the_hub_as_from_the_phone(browser: Browser) -> None:
    await browser.sign_in("ada")
    answer = await browser.get("/items")
    assert {name: value for name, value in answer.headers.items() if name != "content-length"} == page_headers("en")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": PLAIN}, 403),
        ({"origin": PLAIN}, 303),
        ({"origin": "https://hub.test"}, 403),
        ({"origin": "http://hub.test:8001"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({}, 303),
    ],
)
async def test_a_write_from_another_site_is_refused(browser: Browser, headers: dict[str, str], status: int) -> None:
    await browser.sign_in("ada")
    assert (await browser.post("/sign-out", headers=headers)).status_code == status
    signed_in = (await browser.get("/items")).status_code == 200
    assert signed_in == (status == 403)


async def test_every_kind_of_write_is_refused_from_another_site(browser: Browser) -> None:
    await browser.sign_in("ada")
    other = {"sec-fetch-site": "cross-site"}
    for path in ("/sign-in", "/items/1", "/transfers/new", "/me", "/outbox", "/sync/push", "/sync/pull"):
        assert (await browser.post(path, content=b"{}", headers=other)).status_code == 403, path
    engine = await browser.post("/sync/push", content=b"{}", headers=other)
    assert engine.json() == {"code": "cross_site"}
    page = await browser.post("/me", headers={**other, "accept-language": "zh"})
    assert "别的网站" in page.text


async def test_our_own_form_under_tls_comes_from_our_own_site(another_browser: NewBrowser) -> None:
    browser = another_browser(address=SECURE)
    assert (await browser.post("/sign-out", headers={"origin": SECURE})).status_code == 303
    assert (await browser.post("/sign-out", headers={"origin": PLAIN})).status_code == 403


async def in_pieces(size_bytes: int) -> AsyncIterator[bytes]:
    for _ in range(0, size_bytes, 8192):
        yield b"x" * 8192


@pytest.mark.parametrize(("path", "limit_bytes"), [("/sign-in", FORM_LIMIT_BYTES), ("/sync/push", SYNC_LIMIT_BYTES)])
async def test_a_body_over_the_limit_is_refused_however_it_comes(browser: Browser, path: str, limit_bytes: int) -> None:
    await browser.sign_in("ada")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await browser.post(path, content=b"x" * (limit_bytes + 1), headers=form)).status_code == 413
    assert (await browser.post(path, content=in_pieces(2 * limit_bytes), headers=form)).status_code == 413
    assert (await browser.post(path, content=in_pieces(limit_bytes // 2), headers=form)).status_code != 413


async def test_a_body_that_never_ends_gives_the_line_back(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "NEXT_PIECE_WITHIN_S", 0.05)

    async def halting() -> AsyncIterator[bytes]:
        yield b"username="
        await asyncio.sleep(5)

    answer = await browser.post("/sign-in", content=halting())
    assert answer.status_code == 408
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("host", ["a b", "hub:abc", "hub:999999", "hub/x", "hub@evil", "[", "h\xfcb"])
async def test_a_host_that_can_stand_in_no_address_is_refused(browser: Browser, host: str) -> None:
    for path in ("/", "/sign-in", "/healthz"):
        answer = await browser.get(path, headers={b"host": host.encode("latin-1")})
        assert answer.status_code == 400, path
        assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize("host", ["hub.test:99999", "[2001:db8::1]:8000", "127.0.0.1:8000", "EXAMPLE.com", ""])
async def test_whatever_the_host_nobody_is_led_to_it(browser: Browser, host: str) -> None:
    answer = await browser.get("/items", headers={"host": host})
    assert answer.headers["location"] == "/sign-in?next=%2Fitems"


async def test_a_form_in_letters_that_nobody_knows_is_unreadable(browser: Browser) -> None:
    await browser.sign_in("ada")
    part = b'--x\r\ncontent-disposition: form-data; name="a"\r\ncontent-type: text/plain; charset=klingon\r\n\r\n'
    packed = {"content-type": "multipart/form-data; boundary=x"}
    for path in ("/sign-in", "/items/1", "/transfers/new", "/me", "/outbox"):
        assert (await browser.post(path, content=part + b"b\r\n--x--\r\n", headers=packed)).status_code == 400, path


async def test_while_the_database_is_away_everything_says_come_again(
    browser: Browser, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.sign_in("ada")

    def away() -> Any:
        raise ConnectionRefusedError("connection refused")

    monkeypatch.setattr(app.state.database, "reading", away)
    for path in ("/items", "/sync/live", "/sync/pull", "/sign-in"):
        asked = {"content": b'{"schema":1,"cursors":{}}'} if path == "/sync/pull" else {}
        answer = await browser.request("POST" if asked else "GET", path, **asked)  # type: ignore[arg-type]
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "2"), path


async def test_a_bug_is_loud_inside_and_says_nothing_outside(
    browser: Browser, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.sign_in("ada")

    def broken(*_: Any) -> str:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(app.state.templates, "render", broken)
    with capture_logs() as lines:
        answer = await browser.get("/items", headers={"accept-language": "zh"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "手机上的内容都还在" in answer.text
    bug = next(line for line in lines if line["event"] == "bug")
    assert isinstance(bug["exc_info"], ZeroDivisionError)
    assert bug["request"] == answer.headers["x-request-id"]


async def test_a_line_names_the_operation_it_is_about(browser: Browser) -> None:
    await browser.sign_in("ada")
    operation = "00000000-0000-4000-8000-000000000077"
    with capture_logs() as lines:
        answer = await browser.submit(
            "/items/1", operation_id=operation, quantity="1", direction="out", reason="damaged"
        )
    assert answer.status_code == 303, answer.text
    assert [line["operation"] for line in lines if line["event"] == "request"] == [operation]


@pytest.mark.parametrize(
    "piece", ["%00", "%ff", "a%00b", "%ed%a0%80", "..%2f..%2fetc", "9" * 40, "-1", "%F0%9F%8D%8E", "'", "1.5"]
)
async def test_whatever_stands_in_an_address_is_no_bug(browser: Browser, piece: str) -> None:
    await browser.sign_in("ada")
    for path in ("/items/{}", "/transfers/{}", "/items?q={}", "/items?page={}", "/?code={}", "/{}", "/static/{}/{}"):
        assert (await browser.get(path.replace("{}", piece))).status_code < 500, path
    asked = f"/transfers/new?item={piece}&quantity={piece}&from={piece}&add={piece}"
    assert (await browser.get(asked)).status_code < 500
    for path in ("/items/1", "/transfers/new", f"/transfers/{piece}", "/me", "/outbox"):
        form = {"content-type": "application/x-www-form-urlencoded"}
        body = "&".join(f"{name}={piece}" for name in ("operation_id", "quantity", "item", "from", "action", "note"))
        body += f"&direction=out&reason={piece}&store={piece}&locale={piece}&operation={piece}"
        assert (await browser.post(path, content=body.encode(), headers=form)).status_code < 500, path


async def test_health_is_told_to_machines_without_a_session(browser: Browser) -> None:
    assert (await browser.get("/healthz")).text == "alive"
    assert (await browser.get("/readyz")).text == "ready"
    metrics = (await browser.get("/metrics")).text
    assert 'stockhand_requests_total{method="GET",status="200"}' in metrics
    assert 'route="/healthz"' in metrics


async def test_a_hub_whose_database_is_gone_is_alive_and_not_ready(
    browser: Browser, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Any:
        raise OSError("connection refused")

    monkeypatch.setattr(app.state.database, "reading", gone)
    assert (await browser.get("/healthz")).status_code == 200
    answer = await browser.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer")


async def test_a_visitors_own_address_never_becomes_a_counter(browser: Browser) -> None:
    for number in range(3):
        await browser.get(f"/made-up-{number}")
        await browser.request(f"VERB{number}", "/items")
    metrics = (await browser.get("/metrics")).text
    assert "made-up" not in metrics
    assert "VERB" not in metrics


async def test_the_schema_is_plain_json_and_loads_nothing(browser: Browser) -> None:
    answer = await browser.get("/schema")
    described = json.loads(answer.text)
    assert {"/items", "/transfers/{transfer}", "/sync/push", "/sign-in"} <= set(described["paths"])
    assert (await browser.get("/schema/openapi.json")).text == answer.text
    for page in ("/schema/swagger", "/schema/redoc", "/schema/scalar"):
        assert (await browser.get(page)).status_code in (303, 404)
