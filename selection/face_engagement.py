"""What endorsers promised, for the person whom they endorsed. Their comment isn't part of it: that was written for those who choose."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.promises import Promise, promise_sources
from selection.models import Endorsement
from selection.states import EndorsementState


def promised(person_id: int, cohort_id: int) -> list[Promise]:
    rows = (
        Endorsement.objects.filter(
            application__applicant=person_id, application__cohort=cohort_id, state=EndorsementState.GIVEN
        )
        .select_related("endorser", "application")
        .order_by("pk")
    )
    return [Promise(row.endorser, row.get_kind_display(), row.answered_at, lines_of(row)) for row in rows]


def lines_of(row: Endorsement) -> tuple[str, ...]:
    lines = []
    if row.days_released:
        text = ngettext(
            "%(n)d day released for the programme", "%(n)d days released for the programme", row.days_released
        )
        lines.append(text % {"n": row.days_released})
    elif row.releases_time:
        lines.append(_("Time released for the programme"))
    if row.cover:
        lines.append(_("Cover while you’re away: %(cover)s") % {"cover": row.cover})
    if row.will_sponsor:
        lines.append(_("Sponsors you"))
    if row.will_fund:
        lines.append(_("Pays what taking part costs"))
    return tuple(lines)


promise_sources.register("selection.endorsements", promised)
