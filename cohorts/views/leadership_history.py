"""Leadership history: one's own as a timeline, and those of others as far as they show one. What one isn't shown is a 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.leadership_history import LeadershipHistoryForm
from cohorts.models import Cohort, LeadershipHistoryEntry, LeadershipHistoryNod, Participation
from cohorts.models.leadership_history import Audience, Tone
from cohorts.rules import history_owner, member, takes_part, tells_history
from cohorts.selectors.leadership_history import histories_shown_to, history_of
from cohorts.services.leadership_history import (
    add_history_entry,
    delete_history_entry,
    edit_history_entry,
    give_nod,
    take_back_nod,
)
from cohorts.states import ParticipationState
from engine.figures import river
from engine.views.service_form import ServiceFormView
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView

BENDS = {Tone.HARD: -1, Tone.TURN: 0, Tone.HIGH: 1}
FIELDS = ("year", "tone", "title", "body", "audience", "version")


def picture_of(entries: list[LeadershipHistoryEntry], title: str) -> str:
    points = [(str(entry.year), entry.title, BENDS[Tone(entry.tone)]) for entry in entries]
    sides = (str(Tone.HARD.label), str(Tone.TURN.label), str(Tone.HIGH.label))
    return river(points, sides=sides, title=title)


class LeadershipHistoryView(TenantPage):
    """One's own, and whose else one is shown."""

    permission = member
    template_name = "cohorts/leadership_history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.actor.person_id
        assert me is not None
        entries = history_of(me)
        return super().get_context_data(
            entries=entries,
            picture=picture_of(entries, _("Your leadership history")) if entries else "",
            shown=histories_shown_to(me),
            may_write=tells_history(self.actor),
            may_ask=takes_part(self.actor),
            **kwargs,
        )


class LeadershipHistoryOfView(TenantPage):
    """Somebody else's, as far as they show it: the words of whom one isn't shown anything of aren't there."""

    permission = member
    template_name = "cohorts/leadership_history_of.html"

    def get_object(self) -> Person:
        person = self.find(Person)
        self.entries = history_of(person.pk)
        if not self.entries or person.pk == self.actor.person_id:
            raise Http404
        return person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = {(nod.entry_id, nod.kind) for entry in self.entries for nod in entry.nods.all()}
        answers = LeadershipHistoryNod.Kind.choices
        rows = [(e, [(kind, label, (e.pk, kind) in given) for kind, label in answers]) for e in self.entries]
        title = _("Leadership history of %(name)s") % {"name": self.object.name}
        return super().get_context_data(
            person=self.object, rows=rows, picture=picture_of(self.entries, title), title=title, **kwargs
        )


class LeadershipHistoryWriteView(ServiceFormView):
    permission = tells_history
    form_class = LeadershipHistoryForm
    template_name = "cohorts/leadership_history_write.html"
    page_heading = gettext_lazy("Add to your leadership history")

    def cohort(self) -> Cohort | None:
        """The latest of their cohorts: the one whose people they'd show it to."""
        mine = Participation.objects.filter(person_id=self.actor.person_id).exclude(state=ParticipationState.WITHDRAWN)
        return Cohort.objects.filter(pk__in=mine.values("cohort")).order_by("-starts_on").first()

    def dispatch_without_cohort(self) -> HttpResponse:
        messages.info(self.request, _("You tell your leadership history in a cohort, and you aren’t in one here."))
        return redirect(self.get_success_url())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.cohort() else self.dispatch_without_cohort()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.cohort() else self.dispatch_without_cohort()

    def get_form_kwargs(self) -> dict[str, Any]:
        assert self.actor.person is not None
        return {**super().get_form_kwargs(), "draft": f"history-{self.actor.person.public_id}-new"}

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0, "audience": Audience.NOBODY}

    def get_success_url(self) -> str:
        return reverse("cohorts:leadership-history", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        cohort = self.cohort()
        assert cohort is not None
        data.pop("version")
        add_history_entry(cohort=cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class OneEntry:
    permission = history_owner

    def get_object(self) -> LeadershipHistoryEntry:
        rows = LeadershipHistoryEntry.objects.select_related("owner", "notebook__cohort")
        return self.find(LeadershipHistoryEntry, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    def get_success_url(self) -> str:
        return reverse("cohorts:leadership-history", kwargs={"tenant": self.request.tenant.slug})  # type: ignore[attr-defined]


class LeadershipHistoryEditView(OneEntry, ServiceFormView):
    form_class = LeadershipHistoryForm
    template_name = "cohorts/leadership_history_write.html"
    page_heading = gettext_lazy("Change this part of your history")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"history-{self.object.public_id}"}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in FIELDS}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {**theirs, "tone": Tone(theirs["tone"]).label, "audience": Audience(theirs["audience"]).label}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        edit_history_entry(entry=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class LeadershipHistoryDeleteView(OneEntry, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Delete this part of your history")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), caption=self.object.title, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        delete_history_entry(entry=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))


class LeadershipHistoryNodView(OneEntry, TenantView):
    """Thanks, or ‘I’ve been there too’: given, or taken back."""

    permission = member

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self.kwargs["kind"]
        if kind not in LeadershipHistoryNod.Kind.values:
            raise Http404
        if request.POST.get("do") == "take-back":
            take_back_nod(entry=self.object, kind=kind, by=self.actor)
        else:
            give_nod(entry=self.object, kind=kind, by=self.actor)
            messages.success(request, _("%(name)s has been told.") % {"name": self.object.owner.name})
        at = {"tenant": request.tenant.slug, "public_id": self.object.owner.public_id}  # type: ignore[attr-defined]
        return redirect("cohorts:leadership-history-of", **at)
