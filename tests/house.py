"""Reads the checkout the way the house rules need it: which files are ours, and how each is built."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

TOP = Path(__file__).resolve().parent.parent
CODE = {".py", ".js", ".html", ".css", ".sh"}


@dataclass(frozen=True)
class Function:
    path: str
    name: str
    line: int
    lines: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.name}: {self.lines} lines"


@cache
def files() -> tuple[str, ...]:
    """Every file of ours that git has or would take, as paths from the top."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(sorted(path for path in set(listed) if path and (TOP / path).is_file()))


def matching(pattern: str) -> list[str]:
    return [path for path in files() if re.fullmatch(pattern, path)]


@cache
def text_of(path: str) -> str:
    return (TOP / path).read_text(encoding="utf-8")


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse(text_of(path), path)


def python_functions(path: str) -> Iterator[Function]:
    """A function declared inside another one is measured by itself and not once more with its surroundings."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(path, node.name, node.lineno, lines_of(node) - sum(map(lines_of, declared_in(node))))


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def declared_in(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        else:
            yield from declared_in(child)


def python_imports(path: str) -> set[str]:
    """Modules with the name that is taken from them: `server.refusals.Refusal`, `json`."""
    imported = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    return imported


def offline_records() -> dict[str, str]:
    """Records of the pages that the phone fills too (they have a frame), with the file that defines each."""
    records = {}
    for path in matching(r"server/\w+/pages\.py"):
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Page"):
                fields = {
                    part.target.id
                    for part in node.body
                    if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
                }
                if "frame" in fields:
                    records[node.name] = path
    return records


def python_classes(path: str) -> list[str]:
    return [node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]


def blind_excepts(path: str) -> list[int]:
    """Lines of handlers that catch everything."""
    blind = {"Exception", "BaseException"}
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)} if node.type else blind
            if caught & blind:
                found.append(node.lineno)
    return found


@cache
def javascript() -> dict[str, dict[str, Any]]:
    paths = matching(r"(sw|sync|tests|web/scripts)/.*\.js")
    command = ["node", "tests/javascript_shape.js"]
    run = subprocess.run(command, cwd=TOP, input="\n".join(paths), check=False, capture_output=True, text=True)
    assert run.returncode == 0, f"JavaScript cannot be read:\n{run.stderr}"
    shapes: dict[str, dict[str, Any]] = json.loads(run.stdout)
    return shapes


@cache
def words_to_translate() -> dict[str, str]:
    """Every text inside `_()` in templates, Python and scripts, with the file that says it."""
    said: dict[str, str] = {}
    environment = jinja2.Environment(autoescape=True)
    for path in matching(r"web/.*\.html"):
        for call in environment.parse(text_of(path)).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and isinstance(call.args[0], nodes.Const):
                said[call.args[0].value] = path
    for path in matching(r"server/.*\.py"):
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text)), *_]):
                    said[text] = path
    for path, shape in javascript().items():
        if path.startswith(("web/", "sw/")):
            said |= dict.fromkeys(shape["texts"], path)
    return said
