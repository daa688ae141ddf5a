"""Kinds of issue: the tenant's list, those of one meeting, and what staff may know of a cohort."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cohorts.models import IssueTag, IssueTally, MeetingTag, SetMeeting
from cohorts.models.issue_tag import FEWEST_MEETINGS

# Of the programmes that asked for it, until a tenant writes its own.
FIRST = (_("Engaging people"), _("Senior buy-in"), _("Influencing others"))


def tags_in_use() -> list[IssueTag]:
    return list(IssueTag.objects.filter(retired=False))


def tags_of(meeting: SetMeeting) -> set[str]:
    """Public ids, for those who may read them: to everybody else none."""
    return set(MeetingTag.objects.filter(meeting=meeting).values_list("tag__public_id", flat=True))


@dataclass(frozen=True)
class TagCount:
    """`meetings` None: at too few to say, or at none, which looks the same."""

    name: str
    meetings: int | None


def tag_counts(cohort_id: int) -> list[TagCount]:
    """Every tag of the tenant. Facilitators read no more here than staff do."""
    rows = IssueTally.objects.filter(cohort_id=cohort_id, meetings__gte=FEWEST_MEETINGS)
    known = dict(rows.values_list("tag_id", "meetings"))
    return [
        TagCount(tag.name, known.get(tag.pk)) for tag in IssueTag.objects.all() if tag.pk in known or not tag.retired
    ]
