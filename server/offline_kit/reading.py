"""Reads the templates as Jinja does, and what each file declares at its top level."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from server.offline_kit.refusal import refused

# One source for both ends: whitespace and escaping are decided here and nowhere else.
JINJA_OPTIONS: dict[str, Any] = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
RESERVED = frozenset({"_", "asset", "locale", "loop", "caller", "varargs", "kwargs", "super", "self"})
Trees = Mapping[str, nodes.Template]


@dataclass(frozen=True)
class MacroAt:
    """Where a macro stands: the file and its name there."""

    file_name: str
    name: str


@dataclass
class TemplateFile:
    """One template. `callables` are the macros it can call by a bare name, `modules` the files it imported whole."""

    name: str
    tree: nodes.Template
    parent: str | None = None
    macros: dict[str, nodes.Macro] = field(default_factory=dict)
    callables: dict[str, MacroAt] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, nodes.Block] = field(default_factory=dict)
    body: list[nodes.Node] = field(default_factory=list)

    @property
    def holds_only_macros(self) -> bool:
        return self.parent is None and all(is_blank(node) for node in self.body)


def read_templates(web: Path) -> dict[str, nodes.Template]:
    """Jinja's tree of every `*.html` under `web/`, by path from there; what npm installed is left out."""
    trees = {}
    ours = [place for place in web.iterdir() if place.name != "node_modules"]
    for path in sorted(path for place in ours for path in (place.rglob("*.html") if place.is_dir() else [place])):
        name = path.relative_to(web).as_posix()
        if path.suffix != ".html":
            continue
        try:
            trees[name] = _parsed(path.read_text("utf-8"), name, path)
        except TemplateSyntaxError as error:
            raise refused(name, error.lineno, error.message or "not a template") from error
    return trees


@cache
def _parsed(source: str, name: str, path: Path) -> nodes.Template:
    """Words, programs and assets are each looked for in every template when a hub starts."""
    environment = Environment(**JINJA_OPTIONS)  # noqa: S701 - autoescape stands in the options.
    return environment.parse(source, name, str(path))


def text_of(node: nodes.Node, file_name: str) -> str:
    """The plain file name of an `extends`, `include` or `import`."""
    if not isinstance(node, nodes.Const) or not isinstance(node.value, str):
        raise refused(file_name, node, "the name of a file must be a plain string")
    return node.value


def is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


def file_of(name: str, tree: nodes.Template) -> TemplateFile:
    """Sorts what stands at the top level; refuses what stands there out of its order."""
    file = TemplateFile(name, tree)
    at_head = True
    for place, node in enumerate(tree.body):
        if isinstance(node, nodes.Extends):
            if place:
                raise refused(name, node, "extends must be the very first thing in the file")
            file.parent = text_of(node.template, name)
        elif isinstance(node, nodes.Macro | nodes.Import | nodes.FromImport):
            if not at_head:
                raise refused(name, node, "imports and macros stand at the head of the file")
            _declare(file, node)
        else:
            at_head = at_head and is_blank(node)
            file.body.append(node)
    if file.parent is not None:
        _check_child(file)
    for block in tree.find_all(nodes.Block):
        if block.name in file.blocks:
            raise refused(name, block, f"there are two blocks {block.name}")
        file.blocks[block.name] = block
    return file


def _declare(file: TemplateFile, node: nodes.Node) -> None:
    if isinstance(node, nodes.Macro):
        _add(file, node, node.name)
        file.macros[node.name] = node
        file.callables[node.name] = MacroAt(file.name, node.name)
        return
    assert isinstance(node, nodes.Import | nodes.FromImport)
    if node.with_context:
        raise refused(file.name, node, "an import sees no context here")
    target = text_of(node.template, file.name)
    if isinstance(node, nodes.Import):
        _add(file, node, node.target)
        file.modules[node.target] = target
        return
    for each in node.names:
        macro, alias = each if isinstance(each, tuple) else (each, each)
        _add(file, node, alias)
        file.callables[alias] = MacroAt(target, macro)


def _add(file: TemplateFile, node: nodes.Node, name: str) -> None:
    if name in RESERVED or name in file.callables or name in file.modules:
        raise refused(file.name, node, f"{name} has a meaning already")


def _check_child(file: TemplateFile) -> None:
    for node in file.body:
        if not is_blank(node) and not isinstance(node, nodes.Assign | nodes.Block):
            raise refused(file.name, node, "a file that extends another holds imports, macros, set and blocks")
