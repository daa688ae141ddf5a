"""People to turn to: the directory, and what one shows of oneself. Whom one doesn't find is a 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.acquaintance import acquainted
from cohorts.forms.directory import DirectoryForm, ThanksForm
from cohorts.models import Cohort, ShownTo
from cohorts.rules import in_directory
from cohorts.selectors.asks import open_to
from cohorts.selectors.directory import (
    cohorts_of,
    look_for,
    not_worked_with,
    of_cohort,
    people_found,
    profile_of,
    with_lines,
)
from cohorts.services.asks import say_thanks
from cohorts.services.directory import hide_profile, save_profile
from cohorts.views.base import page_of
from engine.views.service_form import ServiceFormView
from tenancy.models import Person
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage, TenantView


def people_links(slug: str, current: str, board: Cohort | None) -> list[dict[str, Any]]:
    """The pages that belong together, the one being shown marked; `board`: the cohort whose noticeboard is among them."""
    pages = (
        ("cohorts:directory", _("Directory")),
        ("cohorts:ask-list", _("Asks and offers")),
        ("cohorts:introduction-list", _("Introductions")),
        ("cohorts:thanks-list", _("Who helped whom")),
        ("cohorts:directory-mine", _("What you show")),
    )
    links = [{"text": text, "href": reverse(n, kwargs={"tenant": slug}), "current": n == current} for n, text in pages]
    if board is not None:
        href = reverse("cohorts:notice-list", kwargs={"tenant": slug, "public_id": board.public_id})
        links.insert(2, {"text": _("Noticeboard"), "href": href, "current": current == "cohorts:notice-list"})
    return links


class AmongPeople:
    """What these pages have in common: for whoever has or had a place; each leads to its neighbours."""

    permission = in_directory
    request: Any
    actor: Any
    page_name = ""

    @cached_property
    def me(self) -> int:
        assert self.actor.person_id is not None
        return int(self.actor.person_id)

    @cached_property
    def cohorts(self) -> list[Cohort]:
        return list(cohorts_of(self.me))

    @property
    def board(self) -> Cohort | None:
        """The cohort whose noticeboard stands among the links."""
        return next(iter(self.cohorts), None)

    def address(self, name: str, **kwargs: Any) -> str:
        return reverse(f"cohorts:{name}", kwargs={"tenant": self.request.tenant.slug, **kwargs})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("people_links", people_links(self.request.tenant.slug, self.page_name, self.board))
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


class WithPlace(AmongPeople):
    """A form for those with a place: who has none here is told so."""

    def nowhere(self) -> HttpResponse:
        messages.info(self.request, _("This is for people with a place on a cohort, and you have none here."))
        return redirect(self.address("directory"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.cohorts else self.nowhere()  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.cohorts else self.nowhere()  # type: ignore[misc]


class DirectoryView(AmongPeople, TenantPage):
    template_name = "cohorts/directory.html"
    page_name = "cohorts:directory"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = people_found(self.me)
        q, of = self.request.GET.get("q", "").strip()[:200], self.request.GET.get("cohort", "")
        met = self.request.GET.get("met", "") == "no"
        if q:
            people = look_for(people, q)
        if met:
            people = not_worked_with(people, self.me)
        cohort = next((c for c in self.cohorts if c.public_id == of), None)
        if cohort is not None:
            people = of_cohort(people, cohort)
        elif of == "other":
            for own in self.cohorts:
                people = people.exclude(pk__in=of_cohort(people, own).order_by().values("pk"))
        page = page_of(self.request, with_lines(people))
        return super().get_context_data(
            page_obj=page,
            q=q,
            not_met=met,
            of=of if cohort is not None or of == "other" else "",
            cohorts=self.cohorts,
            looking=bool(q or met or of),
            shows_nothing=all(
                value == ShownTo.NOBODY for name, value in profile_of(self.me).items() if name.endswith("_to")
            ),
            **kwargs,
        )


class OnePerson(AmongPeople):
    def get_object(self) -> Person:
        found = with_lines(people_found(self.me)) if self.actor.person_id else Person.objects.none()
        person: Person = self.find(Person, queryset=found)  # type: ignore[attr-defined]
        return person


class DirectoryPersonView(OnePerson, TenantPage):
    template_name = "cohorts/directory_person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = Person.objects.filter(pk=self.object.pk).filter(acquainted(self.me)).exists()
        return super().get_context_data(
            person=self.object, known=known, asks=open_to(self.me).filter(owner=self.object), **kwargs
        )


class DirectoryThanksView(OnePerson, WithPlace, ServiceFormView):
    """‘This contact helped me with…’, from their page."""

    form_class = ThanksForm
    page_heading = gettext_lazy("What did they help you with?")

    def get_form_kwargs(self) -> dict[str, Any]:
        about = {"name": self.object.name, "draft": f"thanks-{self.actor.person.public_id}-{self.object.public_id}"}
        return {**super().get_form_kwargs(), **about}

    def get_success_url(self) -> str:
        return self.address("thanks-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = self.address("directory-person", public_id=self.object.public_id)
        return super().get_context_data(back_href=back, caption=self.object.name, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        say_thanks(helper=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been told.") % {"name": self.object.name})


class DirectoryMineView(WithPlace, ServiceFormView):
    form_class = DirectoryForm
    template_name = "cohorts/directory_mine.html"
    page_heading = gettext_lazy("What you show of yourself")
    page_name = "cohorts:directory-mine"

    @cached_property
    def said(self) -> dict[str, Any]:
        return profile_of(self.me)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"directory-{self.actor.person.public_id}"}

    def get_initial(self) -> dict[str, Any]:
        return {**self.said, "seen": digest_of(self.said)}

    def get_success_url(self) -> str:
        return self.address("directory-mine")

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        labels = {audience.value: audience.label for audience in ShownTo}
        return {name: labels.get(value, value) if name.endswith("_to") else value for name, value in theirs.items()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = any(value != ShownTo.NOBODY for name, value in self.said.items() if name.endswith("_to"))
        return super().get_context_data(back_href=self.address("directory"), shown=shown, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        save_profile(by=self.actor, **data)
        messages.success(self.request, _("Saved. Each part is seen by those you picked, from now on."))


class DirectoryHideView(AmongPeople, TenantView):
    """Hide all of it, at once."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        hide_profile(by=self.actor)
        messages.success(request, _("Hidden. Nobody sees any of it from this moment. Your words are still here."))
        return redirect(self.address("directory-mine"))
