from collections.abc import Mapping
from typing import TypedDict

from server.admin.pages import AdminFrame, admin_frame
from server.page_frame import Problem
from server.policies.values import CHOICES, LEVELS, spelled
from server.visits import Visit
from sync.forms import Fields, one, stripped


class PolicyPage(TypedDict):
    """`/admin/policies`. `form` holds what the fields say, `was` what stood in the book when the page was filled: names
    of policies, each spelled as `server.policies.values` says; `limits` are the parts of `adjust_limits`. `overtaken`
    names what somebody else changed meanwhile.
    """

    admin: AdminFrame
    operation_id: str
    form: dict[str, str]
    was: dict[str, str]
    limits: list[str]
    overtaken: str
    problem: Problem | None


async def policy_page(visit: Visit) -> PolicyPage | None:
    admin = await admin_frame(visit, "policies")
    if admin is None:
        return None
    was = {name: spelled(getattr(visit.chain.policies, name)) for name in CHOICES}
    form = was if visit.form is None else typed(visit.form)
    problem = visit.problem
    return PolicyPage(
        admin=admin,
        operation_id=visit.mint(),
        form=form,
        was=was,
        limits=(form["adjust_limits"].split(" ") + [""] * len(LEVELS))[: len(LEVELS)],
        overtaken=str(problem["params"]["field"]) if problem and problem["code"] == "field_overtaken" else "",
        problem=problem,
    )


def typed(fields: Fields) -> dict[str, str]:
    """What the form says of each policy; a box that is not ticked says no."""
    return {name: _typed(fields, name, choice.shape) for name, choice in CHOICES.items()}


def _typed(fields: Fields, name: str, shape: str) -> str:
    if shape == "limits":
        return " ".join(stripped(one(fields, f"{name}_{level}")) for level in LEVELS)
    text = stripped(one(fields, name))
    return text or {"flag": "no", "text": "none"}.get(shape, "")


def changes(fields: Fields) -> Mapping[str, tuple[str, str]]:
    """Of each policy that was changed on the page: what was chosen, and what stood there before."""
    found = {name: (value, one(fields, f"was_{name}")) for name, value in typed(fields).items()}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}
