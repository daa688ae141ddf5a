"""A project's stakeholder map: the team's own, shown to the sponsor where its lead says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.dates import uk_date
from engine.views.service_form import ServiceFormView
from projects.forms.stakeholders import (
    StakeholderDeleteForm,
    StakeholderForm,
    StakeholderMoveForm,
    StakeholderShareForm,
)
from projects.models import Project, Stakeholder, StakeholderEntry, Stance
from projects.presentation import stakeholder_picture, stakeholder_rows, stakeholder_sentence
from projects.rules import lead, map_reader, stakeholder_keeper, stakeholder_reader, team_member
from projects.selectors import stakeholder_entries, stakeholder_standing, whole_project
from projects.services.stakeholders import (
    SHOWN_TO,
    add_stakeholder,
    change_stakeholder,
    delete_stakeholder,
    record_move,
    share_map,
    take_back_move,
)
from projects.states import ENDED, SEEN_BY_SPONSOR
from projects.views.base import ProjectFormView, ProjectMixin
from tenancy.errors import StaleEdit, WrongState
from tenancy.seen import digest_of, stored_values
from tenancy.views.base import TenantPage, TenantView


def shown_since(project: Project) -> datetime | None:
    """From when the sponsor of now has been shown the map; None if they aren't."""
    share = getattr(project, "stakeholder_share", None)
    if share is None or share.sponsor_id != project.sponsor_id or project.state not in SEEN_BY_SPONSOR:
        return None
    return share.shared_at


def can_be_shown(project: Project) -> bool:
    return project.sponsor_id is not None and project.state in SEEN_BY_SPONSOR and project.state not in ENDED


class StakeholderListView(ProjectMixin, TenantPage):
    """The map: picture and table."""

    permission = map_reader
    template_name = "projects/stakeholder_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project = self.object
        entries = stakeholder_entries(project)
        keeps = team_member(self.actor, project)
        shown = shown_since(project)
        return super().get_context_data(
            project=project,
            caption=project.title,
            entries=entries,
            picture=stakeholder_picture(entries),
            sentence=stakeholder_sentence(stakeholder_standing(project)),
            keeps=keeps,
            changes=keeps and project.state not in ENDED,
            shown_since=shown,
            may_share=lead(self.actor, project) and (shown is not None or can_be_shown(project)),
            back_href=self.url(),
            **kwargs,
        )


