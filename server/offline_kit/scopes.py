"""Which name means what at a place of a template, the way Jinja decides it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from jinja2 import nodes


@dataclass
class Scope:
    """A stretch of a template with names of its own: the top level, a block, a macro or one round of a loop.

    `names` maps a template's name to the JavaScript variable, `unsure` holds those that a `set` in a branch may have
    left out. In a macro nothing of the record is seen.
    """

    kind: Literal["root", "block", "macro", "loop"]
    outer: "Scope | None" = None
    names: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    root_sets: frozenset[str] = frozenset()
    loop: tuple[str, str] | None = None

    def find(self, name: str) -> "Scope | None":
        """The innermost scope that has the name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    @property
    def function(self) -> "Scope":
        return self if self.outer is None else self.outer.function

    @property
    def sees_record(self) -> bool:
        return self.function.kind != "macro"

    @property
    def loop_around(self) -> tuple[str, str] | None:
        """The variables of the list and of the place in it."""
        return self.loop or (self.outer.loop_around if self.outer is not None else None)

    def visible(self) -> dict[str, str]:
        around = self.outer.visible() if self.outer is not None else {}
        return {**around, **self.names}


def sets_in(body: Iterable[nodes.Node]) -> Iterator[nodes.Assign]:
    """The `set`s of one scope, those in its branches included, those of loops and blocks within it left out."""
    for node in body:
        if isinstance(node, nodes.Assign):
            yield node
        elif isinstance(node, nodes.If):
            yield from sets_in([*node.body, *node.elif_, *node.else_])
