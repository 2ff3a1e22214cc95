"""Codes nobody would write by hand, from a seed: element strings sound and broken, brackets, links, digits, garbage."""

import random
from typing import Any
from urllib.parse import quote

from sync.gs1_digits import CHARACTERS_82, check_digit, check_pair
from sync.gs1_identifiers import TABLE

_SETS = {
    "N": "0123456789",
    "X": CHARACTERS_82,
    "Y": "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "Z": "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
}
_ENTRIES: list[tuple[str, dict[str, Any]]] = list(TABLE["identifiers"].items())
_NAMES = {ai: name for name, ai in TABLE["names"].items()}
_LIKELY = ("00", "01", "01", "01", "02", "10", "11", "15", "17", "17", "21", "30", "37", "310n", "320n", "392n", "8006")
_MARKS = ("]C1", "]e0", "]d2", "]Q3", "]J1", "]E0", "]E3", "]E4", "]d1", "]A0", "]]", "]C1\x1d", "\x1d", "")
_PLAIN_PLANES = "aZ0 é€中٣５\u2028\ufeff\ufffd\u0085\x00\x1c\x7f"
_PLANES = _PLAIN_PLANES + "".join(chr(plane * 0x10000 + 0x1234) for plane in range(1, 17)) + "\U0001f9c0\ud83d\udfff"


