"""What a machine can keep of the house's rules. Each list of exceptions says why it is one."""

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import PurePosixPath

import pytest

from server.offline_kit import compile_templates, read_locales
from tests import house
from tests.house import CODE, TOP, files, javascript, matching, text_of

MOST_LINES_IN_A_FILE = 300
MOST_LINES_IN_A_FUNCTION = 40
# Tables of facts that are written in a language, not programs; a migration is a list of tables, top to bottom.
DATA = re.compile(r"sync/(fold_table|operations_catalogue|gs1_table)\.(py|js)|server/migrations/versions/.*\.py")

DRAWERS = {"util", "helper", "common", "base", "manager", "service", "handler", "misc"}
# Words of the field: the browser's service worker and the shop's store manager.
FIELD_WORDS = {("service", "worker"), ("store", "manager")}
# The cascade layer `base` is CSS's own custom, and its file is called like it.
LAYER_FILES = {"web/styles/base.css"}
# The class every table of SQLAlchemy's is made from carries that library's own name for it.
LIBRARY_CLASSES = {"Base"}

# `sync` may use the language itself and nothing that reads a clock, a disk or a network.
LANGUAGE = {"__future__", "base64", "bisect", "collections", "dataclasses", "enum", "functools", "hashlib", "itertools"}
LANGUAGE |= {"json", "math", "operator", "re", "string", "typing", "zlib"}
# Each reads the list that lies beside it, once, when it is imported.
READS_ITS_CATALOGUE = {"sync/operations.py", "sync/gs1_identifiers.py"}
# What rules are given and may answer. These modules are held to the same limits as the rules.
ANSWERS = {"server/decisions.py", "server/refusals.py", "server/people/roles.py", "server/counts/past.py"}
ANSWERS |= {"server/counts/readings.py", "server/counts/sessions.py", "server/policies/values.py"}
ANSWERS |= {"server/approvals/words.py", "server/approvals/second_person.py"}
WORLD = {"fetch", "setTimeout", "setInterval", "indexedDB", "navigator", "document", "window", "process", "performance"}
WORLD |= {"Date.now", "new Date()", "Math.random", "crypto", "caches", "localStorage", "self", "globalThis", "Intl"}

# Signing in and out needs the hub; no phone can answer for it.
FROM_THE_NETWORK_ONLY = {
    "photos/read.html",
    "people/sign_in.html",
    "people/welcome.html",
    "people/goodbye.html",
    "people/password.html",
    "ledger/history.html",
    "dashboard/store.html",
    "help/list.html",
    "help/process.html",
    "counts/results.html",
    "counts/result.html",
    "labels/parcels.html",
}
FROM_THE_NETWORK_ONLY |= {"devices/certificate.html", "invitations/invitation.html", "invitations/over.html"}
# How a page begins that the hub alone can render: administration, the first day, an invitation before it is accepted.
ADMINISTRATION = ('{% extends "admin/layout.html" %}', '{% extends "setup/frame.html" %}')

# Where a bug must not stop the others: the door parks an operation whose rule breaks and answers for a group that
# breaks, and the phone's engine keeps what it could not send and goes on.
BOUNDARIES = {"server/inbox/accept.py", "server/inbox/verdicts.py", "sw/engine.js"}

FOREIGN_FILES = re.compile(r".*\.(wasm|woff2?|ttf|min\.js|min\.css|map)|(.*/)?(node_modules|vendor|third_party)/.*")
# Written in halves, so that this list is not what it looks for.
PLACES = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "../sha" + "red", "/opt/wh" + "eels"]
PLACES += ["pypi." + "org", "pythonhosted." + "org", "registry.npm" + "js", "/tm" + "p/v/"]


def code() -> list[str]:
    return [path for path in files() if PurePosixPath(path).suffix in CODE]


def python() -> list[str]:
    return matching(r"(server|sync|tests)/.*\.py")


