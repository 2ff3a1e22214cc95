"""A refusal is the shop saying no: a code and its figures; `web/sentences.html` makes the sentence a reader sees."""


class Refusal(Exception):  # noqa: N818 -- a refusal is no error of the program
    """Rules raise or return it; a route answers with 422, the door with a verdict.

    `code` is one of the codes in `web/sentences.html`, `params` are whole numbers or ready names.
    """

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, int | str] = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.params) == (other.code, other.params)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items()))))

    def __repr__(self) -> str:
        return f"Refusal({', '.join([repr(self.code), *(f'{name}={value!r}' for name, value in self.params.items())])})"


class NotPossible(Exception):  # noqa: N818 -- a foreseen end of a command, no bug
    """A command cannot do what was asked; its text is the sentence that the person at the terminal reads."""
