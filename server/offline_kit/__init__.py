"""Turns the Jinja templates under `web/` into JavaScript, so that the phone renders the bytes the hub would render.

The hub renders with Jinja itself; for the service worker Jinja's own syntax tree is written out as ES modules, one a
language, with every sentence resolved to that language. A template the phone needs may use this and nothing else:

Files      `{% extends "layout.html" %}` first, then only imports, macros, `set` and blocks · `{% block name %}` (no
           `super()`, `scoped`, `required`) · `{% include "transfers/_line.html" %}` (sees the record and local names
           around it) · `{% from "forms.html" import button, field as row %}` · `{% import "forms.html" as forms %}`,
           `forms.button(…)`. Names of files are plain strings. Imports stand at the head of a file, before any output.
Macros     `{% macro button(label, kind="plain") %}` at the head of a file. A macro sees only its arguments: nothing of
           the record. Defaults are plain values. Call with positional or named arguments. No `include`, no `caller`.
           A file that is imported holds macros and imports only.
Statements `if`/`elif`/`else` · `for x in list`/`else` with `loop.index`, `loop.index0`, `loop.first`, `loop.last`,
           `loop.length` (one name, no filter, no recursion) · `set x = …`: a name is set in one scope only, never over
           a loop's name, an argument or a name of an outer scope. A `set` within a loop ends with the round.
Values     text, whole numbers, `true`, `false`, `none`, `[lists]`, `(tuples)` · `a.b`, `a["b"]`, `a[0]`, `a[key]` (a
           field called `items`, `keys`, `values`, `get`, `pop`, `copy`, `clear` or `update` is read as `a["items"]`;
           at the top level plain `items` is fine) · `== != < <= > >=`, `in`, `not in` · `and`, `or`, `not` ·
           `a if b else c` · `a ~ b` · `+`, `-` on whole numbers · `is none`, `is not none`.
Filters    `length` · `number` (`1,234`) · `quantity(unit)` (`1,250 g`) · `money(symbol)` (`¥12.50`) · `time(zone)`,
           `date(zone)`, `date_time(zone)` of milliseconds · `day` of `"2026-11-22"` · `age` of milliseconds
           (`3 min ago`) · `distance` of metres (`4.2 km`). They are the twins in `sync/formats`; the language is the
           page's own.
Words      `_("Save")`, `_("{count} lines for {store}", count=n, store=name)`: English is the key, the Chinese stands
           in `web/locales/zh.json` and must be there. Values are text or whole numbers, escaped with the rest; the
           result of a macro stays markup. One sentence per number: `_("1 line") if n == 1 else _("{n} lines", n=n)`.
Constants  `locale` (`"en"`, `"zh"`) · `asset("styles/app.css")`, the address of a file of this release.

The fields of the page's record are the top-level names. What is missing raises on both sides, never prints as nothing.
Truth is Python's (empty text, list and dict, 0 and None are false) and so is print: `True`, `None`. Only text, whole
numbers, truth values and None are printed; a float is an error. Whitespace: `trim_blocks`, `lstrip_blocks`.
"""

from server.offline_kit.modules import compile_templates
from server.offline_kit.reading import JINJA_OPTIONS
from server.offline_kit.refusal import TemplateRefused
from server.offline_kit.vocabulary import RELEASE_PLACE
from server.offline_kit.words import check_words, read_locales, say, sentences, translated

__all__ = [
    "JINJA_OPTIONS",
    "RELEASE_PLACE",
    "TemplateRefused",
    "check_words",
    "compile_templates",
    "read_locales",
    "say",
    "sentences",
    "translated",
]
