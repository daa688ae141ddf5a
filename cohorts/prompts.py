"""Questions that help somebody begin, by kind of entry: the portal's own, or what staff of the cohort put in their place."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, ReflectionKind, ReflectionPrompts
from tenancy.words import Words

OWN: dict[str, tuple[Words, ...]] = {
    ReflectionKind.TRIED: (
        _("What did I try, with whom, and what happened?"),
        _("What did I expect, and what was different?"),
        _("What will I do differently next time?"),
    ),
    ReflectionKind.LEARNED: (
        _("What surprised me about how others saw it?"),
        _("What did I believe this morning that I don’t believe now?"),
        _("Where at work will this matter first?"),
    ),
    ReflectionKind.QUESTION: (
        _("What can’t I do yet, and who could help?"),
        _("What am I avoiding?"),
        _("Whose view of this don’t I know?"),
    ),
    ReflectionKind.FREE: (_("What is on my mind?"), _("What would I tell a friend about this week?")),
}


def prompts_of(cohort: Cohort | None) -> dict[str, list[str]]:
    """The questions beside each kind of entry in this cohort."""
    said = dict(ReflectionPrompts.objects.filter(cohort=cohort).values_list("kind", "questions")) if cohort else {}
    return {kind: said[kind].splitlines() if said.get(kind) else [str(q) for q in OWN[kind]] for kind in OWN}