def words_in(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def drawer_in(name: str) -> str | None:
    words = words_in(name)
    in_field = {
        word for pair in pairwise(words) if (pair[0], pair[1].removesuffix("s")) in FIELD_WORDS for word in pair
    }
    return next((word for word in words if word not in in_field and word.removesuffix("s") in DRAWERS), None)


def nothing(wrong: Iterable[object]) -> None:
    found = sorted(map(str, wrong))
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_a_file_is_short_enough_to_read_at_once() -> None:
    lengths = {path: len(text_of(path).splitlines()) for path in code() if not DATA.fullmatch(path)}
    nothing(f"{path}: {lines} lines" for path, lines in lengths.items() if lines > MOST_LINES_IN_A_FILE)


def test_every_script_can_be_read() -> None:
    nothing(f"{path}: {shape['unreadable']}" for path, shape in javascript().items() if shape["unreadable"])


def test_a_function_is_short_enough_to_hold_in_mind() -> None:
    measured = [function for path in python() if not DATA.fullmatch(path) for function in house.python_functions(path)]
    for path, shape in javascript().items():
        measured += [house.Function(path, **function) for function in shape["functions"]]
    nothing(function for function in measured if function.lines > MOST_LINES_IN_A_FUNCTION)


def test_a_name_says_what_is_inside() -> None:
    named = {
        (path, part)
        for path in set(files()) - LAYER_FILES
        for part in (*PurePosixPath(path).parent.parts, PurePosixPath(path).stem)
    }
    named |= {(path, name) for path in python() for name in house.python_classes(path) if name not in LIBRARY_CLASSES}
    named |= {(path, name) for path, shape in javascript().items() for name in shape["classes"]}
    nothing(pair for pair in named if drawer_in(pair[1]))


@pytest.mark.parametrize(
    ("name", "drawer"),
    [
        ("service_worker", None),
        ("StoreManager", None),
        ("store_managers", None),
        ("ServiceLayer", "service"),
        ("date-utils", "utils"),
        ("database", None),
        ("BaseModel", "base"),
        ("_common", "common"),
    ],
)
def test_a_drawer_is_told_from_a_word_of_the_field(name: str, drawer: str | None) -> None:
    assert drawer_in(name) == drawer


def test_the_agreement_leans_on_nothing_but_its_languages() -> None:
    wrong = []
    for path in matching(r"sync/.*\.py"):
        allowed = LANGUAGE | {"sync"} | ({"pathlib"} if path in READS_ITS_CATALOGUE else set())
        wrong += [f"{path} imports {name}" for name in house.python_imports(path) if name.split(".")[0] not in allowed]
    for path in matching(r"sync/.*\.js"):
        shape = javascript()[path]
        wrong += [f"{path} imports {name}" for name in shape["imports"] if not re.fullmatch(r"\./[\w/]+\.js", name)]
        wrong += [f"{path} uses {name}" for name in WORLD.intersection(shape["names"])]
    nothing(wrong)


def test_rules_know_only_the_agreement_and_the_words_for_an_answer() -> None:
    rules = matching(r"server/.*/rules\.py")
    assert rules, "no noun has rules"
    pure = r"approvals\.(words|second_person)|counts\.(past|readings|agreement)|people\.roles|policies\.values"
    answers = rf"server\.(refusals|decisions|{pure})"
    allowed = re.compile(rf"({'|'.join(LANGUAGE)}|sync|{answers})(\..*)?")
    imports = [(path, name) for path in {*rules, *ANSWERS} for name in sorted(house.python_imports(path))]
    nothing(f"{path} imports {name}" for path, name in imports if not allowed.fullmatch(name))


def test_the_phone_leans_on_itself_the_agreement_and_its_pages() -> None:
    wrong = []
    for path, shape in javascript().items():
        if path.startswith("sw/"):
            for name in shape["imports"]:
                target = (TOP / path).parent.joinpath(name).resolve()
                inside = target.is_relative_to(TOP) and target.relative_to(TOP).parts[0]
                if not name.startswith(".") or inside not in {"sw", "sync", "templates", "release.js"}:
                    wrong.append(f"{path} imports {name}")
    nothing(wrong)


def test_pages_lean_on_neither_the_phone_nor_the_hub() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, shape in javascript().items()
        for name in shape["imports"]
        if path.startswith("web/") and re.search(r"(^|/)(sw|server|tests)/", name)
    ]
    nothing(wrong)


def test_an_error_is_never_swallowed_outside_the_two_boundaries() -> None:
    wrong = [f"{path}:{line}" for path in python() for line in house.blind_excepts(path) if path not in BOUNDARIES]
    for path, shape in javascript().items():
        wrong += [f"{path}:{line}" for line in shape["silent_catches"] if path not in BOUNDARIES]
    nothing(wrong)


def test_every_offline_page_is_filled_at_both_ends() -> None:
    assert {"ItemPage", "TransferListPage", "OutboxPage"} <= set(house.offline_records())
    hub: dict[str, set[str]] = {}
    for path in matching(r"server/\w+/\w+\.py"):
        for function in house.python_functions(path):
            hub.setdefault(function.name, set()).add(path.split("/")[1])
    phone: dict[str, set[str]] = {}
    for path in matching(r"sw/\w+/\w+\.js"):
        for name in javascript()[path]["exports"]:
            phone.setdefault(name, set()).add(path.split("/")[1])
    wrong = []
    for record in house.offline_records():
        here = hub.get("_".join(words_in(record)), set())
        there = phone.get(record[0].lower() + record[1:], set())
        if not here or here != there:
            wrong.append(f"{record}: filled in server/{sorted(here)} and in sw/{sorted(there)}")
    nothing(wrong)