class Strings:
    """Each call of `next` gives another code; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def next(self) -> str:
        kind = self.dice.random()
        if kind < 0.4:
            return self._spoilt(self._string())
        if kind < 0.58:
            return self._spoilt(self._bracketed())
        if kind < 0.78:
            return self._spoilt(self._link())
        if kind < 0.92:
            return self._spoilt(self._digits())
        return self._garbage()

    def _elements(self) -> list[tuple[str, str]]:
        chosen = [self._entry() for _ in range(self.dice.choice((1, 2, 2, 3, 3, 4, 6)))]
        if self.dice.random() < 0.5:
            chosen.insert(0, ("01", TABLE["identifiers"]["01"]))
        return [(self._ai(name, entry), self._value(entry["form"])) for name, entry in chosen]

    def _entry(self) -> tuple[str, dict[str, Any]]:
        if self.dice.random() < 0.4:
            name = self.dice.choice(_LIKELY)
            return name, TABLE["identifiers"][name]
        return self.dice.choice(_ENTRIES)

    def _ai(self, name: str, entry: dict[str, Any]) -> str:
        beyond = self.dice.random() < 0.03
        return name[:-1] + str(9 if beyond else self.dice.randrange(entry["upto"] + 1)) if "upto" in entry else name

    def _value(self, form: str) -> str:
        value = ""
        for words in form.split(", "):
            size, *rules = words.split(" ")
            if "maybe" in rules and self.dice.random() < 0.4:
                break
            most = int(size[1:].strip("."))
            count = self.dice.randint(1, most) if ".." in size else most
            value += self._part("".join(self.dice.choice(_SETS[size[0]]) for _ in range(count)), rules)
        return value

    def _part(self, drawn: str, rules: list[str]) -> str:
        if self.dice.random() < 0.1:
            return drawn
        if "check" in rules:
            return drawn[:-1] + check_digit(drawn[:-1])
        if "pair" in rules:
            return "1234" + drawn[:10] + str(check_pair("1234" + drawn[:10]))
        if "prefix" in rules:
            return ("9506" + drawn)[: max(4, len(drawn))]
        if {"date", "date0"} & set(rules):
            day = self.dice.choice((0, 1, 28, 29, 30, 31, 32))
            return f"{self.dice.randrange(100):02d}{self.dice.randrange(14):02d}{day:02d}"
        if {"time", "birthday", "piece"} & set(rules):
            return "".join(self.dice.choice("0012") for _ in drawn)
        for rule, listed in (
            ("country", "countries"),
            ("currency", "currencies"),
            ("country_letters", "country_letters"),
        ):
            if rule in rules:
                return str(self.dice.choice(" ".join(TABLE[listed]).split(" ")))
        if "coupon" in rules or "offer" in rules:
            return "".join(self.dice.choice("0112") for _ in range(self.dice.randint(20, 40)))
        return "".join(self.dice.choice("01%-") for _ in drawn) if rules and len(drawn) < 3 else drawn

    def _string(self) -> str:
        text = self.dice.choice(_MARKS)
        for ai, value in self._elements():
            ends = (
                ""
                if len(value) == TABLE["predefined"].get(ai[:2], 0)
                else self.dice.choice(("\x1d", "\x1d", "^", "{GS}", ""))
            )
            text += ai + value + ends
        return text.rstrip("\x1d") if self.dice.random() < 0.7 else text

    def _bracketed(self) -> str:
        return "".join(f"({ai}){value.replace('(', chr(92) + '(')}" for ai, value in self._elements())

    def _link(self) -> str:
        key = self.dice.choice(("01", "01", "00", "414", "8004", "8006", "8010", "8017", "253", "255"))
        entry = TABLE["identifiers"][key]
        chain = self.dice.choice(entry.get("key") or [""]).split()
        path = [(key, self._value(entry["form"]))]
        path += [(ai, self._value(TABLE["identifiers"][ai]["form"])) for ai in chain if self.dice.random() < 0.6]
        if self.dice.random() < 0.1:
            self.dice.shuffle(path)
        if self.dice.random() < 0.1:
            path[0] = (key, path[0][1][-self.dice.choice((8, 12, 13)) :])
        said = "".join(f"/{self._named(ai)}/{self._escaped(value)}" for ai, value in path)
        attributes = self._elements()[: self.dice.randrange(4)] if self.dice.random() < 0.7 else []
        query = "&".join(
            [f"{ai}={self._escaped(value)}" for ai, value in attributes] + ["linkType=all"] * self.dice.randrange(2)
        )
        scheme = self.dice.choice(("https://", "https://", "http://", "HTTPS://", "ftp://"))
        host = self.dice.choice(
            ("id.gs1.org", "example.com", "example.com/some/path", "a.b:8080/01/x", "münchen.example", "", "u@x")
        )
        return scheme + host + said + ("?" + query if query else "") + self.dice.choice(("", "", "#top", "/"))

    def _named(self, ai: str) -> str:
        return _NAMES.get(ai, ai) if self.dice.random() < 0.1 else ai

    def _escaped(self, value: str) -> str:
        escaped = quote(value, safe="" if self.dice.random() < 0.8 else "/+&")
        return escaped.lower() if self.dice.random() < 0.1 else escaped

    def _digits(self) -> str:
        length = self.dice.choice((6, 7, 8, 8, 12, 13, 13, 14, 15, 16, 18, 20))
        drawn = self.dice.choice(("", "", "0", "02", "2", "20", "04", "978")) + "".join(
            self.dice.choice("0123456789") for _ in range(20)
        )
        digits = drawn[: length - 1]
        code = digits + check_digit(digits)
        code += self.dice.choice(("", "", "", "12", "12345")) if length == 13 else ""
        return self.dice.choice(_MARKS) + code if self.dice.random() < 0.3 else code

    def _spoilt(self, code: str) -> str:
        if self.dice.random() < 0.7 or not code:
            return code
        place = self.dice.randrange(len(code))
        other = (
            self.dice.choice(_PLANES)
            if self.dice.random() < 0.3
            else self.dice.choice("0123456789ABab()^%/?&=\\\x1d -")
        )
        return self.dice.choice(
            (code[:place], code[:place] + other + code[place + 1 :], code[:place] + other + code[place:], code[place:])
        )

    def _garbage(self) -> str:
        return self.dice.choice(_MARKS) + "".join(
            self.dice.choice(_PLANES + "0110()") for _ in range(self.dice.randrange(12))
        )
