"""What people settle for themselves, and who adds others, gives them roles and lets them go.

Nobody changes their own level. A role is never changed: it is ended, and another one is given.
"""

from collections.abc import Callable, Mapping
from typing import Any

from server.decisions import Decision, Facts, Happened, Needs, Touch, Write
from server.people.roles import Role, administers, may_give
from server.refusals import Refusal

# What the loader found: `server.people.minding.PeopleMinded`.
Known = Any
# A chain has one place, an area one, a store one.
LEVELS_OF_AREAS, LEVEL_OF_THE_CHAIN = 4, 5


def needs(op: Happened) -> Needs:
    if op.kind == "person.prefer":
        return Needs()
    # Rows get their ids one after another, so all who mind people go through one gate.
    return Needs(buckets={"chain"})


def decide(op: Happened, facts: Facts) -> Decision:
    if op.kind == "person.prefer":
        return _prefer(op, facts)
    given = {name: value for name, value in op.args.items() if value is not None}
    return _RULES[op.kind](given, op, facts)


def _prefer(op: Happened, facts: Facts) -> Decision:
    preferences: dict[str, str | int] = {}
    if locale := op.args.get("locale"):
        preferences["locale"] = locale
    if store := op.args.get("store"):
        if store not in facts.areas:
            raise Refusal("store_unknown")
        if not any(role.holds(op.at) and role.covers(store, facts.areas[store]) for role in facts.roles.get(op.by, [])):
            raise Refusal("store_not_yours")
        preferences["store_id"] = store
    return Decision(preferences=preferences)


def _save(given: dict[str, Any], op: Happened, facts: Facts) -> Decision:
    known, person = facts.minded, given.get("person")
    mine = facts.roles.get(op.by, [])
    if person:
        before = _person(known)
        # A manager may mend a name; what somebody signs in with is an administrator's to change.
        renamed = given.get("username", before["username"]) != before["username"]
        if not administers(mine, op.at) and (renamed or not _minds_all(op, facts)):
            raise Refusal("not_allowed")
    else:
        _may_add(op, facts)
        for name in ("username", "name", "locale"):
            if not given.get(name):
                raise Refusal("field_missing", field=name)
        before = dict(known.nobody)
    after: dict[str, Any] = {
        **before,
        **{name: given[name] for name in ("username", "name", "locale") if name in given},
    }
    if "store" in given:
        if given["store"] not in facts.areas:
            raise Refusal("store_unknown")
        after["store_id"] = given["store"]
    if not after["name"]:
        raise Refusal("field_missing", field="name")
    if not known.username_sound:
        raise Refusal("field_wrong", field="username")
    if known.username_taken:
        raise Refusal("username_taken", username=after["username"])
    if after == before:
        return Decision()
    return _written(person or known.fresh, after)


def _may_add(op: Happened, facts: Facts) -> None:
    """Whoever may give somebody a role may add them; without a role they see nothing."""
    mine = facts.roles.get(op.by, [])
    if not any(role.holds(op.at) and role.level >= 3 for role in mine):
        raise Refusal("not_allowed")


def _archive(_given: dict[str, Any], op: Happened, facts: Facts) -> Decision:
    """Ends what they hold and where they are signed in; what they did keeps their name."""
    known, before = facts.minded, _person(facts.minded)
    if known.person == op.by:
        raise Refusal("own_level")
    if not _minds_all(op, facts):
        raise Refusal("not_allowed")
    if before["archived_at"] is not None:
        return Decision()
    ended = {"archived_at": op.at, "password_hash": known.no_password, "password_expires_at": None}
    decision = _written(known.person, {**before, **ended})
    for number, role in known.roles.items():
        if role.valid_to is None or role.valid_to > op.at:
            decision.writes.append(_role_write(number, known.person, role, max(op.at, role.valid_from)))
    decision.writes += [Write("sessions", {"token_hash": session}, None) for session in known.sessions]
    return decision


def _restore(_given: dict[str, Any], op: Happened, facts: Facts) -> Decision:
    before = _person(facts.minded)
    if not administers(facts.roles.get(op.by, []), op.at):
        raise Refusal("not_allowed")
    if before["archived_at"] is None:
        return Decision()
    return _written(facts.minded.person, {**before, "archived_at": None})


