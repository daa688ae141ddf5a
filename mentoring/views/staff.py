"""Matching, by staff: who waits, who suits, who must not; and how much mentoring there is, in numbers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_side_navigation
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from mentoring.forms import MentorAddForm, ProposeForm
from mentoring.matching import Mentee, matching
from mentoring.models import MentorProfile
from mentoring.rules import any_staff, staff
from mentoring.selectors import hours, with_open_matches
from mentoring.services.matches import ensure_profiles, make_mentor, propose_match
from mentoring.states import MatchState
from mentoring.views.base import MentoringMixin
from tenancy.models import Person
from tenancy.services.people import ensure_account, ensure_person
from tenancy.views.base import TenantPage

COLOURS: dict[str, str] = {MatchState.PROPOSED: "yellow", MatchState.ACTIVE: "green"}


class CohortMixin(MentoringMixin):
    object: Cohort

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=Cohort.objects.select_related("programme"))


class MatchingView(CohortMixin, Downloads, TenantPage):
    permission = staff
    template_name = "mentoring/matching.html"

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Participant"), "person.name"),
            Column(_("Organisation"), "person.organisation.name"),
            Column(_("Would like"), lambda mentee: ", ".join(mentee.topics)),
            Column(_("Mentor"), "match.mentor.name"),
            Column(_("State"), lambda mentee: mentee.match.get_state_display() if mentee.match else None),
            Column(_("Suggested"), lambda mentee: mentee.best.mentor.person.name if mentee.best else None),
            Column(_("Held"), lambda mentee: mentee.match.held if mentee.match else 0, "number"),
            Column(_("Hours"), lambda mentee: hours(mentee.match.time_held) if mentee.match else 0, "number"),
        )
        return Sheet(f"{_('Mentor matching')}, {self.object.name}", columns, matching(self.object.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mentees = matching(self.object.pk)
        matches = [m.match for m in mentees if m.match]
        states = Counter(match.state for match in matches)
        return super().get_context_data(
            cohort=self.object,
            side_navigation=cohort_side_navigation(self.object, self.actor, self.request.tenant, self.request.path),
            rows=[self.row(m) for m in mentees],
            waiting=len(mentees) - len(matches),
            without=sum(m.match is None and m.best is None for m in mentees),
            proposed=states[MatchState.PROPOSED],
            active=states[MatchState.ACTIVE],
            held=sum(m.held for m in matches),  # type: ignore[attr-defined]
            hours=hours(sum((m.time_held or timedelta() for m in matches), timedelta())),  # type: ignore[attr-defined]
            **kwargs,
        )

    def row(self, mentee: Mentee) -> dict[str, Any]:
        match = mentee.match
        return {
            "person": mentee.person,
            "topics": ", ".join(mentee.topics),
            "match": match,
            "best": mentee.best,
            "colour": COLOURS.get(match.state, "") if match else "",
            "held": match.held if match else 0,  # type: ignore[attr-defined]
            "hours": hours(match.time_held) if match else 0,  # type: ignore[attr-defined]
        }


class MatchProposeView(CohortMixin, ServiceFormView):
    """One participant and every mentor: those who suit first, those who can't be with the reason."""

    permission = staff
    form_class = ProposeForm
    template_name = "mentoring/match_propose.html"
    mentee: Mentee

    def get_object(self) -> Cohort:
        cohort = super().get_object()
        self.person = Person.by_public_id(self.kwargs["person"])
        return cohort

    def load(self) -> Mentee:
        """After the permission has been checked: suggestions read conflicts of interest."""
        if not hasattr(self, "mentee"):
            found = matching(self.object.pk, person_id=self.person.pk)
            if not found:
                raise Http404
            self.mentee = found[0]
        return self.mentee

    def get_form_kwargs(self) -> dict[str, Any]:
        open_to = self.load().open_to
        mentors = [(s.mentor.person.public_id, f"{s.mentor.person.name}, {employer(s.mentor.person)}") for s in open_to]
        hints = {s.mentor.person.public_id: f"{s.why}; {s.places}" for s in open_to}
        return super().get_form_kwargs() | {"mentors": mentors, "hints": hints}

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("mentor") or (
            self.load().open_to[0].mentor.person.public_id if self.load().open_to else None
        )
        why = next((s.why for s in self.load().open_to if s.mentor.person.public_id == chosen and s.shared), "")
        return {"mentor": chosen, "reason": why[:1].upper() + why[1:]}

    def act(self, data: dict[str, Any]) -> None:
        mentor = Person.by_public_id(data["mentor"])
        propose_match(cohort=self.object, mentor=mentor, mentee=self.person, reason=data["reason"], by=self.actor)
        text = _("%(mentor)s has been asked, and %(mentee)s told.") % {
            "mentor": mentor.name,
            "mentee": self.person.name,
        }
        messages.success(self.request, text)

    def get_success_url(self) -> str:
        return self.url("matching", self.object.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mentee = self.load()
        heading = _("A mentor for %(name)s") % {"name": self.person.name}
        return super().get_context_data(
            mentee=mentee,
            barred=mentee.barred,
            page_heading=heading,
            caption=str(self.object),
            full=[s for s in mentee.suggestions if not s.bars and not s.possible],
            back_href=self.get_success_url(),
            **kwargs,
        )


def employer(person: Person) -> str:
    return person.organisation.name if person.organisation else _("no employer recorded")


class MentorListView(MentoringMixin, Downloads, ServiceFormView):
    """The pool of mentors, and a form to add one."""

    permission = any_staff
    form_class = MentorAddForm
    template_name = "mentoring/mentor_list.html"
    page_heading = gettext_lazy("Mentors")

    def act(self, data: dict[str, Any]) -> None:
        person, _made = ensure_person(
            name=data["name"], email=data["email"], job_title=data["job_title"], by=self.actor
        )
        make_mentor(person=person, pool=data["pool"], capacity=data["capacity"], by=self.actor)
        ensure_account(person=person)
        messages.success(self.request, _("%(name)s is a mentor now.") % {"name": person.name})

    def get_success_url(self) -> str:
        return self.url("mentor-list")

    def rows(self) -> Any:
        rows = with_open_matches(MentorProfile.objects.select_related("person__organisation__sector"))
        pool = self.request.GET.get("pool", "")
        return rows.filter(pool=pool) if pool in MentorProfile.Pool.values else rows

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Mentor"), "person.name"),
            Column(_("Job title"), "person.job_title"),
            Column(_("Organisation"), "person.organisation.name"),
            Column(_("Sector"), "person.organisation.sector.name"),
            Column(_("From"), lambda row: row.get_pool_display()),
            Column(_("Offers"), lambda row: ", ".join(row.topics)),
            Column(_("Mentees"), "open_matches", "number"),
            Column(_("Places"), "capacity", "number"),
            Column(_("Taking new mentees"), "taking_new", "yes"),
        )
        return Sheet(_("Mentors"), columns, self.rows())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ensure_profiles()
        rows, pool = self.rows(), self.request.GET.get("pool", "")
        size = 500 if self.request.GET.get("per_page") == "500" else 50
        page = Paginator(rows, size).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page_obj=page, pool=pool, pools=MentorProfile.Pool.choices, back_href=self.url("mentoring-home"), **kwargs
        )
