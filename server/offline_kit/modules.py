"""Puts the functions of all templates a language needs into one ES module."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from jinja2 import nodes

from server.offline_kit.expressions import ExpressionWriter, literal
from server.offline_kit.families import TemplateSet
from server.offline_kit.reading import MacroAt, TemplateFile, read_templates
from server.offline_kit.refusal import TemplateRefused
from server.offline_kit.scopes import Scope
from server.offline_kit.statements import BodyWriter, root_sets
from server.offline_kit.words import Locales, check_words, translated

Result = TypeVar("Result")

HEAD = """import * as f from "../sync/formats.js";
import * as r from "../sw/template_runtime.js";
"""
TAIL = """/**
 * The page as the hub would render it. Throws where the record lacks what the template reads.
 * @param {string} name
 * @param {Record<string, any>} record
 * @returns {string}
 */
export function render(name, record) {
if (!Object.hasOwn(PAGES, name)) throw new ReferenceError(`no template ${name} on this phone`);
return PAGES[name](r.namesOf({ page: record }));
}
"""


def compile_templates(web: Path, locales: Locales, names: Iterable[str]) -> dict[str, str]:
    """`{"templates/en.js": source, …}`, each exporting `render(name, record)` for the given page templates.

    `locales` maps a language to its sentences by the English ones, as `read_locales` gives them. The modules import
    `../sw/template_runtime.js` and `../sync/formats.js`; `@release@` stands for the release's id in addresses.
    Raises `TemplateRefused` with every file and line that the phone could not render as the hub does.
    """
    check_words(web, locales)
    templates = TemplateSet(read_templates(web))
    pages = sorted(set(names))
    _for_each(pages, templates.check_family)
    return {f"templates/{locale}.js": _Module(templates, locale, locales).source(pages) for locale in locales}


def _for_each(pages: Iterable[str], act: Callable[[str], Result]) -> list[tuple[str, Result]]:
    """Acts on every page before it raises, so that an author sees the first problem of each at once."""
    problems: list[str] = []
    results = []
    for page in pages:
        try:
            results.append((page, act(page)))
        except TemplateRefused as refusal:
            problems += refusal.problems
    if problems:
        raise TemplateRefused(list(dict.fromkeys(problems)))
    return results


@dataclass
class _Module:
    """One language. A function is written when something first needs it; `functions` keeps them in that order."""

    templates: TemplateSet
    locale: str
    locales: Locales
    functions: dict[tuple[str, str, str], str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)

    def source(self, pages: Iterable[str]) -> str:
        entries = [f"{literal(page)}: {function}," for page, function in _for_each(pages, self.whole)]
        table = "\n".join(["/** @type {Record<string, (names: any) => string>} */", "const PAGES = {", *entries, "};"])
        return "\n".join([HEAD, *self.sources, table, TAIL])

    def whole(self, name: str) -> str:
        """The function that renders a template with everything it extends."""
        function, is_new = self._name("page", name, "")
        if is_new:
            chain = self.templates.chain(name)
            blocks: dict[str, str] = {}
            for file in chain:
                blocks.update({block: self.block(file, block) for block in file.blocks if block not in blocks})
            table = ", ".join(f"{block}: {written}" for block, written in blocks.items())
            roots = [self.root(file) for file in chain]
            before = [f"{root}(names, blocks);" for root in roots[:-1]]
            body = [f"const blocks = {{ {table} }};", *before, f"return {roots[-1]}(names, blocks);"]
            self.sources.append("\n".join([f"function {function}(names) {{", *body, "}"]))
        return function

    def root(self, file: TemplateFile) -> str:
        """The top level of one file; of one that extends another only its `set`s are left."""
        body = [node for node in file.body if file.parent is None or isinstance(node, nodes.Assign)]
        return self._written("top", file, "", "(names, blocks)", body, Scope("root", root_sets=root_sets(file.body)))

    def block(self, file: TemplateFile, name: str) -> str:
        return self._written("block", file, name, "(names, blocks)", file.blocks[name].body, Scope("block"))

    def macro(self, at: MacroAt, call: nodes.Call, calling_file: str) -> tuple[str, nodes.Macro]:
        file, macro = self.templates.macro(at, call, calling_file)
        arguments = {argument.name: f"{argument.name}_" for argument in macro.args}
        head = f"({', '.join(arguments.values())})"
        return self._written("macro", file, macro.name, head, macro.body, Scope("macro", names=arguments)), macro

    def include(self, name: str, node: nodes.Node, including_file: str) -> str:
        self.templates.known(name, node, including_file)
        return self.whole(name)

    def _written(
        self, kind: str, file: TemplateFile, name: str, head: str, body: list[nodes.Node], scope: Scope
    ) -> str:
        function, is_new = self._name(kind, file.name, name)
        if is_new:
            expressions = ExpressionWriter(file, self.locale, self._translate, self.macro)
            written = BodyWriter(expressions, self.include).function(function + head, body, scope)
            self.sources.append(written)
        return function

    def _translate(self, sentence: str) -> str:
        other = translated(sentence, self.locale, self.locales)
        assert other is not None, "check_words has looked at every sentence"
        return other

    def _name(self, kind: str, file_name: str, part: str) -> tuple[str, bool]:
        """A readable name for the stack of an error, and whether it is new; two files may read the same here."""
        key = (kind, file_name, part)
        if key in self.functions:
            return self.functions[key], False
        words = [file_name.removesuffix(".html"), *([part] if part else []), kind]
        name = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(words)).strip("_")
        name = f"_{name}" if name[0].isdigit() else name
        taken = sum(1 for other in self.functions.values() if other.split("$")[0] == name)
        self.functions[key] = f"{name}${taken}" if taken else name
        return self.functions[key], True
