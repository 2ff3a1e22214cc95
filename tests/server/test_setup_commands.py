"""The code of an empty hub, as somebody at its terminal meets it."""

import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from tests.server.test_cli import running, stockhand

CODE = re.compile(r"^ {4}(\w{4}-\w{4}-\w{4})$", re.MULTILINE)


def become_owner(port: int, code: str) -> str:
    """Where the setup's first form leads."""
    form = {"code": code, "name": "Rosa", "username": "rosa", "password": "three quiet words", "locale": "en"}
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        with browser.open(f"http://127.0.0.1:{port}/setup", urlencode(form).encode(), timeout=30) as answer:
            return str(answer.url)
    except urllib.error.HTTPError as refused:
        with refused:
            return str(refused.status)


def test_an_empty_hub_prints_a_code_that_makes_the_first_administrator(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path) as server:
        [printed] = CODE.findall(server.printed)
        assert f"http://127.0.0.1:{server.port}/setup" in server.printed
        [another] = CODE.findall(stockhand("code", "--data", tmp_path).output)
        # What was printed before stops working.
        assert become_owner(server.port, printed) == "422"
        assert become_owner(server.port, another).endswith("/welcome?next=%2Fsetup%2Fstore")
        over = stockhand("code", "--data", tmp_path)
        assert over.exit_code == 1
        assert "There is an administrator already" in over.output
    assert "Example: stockhand code" in stockhand("code", "--help").output
    with running("serve", "--data", tmp_path) as again:
        pass
    assert not CODE.findall(again.printed)