def test_every_offline_page_has_a_template_that_the_phone_understands() -> None:
    templates = [path.removeprefix("web/") for path in matching(r"web/\w+/[a-z]\w*\.html")]
    frames = set(re.findall(r'{% extends "(.*?)"', " ".join(text_of(f"web/{name}") for name in templates)))
    of_administration = {name for name in templates if text_of(f"web/{name}").startswith(ADMINISTRATION)}
    offline = [name for name in templates if name not in FROM_THE_NETWORK_ONLY | frames | of_administration]
    assert len(offline) == len(house.offline_records()), (offline, list(house.offline_records()))
    compile_templates(TOP / "web", read_locales(TOP / "web"), offline)


def test_every_kind_of_operation_has_an_example() -> None:
    kinds = json.loads(text_of("sync/operations.json"))["kinds"]
    examples = " ".join(text_of(path) for path in matching(r"sync/examples/.*\.json"))
    nothing(kind for kind in kinds if f'"{kind}"' not in examples)


def test_every_sentence_exists_in_chinese() -> None:
    said = house.words_to_translate()
    chinese = json.loads(text_of("web/locales/zh.json"))
    nothing(f"{path}: {text}" for text, path in said.items() if not chinese.get(text))
    nothing(f"translated, but said nowhere: {text}" for text in set(chinese) - set(said))


def test_a_sentence_names_the_same_things_in_both_languages() -> None:
    chinese = json.loads(text_of("web/locales/zh.json"))
    wrong = {english: other for english, other in chinese.items() if fields_of(english) != fields_of(other)}
    nothing(wrong.items())


def fields_of(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_nothing_of_others_is_committed() -> None:
    nothing(path for path in files() if FOREIGN_FILES.fullmatch(path))
    wrong = [path for path in code() if re.search(r"@license|Copyright \(c\)", text_of(path), re.IGNORECASE)]
    nothing(path for path in wrong if path != "tests/test_house_rules.py")


def test_no_file_names_a_place_of_one_machine() -> None:
    wrong = []
    for path in files():
        try:
            text = text_of(path)
        except UnicodeDecodeError:
            continue
        wrong += [f"{path} says {place}" for place in PLACES if place in text]
    nothing(wrong)


def test_packages_are_locked_by_hash_and_without_an_address() -> None:
    for path in matching(r"(.*/)?package-lock\.json"):
        packages = json.loads(text_of(path))["packages"]
        nothing(f"{path}: {name}" for name, package in packages.items() if "resolved" in package)
        nothing(f"{path}: {name}" for name, package in packages.items() if name and "integrity" not in package)
    for path in matching(r"requirements.*\.lock"):
        pins = re.split(r"\n(?=[a-z])", text_of(path))
        nothing(f"{path}: {pin}" for pin in pins if "==" not in pin or "--hash=sha256:" not in pin)
        assert "--index-url" not in text_of(path)
        assert "--find-links" not in text_of(path)


def test_every_served_package_file_is_in_its_package() -> None:
    served = json.loads(text_of("web/served_packages.json"))
    nothing(source for source in served.values() if not (TOP / "web/node_modules" / source).is_file())


def test_the_map_in_the_readme_shows_the_disk() -> None:
    shown = set(map_of_the_readme())
    real = {str(parent) for path in files() for parent in PurePosixPath(path).parents} - {"."} | set(files())
    nothing(f"shown, but not there: {path}" for path in shown - real)
    # Every folder of the top, and every noun in it, has its place on the map.
    visible = {path for path in real if path not in files() and path.count("/") <= 1 and not path.startswith(".")}
    deep = {path for path in visible if path.split("/")[0] in {"server", "sync", "sw", "web", "tests"}}
    nothing(f"there, but not shown: {path}" for path in deep - shown)


def map_of_the_readme() -> list[str]:
    """Paths of the code block that has a line `server/ …`; a line is an indent, names, two spaces, what they are."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text_of("README.md"), re.MULTILINE | re.DOTALL)
    tree = next((block for block in blocks if re.search(r"^server/", block, re.MULTILINE)), None)
    assert tree is not None, "the README has no map of the folders"
    shown, folders = [], [(-1, "")]
    for line in tree.splitlines():
        indent = len(line) - len(line.lstrip())
        names = re.split(r"\s{2,}", line.strip())[0].replace("·", " ").split()
        while folders[-1][0] >= indent:
            folders.pop()
        shown += [f"{folders[-1][1]}{name.rstrip('/')}" for name in names]
        if len(names) == 1 and names[0].endswith("/"):
            folders.append((indent, folders[-1][1] + names[0]))
    return shown
