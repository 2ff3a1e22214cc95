"""A catalogue as large and as dirty as a customer's: 818,846 lines of `barcode,name` in no order, in twelve scripts."""

import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.gs1 import check_digit

LINES, INVALID, DOUBLED = 818_846, 10_650, 70
# What compresses better than this has less in it than real names.
BYTES_A_NAME = 7
WORDS_A_SCRIPT = 6_000


@dataclass(frozen=True, slots=True)
class Script:
    """`share` of the names, in hundredths; syllables are a first, a middle and sometimes a last letter."""

    name: str
    share: int
    first: str
    middle: str
    last: str
    gap: str = " "


SCRIPTS = (
    Script("Latin", 61, "bcdfghjklmnprstvwzçš", "aeiouyéèäöüå", "nrstlmkxñ"),
    Script("Cyrillic", 8, "бвгджзклмнпрстфхцчш", "аеёиоуыэюя", "лмнрстьй"),
    Script(
        "Han", 8, "米面油盐酱醋茶果蔬奶糖酒饼干鱼肉鸡蛋豆汁", "香鲜甜辣原味红绿黑白特级有机纯净活力", "包瓶盒袋罐", ""
    ),
    Script("Kana", 4, "カキクケコサシスセソタチツテトナニヌ", "ラリルレロマミムメモ", "ンー", ""),
    Script("Hangul", 4, "가나다라마바사아자차카타파하", "고노도로모보소오조초", "면빵우유장국"),
    Script("Arabic", 4, "بتثجحدرزسشصطعفقكلمنه", "اويى", "نرلمة"),
    Script("Greek", 3, "βγδζθκλμνξπρστφχψ", "αεηιουωάέίό", "ςνρ"),
    Script("Hebrew", 2, "אבגדהזחטכלמנספצקרשת", "ויא", "םןה"),
    Script("Thai", 2, "กขคงจชซดตถทนบปผพมยรลวสหอ", "าิีุูเแโไ", "กงนมย"),
    Script("Devanagari", 2, "कखगघचछजटडतदनपबमयरलवसह", "ािीुूेैो", "नरमल"),
    Script("Georgian", 1, "ბგდვზთკლმნპრსტფქღყშჩცძწჭხჯ", "აეიოუ", "ნრსლ"),
    Script("Armenian", 1, "բգդզթժլխծկհձղճմյնշչպջռսվտցփքֆ", "աեէըիոօ", "նրսլ"),
)
SIZES = ("100 g", "250 g", "500g", "1 kg", "330 ml", "0,75 l", "1.5L", "6 x 50 cl", "12 pcs", "XL", "nr. 4", "2-pack")


def write_catalogue(path: Path, lines: int = LINES, seed: int = 818) -> None:
    """The same file for the same seed; its share of wrong and doubled barcodes is that of the whole."""
    dice = random.Random(seed)
    invalid, doubled = INVALID * lines // LINES, DOUBLED * lines // LINES
    name = names_of(dice, SCRIPTS)
    codes = _codes(dice, lines - invalid - doubled)
    rows = [(code, name()) for code in codes]
    rows += [(_wrong(dice, dice.choice(codes)), name()) for _ in range(invalid)]
    rows += [(_another_form(dice.choice(codes)), name()) for _ in range(doubled)]
    dice.shuffle(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Barcode,Product name\r\n")
        file.writelines(f"{code},{_quoted(text)}\r\n" for code, text in rows)
    _check_entropy(path, [text for _code, text in rows])


def _codes(dice: random.Random, count: int) -> list[str]:
    """Barcodes that differ as GTINs: mostly of 13 digits, some of 12, 8 and 14."""
    found: dict[str, str] = {}
    makers = [f"{dice.randrange(10**7):07d}" for _ in range(20_000)]
    while len(found) < count:
        draw = dice.random()
        if draw < 0.78:
            body = dice.choice(makers) + f"{dice.randrange(10**5):05d}"
        elif draw < 0.97:
            body = f"{dice.randrange(1, 10)}{dice.randrange(10**10):010d}"
        elif draw < 0.98:
            body = f"{dice.randrange(2 * 10**6, 10**7):07d}"
        else:
            body = f"{dice.randrange(1, 9)}{dice.randrange(10**12):012d}"
        code = body + check_digit(body)
        found.setdefault(code.rjust(14, "0"), code)
    return list(found.values())


def _wrong(dice: random.Random, code: str) -> str:
    """Another last digit, a digit lost, or a letter in between: all that no scanner would read."""
    draw = dice.random()
    if draw < 0.8:
        return code[:-1] + str((int(code[-1]) + dice.randrange(1, 10)) % 10)
    return code[:9] if draw < 0.9 else f"{code[:4]}X{code[5:]}"


def _another_form(code: str) -> str:
    return code.rjust(14, "0")


def names_of(dice: random.Random, scripts: Sequence[Script]) -> Callable[[], str]:
    """Another name each time it is called."""
    vocabularies = {script.name: _vocabulary(dice, script) for script in scripts}
    shares = [script.share for script in scripts]
    # A few words stand on most labels, most words on few.
    weights = [1 / (rank + 8) for rank in range(WORDS_A_SCRIPT)]

    def words(script: Script) -> Iterator[str]:
        while True:
            yield from dice.choices(vocabularies[script.name], weights, k=4_096)

    drawn = {script.name: words(script) for script in scripts}

    def name() -> str:
        [script] = dice.choices(scripts, shares)
        some = [next(drawn[script.name]) for _ in range(dice.randint(2, 6))]
        if dice.random() < 0.7:
            some.append(dice.choice(SIZES))
        joined = (script.gap or "").join(some) if script.gap else "".join(some)
        # As web shops export it.
        return joined.replace(" ", " &amp; ", 1) if dice.random() < 0.02 else joined

    return name


def _vocabulary(dice: random.Random, script: Script) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < WORDS_A_SCRIPT:
        syllables = range(dice.randint(1, 3 if script.gap else 2))
        word = "".join(dice.choice(script.first) + dice.choice(script.middle) for _ in syllables)
        found[(word + dice.choice(script.last) if dice.random() < 0.5 else word).capitalize()] = None
    return list(found)


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


def _check_entropy(path: Path, names: list[str]) -> None:
    """Names in the order of the alphabet, as small as brotli makes them: in that order they compress best."""
    sample = sorted(names)
    text = path.with_suffix(".names")
    text.write_text("\n".join(sample), encoding="utf-8")
    script = "const z=require('zlib'),f=require('fs');console.log(z.brotliCompressSync(f.readFileSync(process.argv[1]),"
    script += "{params:{[z.constants.BROTLI_PARAM_QUALITY]:5,[z.constants.BROTLI_PARAM_LGWIN]:24}}).length)"
    packed = subprocess.run(["node", "-e", script, str(text)], check=True, capture_output=True, text=True)
    text.unlink()
    a_name = int(packed.stdout) / len(names)
    assert a_name >= BYTES_A_NAME, f"{a_name:.1f} bytes a name: real names hold more"
