"""Who may: predicates of (actor, object), composed with | and &.

A view names one as its `permission`; a service checks the same one; a list selector filters by its twin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tenancy.actors import Actor

Predicate = Callable[[Actor, Any], bool]


class Rule:
    """A named predicate. `needs_sign_in` is False only for pages that anybody, or a link-holder, may open."""

    def __init__(self, name: str, test: Predicate, *, needs_sign_in: bool = True, purpose: str = "") -> None:
        self.name = name
        self.test = test
        self.needs_sign_in = needs_sign_in
        self.purpose = purpose

    def __call__(self, actor: Actor, obj: Any = None) -> bool:
        return bool(self.test(actor, obj))

    def __or__(self, other: Rule) -> Rule:
        return Rule(
            f"{self.name} or {other.name}",
            lambda actor, obj: self(actor, obj) or other(actor, obj),
            needs_sign_in=self.needs_sign_in and other.needs_sign_in,
            purpose=self.purpose or other.purpose,
        )

    def __and__(self, other: Rule) -> Rule:
        return Rule(
            f"{self.name} and {other.name}",
            lambda actor, obj: self(actor, obj) and other(actor, obj),
            needs_sign_in=self.needs_sign_in or other.needs_sign_in,
            purpose=self.purpose or other.purpose,
        )

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


def rule(test: Predicate) -> Rule:
    """Decorator: the function's name, spaces for underscores, is the rule's name."""
    return Rule(test.__name__.replace("_", " "), test)


def cohort_of(obj: Any) -> int | None:
    """The cohort an object belongs to: its own `cohort_id`, or itself when it is a cohort."""
    if obj is None:
        return None
    if type(obj).__name__ == "Cohort":
        return int(obj.pk)
    return getattr(obj, "cohort_id", None)


def programme_of(obj: Any) -> int | None:
    if obj is None:
        return None
    if type(obj).__name__ == "Programme":
        return int(obj.pk)
    return getattr(obj, "programme_id", None)


def has_role(role: str) -> Rule:
    """Holds the role for the object's cohort or programme, or for the whole tenant."""
    return Rule(
        f"has role {role}",
        lambda actor, obj: (
            actor.kind == "person" and actor.has_role(role, cohort_id=cohort_of(obj), programme_id=programme_of(obj))
        ),
    )


def holds_role(role: str) -> Rule:
    """Holds the role anywhere in the tenant: enough to open a list that is itself filtered."""
    return Rule(f"holds role {role}", lambda actor, obj: actor.kind == "person" and actor.holds(role))


def by_link(purpose: str) -> Rule:
    """The holder of a live link made for this purpose; the view finds the object through the link."""
    return Rule(
        f"by link for {purpose}",
        lambda actor, obj: actor.kind == "link" and actor.purpose == purpose,
        needs_sign_in=False,
        purpose=purpose,
    )


anyone = Rule("anyone", lambda actor, obj: True, needs_sign_in=False)
member = Rule("member of the tenant", lambda actor, obj: actor.kind == "person")
staff = has_role("staff")
# Staff of any cohort may open the tenant-wide staff lists; the lists show what their rows reach.
any_staff = holds_role("staff")


@rule
def staff_of_person(actor: Actor, obj: Any) -> bool:
    """Staff who reach a person: of the whole tenant, or of something the person has or had a role in. Of somebody read by
    people_with_reach() for this actor it's known already."""
    from tenancy.selectors import people_for_staff

    if actor.kind != "person" or obj is None or not actor.holds("staff"):
        return False
    if actor.person_id is not None and getattr(obj, "asked_by", None) == actor.person_id:
        return bool(obj.reached)
    return people_for_staff(actor).filter(pk=obj.pk).exists()
