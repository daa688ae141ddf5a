"""People as staff see them: roles, employers, places."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort, Participation
from cohorts.selectors import staff_cohorts
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from mentoring.models import MentorMatch
from portal.forms.people import EmployerChangeForm, RoleGiveForm
from selection.models import Application, SelectionRound
from selection.selectors.record import accesses_of_person
from selection.views.record import ReadersList
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Access, Change, Employment, Person, Role, RoleAssignment
from tenancy.names import sort_key
from tenancy.rules import any_staff, staff_of_person
from tenancy.selectors import open_roles, people_for_staff, people_with_reach
from tenancy.services.people import change_employer, person_by_email
from tenancy.services.roles import GIVEN_BY_HAND, RoleScope, assign_role, end_assignment, reaches
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any) -> Page:
    """The page of a list that the address asks for: 50 rows, or up to 500 with ?per_page=."""
    asked = request.GET.get("per_page", "")
    size = min(max(int(asked), 1), 500) if asked.isdecimal() else PER_PAGE
    return Paginator(rows, size).get_page(request.GET.get("page"))


class PersonListView(Downloads, TenantPage):
    """Search by any part of a name, in any order of its words, accents and case aside; or by address."""

    permission = any_staff
    template_name = "tenancy/person_list.html"

    def rows(self) -> QuerySet:
        people = people_for_staff(self.actor)
        words = self.request.GET.get("q", "").strip()
        for word in sort_key(words).split():
            people = people.filter(Q(sort_key__contains=word) | Q(email__icontains=word))
        role = self.request.GET.get("role", "")
        now_open = Q(roles__valid_to__isnull=True) | Q(roles__valid_to__gt=timezone.now())
        if role in Role.values:
            people = people.filter(pk__in=open_roles().filter(role=role).values("person_id"))
        return (
            people.annotate(role_names=ArrayAgg("roles__role", filter=now_open & Q(roles__isnull=False), distinct=True))
            .order_by("sort_key", "pk")
            .values("public_id", "name", "email", "job_title", "role_names", employer=F("organisation__name"))
        )

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Name"), "name"),
            Column(_("Organisation"), "employer"),
            Column(_("Roles"), roles_of),
            Column(_("Email"), "email"),
        )
        return Sheet(_("People"), columns, self.rows())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(self.request, self.rows())
        for row in page.object_list:
            row["roles"] = roles_of(row)
        return super().get_context_data(
            page_obj=page,
            q=self.request.GET.get("q", ""),
            role=self.request.GET.get("role", ""),
            roles=Role.choices,
            of_whole_tenant=self.actor.has_role(Role.STAFF),
            **kwargs,
        )


def roles_of(row: dict[str, Any]) -> str:
    return ", ".join(str(Role(role).label) for role in row["role_names"] or [])


class PersonView(TenantView):
    """What the pages about one person have in common."""

    permission = staff_of_person

    def get_object(self) -> Person:
        return self.find(Person, queryset=self.people())  # type: ignore[no-any-return]

    def people(self) -> QuerySet[Person]:
        return people_with_reach(self.actor).select_related("organisation", "line_manager")

    @cached_property
    def scopes(self) -> list[RoleScope]:
        """Where this member of staff may give roles."""
        whole = [RoleScope("", _("The whole of this portal"))] if self.actor.has_role(Role.STAFF) else []
        return whole + [RoleScope(f"cohort:{c.public_id}", str(c), cohort_id=c.pk) for c in staff_cohorts(self.actor)]

    @property
    def person_href(self) -> str:
        return reverse(
            "tenancy:person-detail", kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        )


class PersonReadersView(PersonView, ReadersList):
    """Who opened or downloaded what about somebody, over all their applications that this member of staff may see."""

    def accesses(self) -> QuerySet[Access]:
        return accesses_of_person(self.object, staff_cohorts(self.actor))

    def about(self) -> str:
        return self.object.name

    def heading(self) -> str:
        return _("Who has read or downloaded what about %(name)s") % {"name": self.object.name}

    def back_href(self) -> str:
        return self.person_href


class PersonDetailView(PersonView, Recorded, TenantPage):
    template_name = "tenancy/person_detail.html"
    recorded_what = gettext_lazy("Person’s page")
    recorded_role = gettext_lazy("Programme staff")

    def people(self) -> QuerySet[Person]:
        """With where they worked."""
        columns = {name: name for name in ("job_title", "from_date", "to_date")}
        told = JSONObject(organisation="organisation__name", **columns)
        jobs = Employment.objects.filter(person=OuterRef("pk")).order_by("-from_date").values(told=told)
        return super().people().annotate(jobs=ArraySubquery(jobs))

    def recorded_subject(self) -> Person | None:
        return None if self.object.pk == self.actor.person_id else self.object

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        roles = list(
            RoleAssignment.objects.filter(person=self.object)
            .select_related("programme", "cohort__programme")
            .order_by("valid_to", "-valid_from")
        )
        for row in roles:
            row.is_open = row.valid_to is None or row.valid_to > now
            programme_id = row.programme_id or (row.cohort.programme_id if row.cohort else None)
            row.may_end = (
                row.is_open
                and row.role in GIVEN_BY_HAND
                and reaches(self.actor, cohort_id=row.cohort_id, programme_id=programme_id)
            )
        cohorts = staff_cohorts(self.actor)
        places = Participation.objects.filter(person=self.object, cohort__in=cohorts)
        applications = Application.objects.filter(applicant=self.object, cohort__in=cohorts)
        matches = MentorMatch.objects.filter(Q(mentor=self.object) | Q(mentee=self.object), cohort__in=cohorts)
        return super().get_context_data(
            person=self.object,
            roles=roles,
            places=places.select_related("cohort__programme", "organisation"),
            applications=applications.select_related("cohort__programme", "offer").order_by("-created_at"),
            assessed=assessed_by_round(self.object, cohorts),
            matches=matches.select_related("cohort__programme", "mentor", "mentee").order_by("-proposed_at"),
            employments=[
                job | {day: date.fromisoformat(job[day]) for day in ("from_date", "to_date") if job[day]}
                for job in self.object.jobs
            ],
            changes=Change.objects.filter(
                subject_kind=self.object._meta.label, subject_id=self.object.public_id
            ).order_by("-at")[:20],
            **kwargs,
        )


def assessed_by_round(person: Person, cohorts: QuerySet[Cohort]) -> QuerySet[SelectionRound, dict[str, Any]]:
    """The rounds in which somebody assessed or does, with how much of it is finished."""
    return (
        SelectionRound.objects.filter(applications__allocations__assessor=person, cohort__in=cohorts)
        .annotate(
            given=Count("applications__allocations", filter=Q(applications__allocations__assessor=person)),
            finished=Count(
                "applications__allocations",
                filter=Q(
                    applications__allocations__assessor=person, applications__allocations__finished_at__isnull=False
                ),
            ),
        )
        .order_by("-opens_at")
        .values("public_id", "given", "finished", "opens_at", "cohort__name", "cohort__programme__name")
    )


class RoleGiveView(PersonView, ServiceFormView):
    form_class = RoleGiveForm
    page_heading = gettext_lazy("Give a role")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "scopes": self.scopes}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.name, back_href=self.person_href, **kwargs)

    def get_success_url(self) -> str:
        return self.person_href

    def act(self, data: dict[str, Any]) -> None:
        assignment = assign_role(person=self.object, by=self.actor, **data)
        messages.success(
            self.request,
            _("%(name)s is now %(role)s.") % {"name": self.object.name, "role": assignment.get_role_display().lower()},
        )


class RoleEndView(PersonView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = RoleAssignment.objects.filter(person=self.object, valid_to__isnull=True)
        assignment = self.find(RoleAssignment, "role", queryset=row.select_related("person", "cohort"))
        try:
            end_assignment(assignment=assignment, by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The role has ended."))
        return redirect(self.person_href)


class EmployerChangeView(PersonView, ServiceFormView):
    form_class = EmployerChangeForm
    page_heading = gettext_lazy("Change employer")

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.name, back_href=self.person_href, **kwargs)

    def get_success_url(self) -> str:
        return self.person_href

    def act(self, data: dict[str, Any]) -> None:
        if data["email"] and (twin := person_by_email(data["email"])) is not None and twin.pk != self.object.pk:
            raise Refused(_("Someone else here has this address."), field="email")
        change_employer(person=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s’s employer has been changed.") % {"name": self.object.name})
