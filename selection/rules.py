"""Who may, in selection."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.errors import NotAllowed
from tenancy.rules import Rule, by_link, cohort_of, rule, staff

ENDORSE = "endorse"
INTEREST = "interest"
NOMINATE = "nominate"


@rule
def applicant(actor: Actor, obj: Any) -> bool:
    """The application's own applicant, signed in."""
    application = getattr(obj, "application", obj)
    return actor.kind == "person" and getattr(application, "applicant_id", None) == actor.person_id


@rule
def endorser(actor: Actor, obj: Any) -> bool:
    """The person asked to endorse: by link, or signed in as that person. For an application, any of its endorsers."""
    if actor.person_id is None:
        return False
    if hasattr(obj, "endorser_id"):
        return bool(obj.endorser_id == actor.person_id)
    return obj is not None and obj.endorsements.filter(endorser_id=actor.person_id).exists()


@rule
def interested(actor: Actor, obj: Any) -> bool:
    """Whose expression of interest it is: by the link sent for it, or signed in."""
    if actor.person_id is None or getattr(obj, "person_id", None) != actor.person_id:
        return False
    return actor.kind == "person" or (actor.kind == "link" and actor.purpose == INTEREST)


@rule
def nominator(actor: Actor, obj: Any) -> bool:
    """The senior leader a link to nominate was made for, and what they write on its page."""
    return actor.kind == "link" and actor.purpose == NOMINATE and getattr(obj, "person_id", None) == actor.person_id


@rule
def assessor(actor: Actor, obj: Any) -> bool:
    """The person an allocation names."""
    return actor.kind == "person" and getattr(obj, "assessor_id", None) == actor.person_id


@rule
def assessing(actor: Actor, obj: Any) -> bool:
    """The assessor an allocation names, unless it was taken back: a conflict closes the page at once."""
    return assessor(actor, obj) and obj.withdrawn_at is None


@rule
def observing(actor: Actor, obj: Any) -> bool:
    """Who watches one exercise of an assessment centre, unless their part was taken back."""
    return actor.kind == "person" and getattr(obj, "person_id", None) == actor.person_id and obj.withdrawn_at is None


@rule
def observer_of_place(actor: Actor, obj: Any) -> bool:
    """Whoever watches anything of one applicant's way through an assessment centre."""
    if actor.kind != "person" or obj is None:
        return False
    return bool(obj.observers.filter(person_id=actor.person_id, withdrawn_at__isnull=True).exists())


@rule
def assessor_of_round(actor: Actor, obj: Any) -> bool:
    """Assessor for the round's cohort, or holder of a piece of its pile."""
    if actor.kind != "person" or obj is None:
        return False
    if actor.has_role("assessor", cohort_id=obj.cohort_id):
        return True
    from selection.models import AssessorAllocation

    return AssessorAllocation.objects.filter(
        assessor_id=actor.person_id, application__round=obj, withdrawn_at__isnull=True
    ).exists()


@rule
def file_assessor(actor: Actor, obj: Any) -> bool:
    """An assessor of an application (with its `question`) who may read the file given for it."""
    from selection.selectors.application_files import assessor_reads

    return actor.kind == "person" and obj is not None and assessor_reads(obj, obj.question, actor.person_id)


@rule
def chair(actor: Actor, obj: Any) -> bool:
    """The person who chairs moderation of the round, or of the application's round."""
    round_ = getattr(obj, "round", obj)
    return (
        actor.kind == "person" and actor.person_id is not None and getattr(round_, "chair_id", None) == actor.person_id
    )


def require(permission: Rule, actor: Actor, obj: Any) -> None:
    """A service's own check of who may; named system jobs pass, as in transition()."""
    if actor.kind != "system" and not permission(actor, obj):
        raise NotAllowed(_("You can’t do this."))


system = Rule("system", lambda actor, obj: actor.kind == "system")
staff_or_system = staff | system
moderator = staff | chair
file_reader = applicant | staff | file_assessor
endorser_by_link = by_link(ENDORSE)
interested_by_link = by_link(INTEREST)
nominator_by_link = by_link(NOMINATE)

__all__ = [
    "ENDORSE",
    "INTEREST",
    "NOMINATE",
    "applicant",
    "assessing",
    "assessor",
    "assessor_of_round",
    "chair",
    "cohort_of",
    "endorser",
    "endorser_by_link",
    "file_reader",
    "interested",
    "interested_by_link",
    "moderator",
    "nominator",
    "nominator_by_link",
    "observer_of_place",
    "observing",
    "require",
    "staff",
    "staff_or_system",
]
