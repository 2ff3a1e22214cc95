"""Writes Jinja's expressions as JavaScript: one function a kind of expression, everything else is refused."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import nodes
from markupsafe import escape

from server.offline_kit.reading import RESERVED, MacroAt, TemplateFile
from server.offline_kit.refusal import TemplateRefused, refused
from server.offline_kit.scopes import Scope
from server.offline_kit.vocabulary import COMPARISONS, DICT_METHODS, FILTERS, LOOP_WORDS, RELEASE_PLACE
from server.offline_kit.words import sentence_of
from sync.formats import LARGEST


def literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass
class ExpressionWriter:
    """Writes the expressions of one file in one language.

    `call_macro` gives the JavaScript function of a macro and its node; `translate` the sentence in the language.
    """

    file: TemplateFile
    locale: str
    translate: Callable[[str], str]
    call_macro: Callable[[MacroAt, nodes.Call, str], tuple[str, nodes.Macro]]

    def refuse(self, node: nodes.Node, what: str) -> TemplateRefused:
        return refused(self.file.name, node, what)

    def printed(self, node: nodes.Expr, scope: Scope) -> tuple[str, bool]:
        """What stands in the page: constant HTML and true, or an expression that gives HTML and false."""
        plain = self.plain(node)
        if plain is not None:
            return str(escape(plain)), True
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            branches = (self.printed(branch, scope) for branch in (node.expr1, node.expr2))
            yes, no = (literal(html) if constant else html for html, constant in branches)
            return f"({self.test(node.test, scope)} ? {yes} : {no})", False
        if isinstance(node, nodes.Call) and (macro := self.macro_call(node, scope)) is not None:
            return macro, False
        return f"r.print({self.value(node, scope)})", False

    def plain(self, node: nodes.Expr) -> str | None:
        """The text of an expression that is the same for every record."""
        if isinstance(node, nodes.Const) and isinstance(node.value, str | int | None):
            return str(node.value)
        if isinstance(node, nodes.Name) and node.name == "locale":
            return self.locale
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            if node.node.name == "asset":
                return self.asset(node)
            if node.node.name == "_" and not node.kwargs:
                return self.translate(sentence_of(node, self.file.name))
        return None

    def test(self, node: nodes.Expr, scope: Scope) -> str:
        """An expression that is JavaScript's `true` exactly where Python finds the value true."""
        if isinstance(node, nodes.Not):
            return f"!{self.test(node.node, scope)}"
        if isinstance(node, nodes.And | nodes.Or):
            sign = "&&" if isinstance(node, nodes.And) else "||"
            return f"({self.test(node.left, scope)} {sign} {self.test(node.right, scope)})"
        if isinstance(node, nodes.Compare | nodes.Test) or self._is_loop_end(node):
            return self.value(node, scope)
        return f"r.truth({self.value(node, scope)})"

    def value(self, node: nodes.Expr, scope: Scope) -> str:
        plain = self.plain(node)
        if plain is not None and not isinstance(node, nodes.Const):
            return literal(plain)
        match node:
            case nodes.Const():
                return self.constant(node)
            case nodes.Name():
                return self.name(node, scope)
            case nodes.List() | nodes.Tuple():
                return "[" + ", ".join(self.value(item, scope) for item in node.items) + "]"
            case nodes.Getattr():
                return self.attribute(node, scope)
            case nodes.Getitem():
                return f"r.get({self.value(node.node, scope)}, {self.value(node.arg, scope)})"
            case nodes.Compare():
                return self.comparison(node, scope)
            case nodes.And():
                return f"r.and({self.value(node.left, scope)}, () => {self.value(node.right, scope)})"
            case nodes.Or():
                return f"r.or({self.value(node.left, scope)}, () => {self.value(node.right, scope)})"
            case nodes.Not():
                return self.test(node, scope)
            case nodes.CondExpr():
                return self.choice(node, scope)
            case nodes.Add():
                return f"r.add({self.value(node.left, scope)}, {self.value(node.right, scope)})"
            case nodes.Sub():
                return f"r.subtract({self.value(node.left, scope)}, {self.value(node.right, scope)})"
            case nodes.Neg():
                return f"r.subtract(0, {self.value(node.node, scope)})"
            case nodes.Concat():
                return "r.join([" + ", ".join(self.value(part, scope) for part in node.nodes) + "])"
            case nodes.Filter():
                return self.filtered(node, scope)
            case nodes.Test():
                return self.tested(node, scope)
            case nodes.Call():
                return self.call(node, scope)
        raise self.refuse(node, f"the phone's templates know no {type(node).__name__}")

    def constant(self, node: nodes.Const) -> str:
        if not isinstance(node.value, str | int | None) or (isinstance(node.value, int) and node.value > LARGEST):
            raise self.refuse(node, f"{node.value!r} is neither text, a whole number, true, false nor none")
        return literal(node.value)

    def name(self, node: nodes.Name, scope: Scope) -> str:
        found = scope.find(node.name)
        if found is not None:
            variable = found.names[node.name]
            return f"r.have({variable}, {literal(node.name)})" if node.name in found.unsure else variable
        if node.name in RESERVED or node.name in self.file.callables or node.name in self.file.modules:
            raise self.refuse(node, f"{node.name} cannot be read as a value")
        if not scope.sees_record:
            raise self.refuse(node, f"{node.name} is not an argument of this macro, and it sees nothing else")
        return f"r.have(names.{node.name}, {literal(node.name)})"

    def attribute(self, node: nodes.Getattr, scope: Scope) -> str:
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            around = scope.loop_around
            if around is None or node.attr not in LOOP_WORDS:
                raise self.refuse(node, f"loop.{node.attr} is not known here")
            return LOOP_WORDS[node.attr].format(*around)
        if node.attr in DICT_METHODS:
            raise self.refuse(node, f'.{node.attr} is a method to Jinja: write ["{node.attr}"]')
        return f"r.get({self.value(node.node, scope)}, {literal(node.attr)})"

    def comparison(self, node: nodes.Compare, scope: Scope) -> str:
        if len(node.ops) != 1:
            raise self.refuse(node, "one comparison at a time")
        operand = node.ops[0]
        sides = self.value(node.expr, scope), self.value(operand.expr, scope)
        return "(" + COMPARISONS[operand.op].format(*sides) + ")"

    def choice(self, node: nodes.CondExpr, scope: Scope) -> str:
        if node.expr2 is None:
            raise self.refuse(node, "an inline if needs its else")
        yes, no = self.value(node.expr1, scope), self.value(node.expr2, scope)
        return f"({self.test(node.test, scope)} ? {yes} : {no})"

    def filtered(self, node: nodes.Filter, scope: Scope) -> str:
        if node.name not in FILTERS or node.node is None:
            raise self.refuse(node, f"there is no filter {node.name} on the phone")
        function, count, takes_locale = FILTERS[node.name]
        if len(node.args) != count or node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self.refuse(node, f"{node.name} takes {count} arguments")
        parts = [self.value(part, scope) for part in (node.node, *node.args)]
        return f"{function}({', '.join([*parts, literal(self.locale)] if takes_locale else parts)})"

    def tested(self, node: nodes.Test, scope: Scope) -> str:
        if node.name != "none":
            raise self.refuse(node, f"there is no test “is {node.name}” on the phone")
        return f"({self.value(node.node, scope)} === null)"

    def call(self, node: nodes.Call, scope: Scope) -> str:
        if isinstance(node.node, nodes.Name) and node.node.name == "_":
            sentence = self.translate(sentence_of(node, self.file.name))
            values = (f"{value.key}: {self.value(value.value, scope)}" for value in node.kwargs)
            return f"r.say({literal(sentence)}, {{ {', '.join(values)} }})"
        macro = self.macro_call(node, scope)
        if macro is None:
            raise self.refuse(node, "only macros, _() and asset() can be called")
        return f"new r.Markup({macro})"

    def asset(self, node: nodes.Call) -> str:
        if len(node.args) != 1 or node.kwargs or not isinstance(node.args[0], nodes.Const):
            raise self.refuse(node, "asset() takes one plain string")
        return f"/static/{RELEASE_PLACE}/{node.args[0].value}"

    def macro_call(self, node: nodes.Call, scope: Scope) -> str | None:
        """A call that gives HTML as a plain string, or None where no macro is called."""
        at: MacroAt | None = None
        if isinstance(node.node, nodes.Name) and scope.find(node.node.name) is None:
            at = self.file.callables.get(node.node.name)
        elif isinstance(node.node, nodes.Getattr) and isinstance(node.node.node, nodes.Name):
            module = node.node.node.name
            if scope.find(module) is None and module in self.file.modules:
                at = MacroAt(self.file.modules[module], node.node.attr)
        if at is None:
            return None
        function, macro = self.call_macro(at, node, self.file.name)
        return f"{function}({', '.join(self.arguments(node, macro, scope))})"

    def arguments(self, node: nodes.Call, macro: nodes.Macro, scope: Scope) -> list[str]:
        names = [argument.name for argument in macro.args]
        if node.dyn_args is not None or node.dyn_kwargs is not None or len(node.args) > len(names):
            raise self.refuse(node, f"{macro.name} takes {', '.join(names) or 'nothing'}")
        given: dict[str, nodes.Expr] = dict(zip(names, node.args, strict=False))
        for value in node.kwargs:
            if value.key in given or value.key not in names:
                raise self.refuse(node, f"{macro.name} takes no {value.key} here")
            given[value.key] = value.value
        defaults = dict(zip(reversed(names), reversed(macro.defaults), strict=False))
        if missing := [name for name in names if name not in given and name not in defaults]:
            raise self.refuse(node, f"{macro.name} needs {', '.join(missing)}")
        return [self.value(given[name] if name in given else defaults[name], scope) for name in names]

    def _is_loop_end(self, node: nodes.Expr) -> bool:
        return (
            isinstance(node, nodes.Getattr)
            and isinstance(node.node, nodes.Name)
            and node.node.name == "loop"
            and node.attr in ("first", "last")
        )