def _grant(given: dict[str, Any], op: Happened, facts: Facts) -> Decision:
    known, level = facts.minded, given["level"]
    store, area = given.get("store"), given.get("area")
    if _person(known)["archived_at"] is not None:
        raise Refusal("person_archived")
    _check_place(known, facts, level, store, area)
    _may_give(op, facts, level, store, area)
    role = Role(level, store, area, given.get("from", op.at), given.get("to"))
    if role.valid_to is not None and role.valid_to <= role.valid_from:
        raise Refusal("field_wrong", field="ends")
    if role.valid_from < op.at and not administers(facts.roles.get(op.by, []), op.at):
        # Who may, must have been allowed to then; only an administrator writes down what was forgotten.
        raise Refusal("field_wrong", field="begins")
    if any(_same(role, held) for held in known.roles.values()):
        raise Refusal("role_held")
    return Decision(
        writes=[_role_write(known.fresh, known.person, role, role.valid_to)],
        touched=[Touch(f"user:{known.person}", "me")],
    )


def _check_place(known: Known, facts: Facts, level: int, store: int | None, area: int | None) -> None:
    """A store up to level 3, an area up to level 4, the whole chain for levels 4 and 5."""
    if store is not None and area is not None:
        raise Refusal("field_wrong", field="store")
    if level < LEVELS_OF_AREAS and store is None and area is None:
        raise Refusal("field_missing", field="store")
    if (level >= LEVELS_OF_AREAS and store is not None) or (level == LEVEL_OF_THE_CHAIN and area is not None):
        raise Refusal("level_has_no_store")
    if store is not None and store not in facts.areas:
        raise Refusal("store_unknown")
    if area is not None and area not in known.areas:
        raise Refusal("area_unknown")


def _end(given: dict[str, Any], op: Happened, facts: Facts) -> Decision:
    known = facts.minded
    if given["role"] not in known.roles:
        raise Refusal("role_unknown")
    role = known.roles[given["role"]]
    _may_give(op, facts, role.level, role.store_id, role.area_id)
    at = max(given.get("at", op.at), op.at)
    if role.valid_to is not None and role.valid_to <= at:
        raise Refusal("role_ended")
    return Decision(
        writes=[_role_write(given["role"], known.person, role, max(at, role.valid_from))],
        touched=[Touch(f"user:{known.person}", "me")],
    )


def _may_give(op: Happened, facts: Facts, level: int, store: int | None, area: int | None) -> None:
    if facts.minded.person == op.by:
        raise Refusal("own_level")
    if not may_give(facts.roles.get(op.by, []), level, store, area, facts.areas, op.at):
        raise Refusal("not_allowed")


def _minds_all(op: Happened, facts: Facts) -> bool:
    """Whether every role that the person holds now or will hold is the asking one's to give."""
    mine = facts.roles.get(op.by, [])
    held = [role for role in facts.minded.roles.values() if role.valid_to is None or role.valid_to > op.at]
    if administers(mine, op.at):
        return True
    return bool(held) and all(
        may_give(mine, role.level, role.store_id, role.area_id, facts.areas, op.at) for role in held
    )


def _same(role: Role, held: Role) -> bool:
    """The same level at the same place, at the same time."""
    if (role.level, role.store_id, role.area_id) != (held.level, held.store_id, held.area_id):
        return False
    begins_in_time = held.valid_to is None or role.valid_from < held.valid_to
    return begins_in_time and (role.valid_to is None or held.valid_from < role.valid_to)


def _person(known: Known) -> dict[str, Any]:
    if known.row is None:
        raise Refusal("person_unknown")
    found: dict[str, Any] = known.row
    return found


def _written(person: int, row: Mapping[str, Any]) -> Decision:
    return Decision(writes=[Write("people", {"id": person}, dict(row))], touched=[Touch(f"user:{person}", "me")])


def _role_write(number: int, person: int, role: Role, valid_to: int | None) -> Write:
    place = {"store_id": role.store_id, "area_id": role.area_id}
    held = {"person_id": person, "level": role.level, **place, "valid_from": role.valid_from, "valid_to": valid_to}
    return Write("roles", {"id": number}, held)


_RULES: Mapping[str, Callable[[dict[str, Any], Happened, Facts], Decision]] = {
    "person.save": _save,
    "person.archive": _archive,
    "person.restore": _restore,
    "role.grant": _grant,
    "role.end": _end,
}
