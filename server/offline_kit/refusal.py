"""What stops the start: a template that the phone could not render as the hub does."""

from collections.abc import Sequence

from jinja2 import nodes

from server.refusals import NotPossible


class TemplateRefused(NotPossible):
    """Names the file, the line and what stands there; `problems` holds all that were found at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def refused(file_name: str, where: nodes.Node | int, what: str) -> TemplateRefused:
    return TemplateRefused([f"web/{file_name}:{_line(where)}: {what}"])


def _line(where: nodes.Node | int) -> int:
    """Jinja gives some statements no line of their own; what they hold has one."""
    if isinstance(where, int):
        return where
    lines = (node.lineno for node in (where, *where.find_all(nodes.Node)))
    return next((line for line in lines if line), 1)