class StakeholderCreateView(ProjectFormView):
    permission = team_member
    form_class = StakeholderForm
    template_name = "projects/stakeholder_form.html"
    page_heading = gettext_lazy("Put somebody on the map")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state in ENDED:
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.object, "new": True}

    def get_success_url(self) -> str:
        return self.url("stakeholder-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        add_stakeholder(project=self.object, by=self.actor, **data)
        messages.success(self.request, _("“%(name)s” is on the map.") % {"name": data["name"]})


class StakeholderShareView(ProjectFormView):
    """Show the map to the sponsor, or to nobody but the team again."""

    permission = lead
    form_class = StakeholderShareForm
    template_name = "projects/stakeholder_share.html"

    @property
    def is_shown(self) -> bool:
        return shown_since(self.object) is not None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_shown and not can_be_shown(self.object):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {
            "share": "no" if self.is_shown else "yes",
            "seen": digest_of(stored_values(self.object, SHOWN_TO)),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        label = _("Show it to nobody but the team") if self.is_shown else _("Show it to the sponsor")
        return super().get_form_kwargs() | {"label": label}

    def get_success_url(self) -> str:
        return self.url("stakeholder-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            is_shown=self.is_shown,
            page_heading=_("Who else sees the stakeholder map?"),
            back_href=self.get_success_url(),
            **kwargs,
        )

    def show_both(self, form: BaseForm, stale: StaleEdit) -> HttpResponse:
        # the page names the sponsor of now
        self.object = self.get_object()
        return super().show_both(form, stale)

    def act(self, data: dict[str, Any]) -> None:
        share = data["share"] == "yes"
        share_map(project=self.object, share=share, seen=data["seen"], by=self.actor)
        told = _("The sponsor can read the map now.") if share else _("Only the team can read the map now.")
        messages.success(self.request, told)


class StakeholderMixin(TenantView):
    """`object` is the stakeholder in the URL, with its project and who is on its team."""

    permission = stakeholder_keeper
    object: Stakeholder

    def get_object(self) -> Stakeholder:
        rows = Stakeholder.objects.select_related("entry", "lead__person")
        row = self.find(Stakeholder, queryset=rows)
        row.project = whole_project().get(pk=row.project_id)
        return row

    @property
    def project(self) -> Project:
        return self.object.project

    @property
    def entry(self) -> StakeholderEntry:
        return self.object.entry

    @property
    def can_change(self) -> bool:
        return team_member(self.actor, self.project) and self.project.state not in ENDED

    def url(self, name: str = "stakeholder-detail") -> str:
        of = self.project if name == "stakeholder-list" else self.object
        return reverse(f"projects:{name}", kwargs={"tenant": self.request.tenant.slug, "public_id": of.public_id})


class StakeholderDetailView(StakeholderMixin, TenantPage):
    permission = stakeholder_reader
    template_name = "projects/stakeholder_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moves = list(self.object.moves.select_related("by"))
        last = moves[-1] if moves and moves[-1].was is not None else None
        return super().get_context_data(
            row=self.object,
            entry=self.entry,
            facts=stakeholder_rows(self.object),
            moves=moves[::-1],
            last=last,
            keeps=team_member(self.actor, self.project),
            changes=self.can_change,
            caption=self.project.title,
            back_href=self.url("stakeholder-list"),
            **kwargs,
        )


class StakeholderFormView(StakeholderMixin, ServiceFormView):
    """A form about one stakeholder; once the project is over its page leads back to the stakeholder."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.can_change:
            return HttpResponseRedirect(self.url())
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return self.url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("caption", self.entry.name)
        kwargs.setdefault("back_href", self.url())
        return super().get_context_data(entry=self.entry, project=self.project, **kwargs)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        shown = dict(theirs)
        for name in ("influence", "impact", "wanted", "stance"):
            if name in shown:
                shown[name] = dict(self.get_form().fields[name].choices).get(shown[name], "")
        if shown.get("lead") is not None:
            shown["lead"] = shown["lead"].person.name
        for name in ("step_due", "on"):
            if shown.get(name):
                shown[name] = uk_date(shown[name])
        return shown


class StakeholderEditView(StakeholderFormView):
    form_class = StakeholderForm
    template_name = "projects/stakeholder_form.html"
    page_heading = gettext_lazy("Change what the map says")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project, "new": False}

    def get_initial(self) -> dict[str, Any]:
        private = ("name", "role", "organisation_name", "impact", "wanted", "cares_about", "next_step")
        return {
            **{name: getattr(self.entry, name) for name in private},
            "influence": self.object.influence,
            "lead": self.object.lead.public_id if self.object.lead else "",
            "step_due": self.object.step_due,
            "version": self.object.version,
        }

    def act(self, data: dict[str, Any]) -> None:
        change_stakeholder(stakeholder=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class StakeholderMoveView(StakeholderFormView):
    """What came of a step, where they stand since, what is next."""

    form_class = StakeholderMoveForm
    template_name = "projects/stakeholder_move.html"
    page_heading = gettext_lazy("Write down what happened")

    def get_initial(self) -> dict[str, Any]:
        return {"stance": self.entry.stance, "version": self.object.version}

    def act(self, data: dict[str, Any]) -> None:
        move = record_move(stakeholder=self.object, by=self.actor, **data)
        if move.is_move:
            words = {"name": self.entry.name, "stance": Stance(move.now).label.lower()}
            messages.success(self.request, _("Saved. %(name)s is %(stance)s now.") % words)
        else:
            messages.success(self.request, _("Saved."))


class StakeholderUndoView(StakeholderMixin):
    """A button beside the latest entry of the log."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            take_back_move(stakeholder=self.object, move=kwargs["move"], by=self.actor)
        except WrongState as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The entry has been taken back."))
        return HttpResponseRedirect(self.url())


class StakeholderDeleteView(StakeholderFormView):
    """Also once the project is over: whoever it is about may ask for it."""

    form_class = StakeholderDeleteForm
    template_name = "projects/stakeholder_delete.html"
    page_heading = gettext_lazy("Delete everything the map says of them?")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return ServiceFormView.get(self, request, *args, **kwargs)

    def get_success_url(self) -> str:
        return self.url("stakeholder-list")

    def act(self, data: dict[str, Any]) -> HttpResponse:
        back, name = self.get_success_url(), self.entry.name
        delete_stakeholder(stakeholder=self.object, by=self.actor)
        messages.success(self.request, _("“%(name)s” has been deleted from the map.") % {"name": name})
        return HttpResponseRedirect(back)
