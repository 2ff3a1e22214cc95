"""Writes Jinja's statements as JavaScript that adds to one string, `html`."""

import itertools
from collections.abc import Callable, Iterable, Iterator

from jinja2 import nodes

from server.offline_kit.expressions import ExpressionWriter, literal
from server.offline_kit.reading import RESERVED, text_of
from server.offline_kit.scopes import Scope, sets_in


class BodyWriter:
    """Writes the body of one function. `include` gives the function of an included file."""

    def __init__(self, expressions: ExpressionWriter, include: Callable[[str, nodes.Node, str], str]) -> None:
        self.expressions = expressions
        self.include_of = include
        self.lines: list[str] = []
        self.constant = ""
        self.counter = itertools.count(1)

    def function(self, head: str, body: Iterable[nodes.Node], scope: Scope) -> str:
        """The whole function; `head` is its name and arguments."""
        self.body(list(body), scope)
        self.flush()
        return "\n".join([f"function {head} {{", 'let html = "";', *self.lines, "return html;", "}"])

    def body(self, body: list[nodes.Node], scope: Scope) -> None:
        if scope.kind != "root":
            self.declare(body, scope)
        self.statements(body, scope)

    def statements(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    self.output(node, scope)
                case nodes.If():
                    self.branches(node, scope)
                case nodes.For():
                    self.loop(node, scope)
                case nodes.Assign():
                    self.assign(node, scope)
                case nodes.Block():
                    self.block(node, scope)
                case nodes.Include():
                    self.include(node, scope)
                case _:
                    raise self.expressions.refuse(node, f"the phone's templates know no {_tag(node)} here")

    def output(self, node: nodes.Output, scope: Scope) -> None:
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                self.constant += part.data
                continue
            html, is_constant = self.expressions.printed(part, scope)
            if is_constant:
                self.constant += html
            else:
                self.add(f"html += {html};")

    def branches(self, node: nodes.If, scope: Scope) -> None:
        word = "if"
        for branch in (node, *node.elif_):
            self.add(f"{word} ({self.expressions.test(_expression(branch.test), scope)}) {{")
            self.statements(branch.body, scope)
            word = "} else if"
            self.flush()
        if node.else_:
            self.add("} else {")
            self.statements(node.else_, scope)
        self.add("}")

    def loop(self, node: nodes.For, scope: Scope) -> None:
        if not isinstance(node.target, nodes.Name) or node.test is not None or node.recursive:
            raise self.expressions.refuse(node, "for takes one name, and neither a filter nor recursion")
        self.check_free(node.target, node.target.name)
        items, place, each = self.variable("list"), self.variable("at"), self.variable(node.target.name)
        self.add(f"const {items} = r.list({self.expressions.value(_expression(node.iter), scope)});")
        self.add(f"for (let {place} = 0; {place} < {items}.length; {place} += 1) {{")
        self.add(f"const {each} = {items}[{place}];")
        inner = Scope("loop", scope, {node.target.name: each}, loop=(items, place))
        self.body(node.body, inner)
        self.add("}")
        if node.else_:
            self.add(f"if ({items}.length === 0) {{")
            self.body(node.else_, Scope("loop", scope))
            self.add("}")

    def assign(self, node: nodes.Assign, scope: Scope) -> None:
        name = self.target_of(node)
        value = self.expressions.value(_expression(node.node), scope)
        self.add(f"names.{name} = {value};" if scope.kind == "root" else f"{scope.names[name]} = {value};")

    def block(self, node: nodes.Block, scope: Scope) -> None:
        if node.scoped or node.required:
            raise self.expressions.refuse(node, "a block is neither scoped nor required here")
        if not scope.sees_record:
            raise self.expressions.refuse(node, "a macro holds no block")
        self.add(f"html += blocks.{node.name}(names, blocks);")

    def include(self, node: nodes.Include, scope: Scope) -> None:
        if not node.with_context or node.ignore_missing:
            raise self.expressions.refuse(node, "an include always sees the record, and is never missing")
        if not scope.sees_record:
            raise self.expressions.refuse(node, "a macro sees only its arguments, so it cannot include")
        file_name = self.expressions.file.name
        function = self.include_of(text_of(node.template, file_name), node, file_name)
        local = ", ".join(f"{name}: {variable}" for name, variable in scope.visible().items())
        self.add(f"html += {function}(r.within(names, {{ {local} }}));")

    def declare(self, body: list[nodes.Node], scope: Scope) -> None:
        """Every name that is set in this scope gets its variable first; until it is set it is the record's field."""
        for node in sets_in(body):
            name = self.target_of(node)
            if name in scope.unsure:
                continue
            if scope.find(name) is not None or name in scope.function.root_sets:
                raise self.expressions.refuse(node, f"{name} is already a name around this place")
            variable = self.variable(name)
            scope.names[name] = variable
            scope.unsure.add(name)
            self.add(f"let {variable}" + (f" = names.{name};" if scope.sees_record else ";"))

    def target_of(self, node: nodes.Assign) -> str:
        if not isinstance(node.target, nodes.Name):
            raise self.expressions.refuse(node, "set takes one name")
        self.check_free(node, node.target.name)
        return node.target.name

    def check_free(self, node: nodes.Node, name: str) -> None:
        file = self.expressions.file
        if name in RESERVED or name in file.callables or name in file.modules:
            raise self.expressions.refuse(node, f"{name} has a meaning already")

    def variable(self, name: str) -> str:
        return f"{name}_{next(self.counter)}"

    def add(self, line: str) -> None:
        self.flush()
        self.lines.append(line)

    def flush(self) -> None:
        """Text between two expressions is added in one piece."""
        if self.constant:
            text, self.constant = self.constant, ""
            self.lines.append(f"html += {literal(text)};")


def root_sets(body: Iterable[nodes.Node]) -> frozenset[str]:
    return frozenset(_names(sets_in(body)))


def _names(assigned: Iterable[nodes.Assign]) -> Iterator[str]:
    return (node.target.name for node in assigned if isinstance(node.target, nodes.Name))


def _expression(node: nodes.Node) -> nodes.Expr:
    """Jinja's own types call these any node; its parser puts nothing else there."""
    assert isinstance(node, nodes.Expr)
    return node


def _tag(node: nodes.Node) -> str:
    return type(node).__name__.lower()
