"""Pledges: of somebody signed in, of a member by link, and what staff hide."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.pledges import PledgeForm, PledgeHideForm, PledgeOutcomeForm
from cohorts.models import Movement, PledgeWords, Programme
from cohorts.models.pledge import Outcome, PledgeAudience, SignedAs
from cohorts.rules import by_movement_link, by_pledge_link, in_movement, keeps_pledge, member, staff
from cohorts.selectors.movement import movement_of
from cohorts.selectors.pledges import audiences_for, joined_already, pledges_to_moderate, words_read
from cohorts.services.pledges import (
    delete_pledge,
    edit_pledge,
    hide_pledge,
    join_pledge,
    make_pledge,
    say_outcome,
    show_pledge,
)
from cohorts.views.base import page_of
from cohorts.views.movement import OfMovement, own_rows
from cohorts.views.programmes import OneProgramme
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.views.base import OpensByLink, TenantPage


class PledgePages:
    """The pages about the pledge in the address, for somebody signed in: `back` leads to where all of them stand."""

    def get_object(self) -> PledgeWords:
        rows = words_read().filter(pledge__public_id=self.kwargs["public_id"])  # type: ignore[attr-defined]
        if (words := rows.first()) is None:
            raise Http404
        return words

    @property
    def movement(self) -> Movement:
        return self.object.pledge.movement  # type: ignore[attr-defined, no-any-return]

    def at(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.pledge.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:pledge-{name}", kwargs=at)

    @property
    def back(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.movement.programme.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:movement-home", kwargs=at)


class PledgeLinkPages:
    """The same by a member's own link: what the link's person can read, and nothing of anybody else's."""

    permission: ClassVar[Any] = by_movement_link

    def get_object(self) -> PledgeWords:
        self.member = own_rows().get(public_id=self.link.about, person_id=self.actor.person_id)  # type: ignore[attr-defined]
        public_id = self.kwargs["public_id"]  # type: ignore[attr-defined]
        rows = words_read().filter(pledge__public_id=public_id, pledge__movement=self.member.movement_id)
        words = rows.first()
        if words is None or (self.owners_only and words.owner_id != self.actor.person_id):  # type: ignore[attr-defined]
            raise Http404
        return words

    owners_only: ClassVar[bool] = False

    @property
    def movement(self) -> Movement:
        return self.object.pledge.movement  # type: ignore[attr-defined, no-any-return]

    def at(self, name: str) -> str:
        at = {
            "tenant": self.request.tenant.slug,  # type: ignore[attr-defined]
            "token": self.kwargs["token"],  # type: ignore[attr-defined]
            "public_id": self.object.pledge.public_id,  # type: ignore[attr-defined]
        }
        return reverse(f"cohorts:pledge-link-{name}", kwargs=at)

    @property
    def back(self) -> str:
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}  # type: ignore[attr-defined]
        return reverse("cohorts:movement-link", kwargs=at)


class AddPage(ServiceFormView):
    form_class = PledgeForm
    page_heading = gettext_lazy("Make a pledge")
    movement: Movement
    back: str

    def get_form_kwargs(self) -> dict[str, Any]:
        assert self.actor.person is not None
        return {**super().get_form_kwargs(), "audiences": audiences_for(self.movement, self.actor.person)}

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0, "signs": SignedAs.NAME}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.movement.programme.name, back_href=self.back, **kwargs)

    def get_success_url(self) -> str:
        return self.back

    def act(self, data: dict[str, Any]) -> None:
        data.pop("version")
        make_pledge(movement=self.movement, by=self.actor, **data)
        messages.success(self.request, _("Saved. We’ll remind you when its day comes."))


class PledgeAddView(OfMovement, AddPage):
    permission = in_movement

    @property
    def back(self) -> str:  # type: ignore[override]
        return self.of_programme("movement-home")


class PledgeLinkAddView(OpensByLink, AddPage):
    permission = by_movement_link

    def get_object(self) -> Any:
        member = own_rows().get(public_id=self.link.about, person_id=self.actor.person_id)
        if member.state != "member":
            raise Http404
        return member

    @property
    def movement(self) -> Movement:  # type: ignore[override]
        return self.object.movement  # type: ignore[no-any-return]

    @property
    def back(self) -> str:  # type: ignore[override]
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}
        return reverse("cohorts:movement-link", kwargs=at)


class AboutPledge(ServiceFormView):
    """What the pages about one pledge ask of how they're reached: the pledge's other pages, and where all of them stand."""

    @property
    def movement(self) -> Movement:
        return self.object.pledge.movement  # type: ignore[no-any-return]

    @property
    def back(self) -> str:
        raise NotImplementedError

    def at(self, name: str) -> str:
        raise NotImplementedError


class DetailPage(AboutPledge):
    """One pledge: for its owner what to do with it, for others “me too”."""

    form_class = ConfirmForm
    template_name = "cohorts/pledge_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words: PledgeWords = self.object
        own = words.owner_id == self.actor.person_id
        belongs = in_movement(self.actor, self.movement.programme)
        over = words.pledge.outcome != Outcome.OPEN or words.pledge.due_at < timezone.now()
        return super().get_context_data(
            page_heading=_("Your pledge") if own else _("A pledge"),
            caption=self.movement.programme.name,
            back_href=self.back if belongs and (self.movement.is_open or self.actor.kind == "link") else "",
            words=words,
            own=own,
            joined=not own and joined_already(self.actor.person_id, words),
            may_join=belongs and not own and not over,
            may_hide=staff(self.actor, words) and words.audience == PledgeAudience.PUBLIC,
            hrefs={name: self.at(name) for name in ("edit", "result", "delete")} if own else {},
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        try:
            mine = join_pledge(words=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.request.path)
        messages.success(self.request, _("It’s your pledge too now. Nobody else sees it until you choose."))
        self.object = mine
        return HttpResponseRedirect(self.at("edit"))


class EditPage(AboutPledge):
    form_class = PledgeForm
    page_heading = gettext_lazy("Change your pledge")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "audiences": audiences_for(self.movement, self.object.owner)}

    def get_initial(self) -> dict[str, Any]:
        words: PledgeWords = self.object
        return {
            "by_on": timezone.localtime(words.pledge.due_at).date(),
            **{name: getattr(words, name) for name in ("what", "audience", "signs", "version")},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.movement.programme.name, back_href=self.at("detail"), **kwargs)

    def get_success_url(self) -> str:
        return str(self.at("detail"))

    def act(self, data: dict[str, Any]) -> None:
        edit_pledge(words=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class ResultPage(AboutPledge):
    form_class = PledgeOutcomeForm
    page_heading = gettext_lazy("What came of your pledge?")
    template_name = "cohorts/pledge_result.html"

    def get_initial(self) -> dict[str, Any]:
        words: PledgeWords = self.object
        outcome = "" if words.pledge.outcome == Outcome.OPEN else words.pledge.outcome
        return {"outcome": outcome, "came_of_it": words.came_of_it, "version": words.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.at("detail"))
        return super().get_context_data(caption=self.movement.programme.name, words=self.object, **kwargs)

    def get_success_url(self) -> str:
        return str(self.at("detail"))

    def act(self, data: dict[str, Any]) -> None:
        say_outcome(words=self.object, by=self.actor, **data)
        messages.success(self.request, _("Thank you. It counts whatever came of it."))


class DeletePage(AboutPledge):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Delete this pledge?")
    template_name = "cohorts/pledge_result.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            caption=self.movement.programme.name, back_href=self.at("detail"), words=self.object, **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        back = self.back
        delete_pledge(words=self.object, by=self.actor)
        messages.success(self.request, _("Deleted."))
        return HttpResponseRedirect(back)


class PledgeDetailView(PledgePages, DetailPage):
    permission = member


class PledgeEditView(PledgePages, EditPage):
    permission = keeps_pledge


class PledgeResultView(PledgePages, ResultPage):
    permission = keeps_pledge


class PledgeDeleteView(PledgePages, DeletePage):
    permission = keeps_pledge


class PledgeLinkDetailView(PledgeLinkPages, OpensByLink, DetailPage):
    pass


class PledgeLinkEditView(PledgeLinkPages, OpensByLink, EditPage):
    owners_only = True


class PledgeLinkResultView(PledgeLinkPages, OpensByLink, ResultPage):
    owners_only = True


class PledgeLinkDeleteView(PledgeLinkPages, OpensByLink, DeletePage):
    owners_only = True


class PledgeDueView(OpensByLink, ResultPage):
    """What the link of a reminder opens: the one question, until it's answered and after."""

    permission = by_pledge_link

    def get_object(self) -> PledgeWords:
        words = words_read().filter(pledge__public_id=self.link.about, owner_id=self.actor.person_id).first()
        if words is None:
            raise Http404
        return words

    @property
    def movement(self) -> Movement:  # type: ignore[override]
        return self.object.pledge.movement  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href="", **kwargs)

    def get_success_url(self) -> str:
        return str(self.request.path)

    def at(self, name: str) -> str:
        return str(self.request.path)


class PledgeModerateView(OneProgramme, TenantPage):
    """Public pledges, and those that staff have hidden."""

    template_name = "cohorts/pledge_moderate.html"

    def get_object(self) -> Programme:
        programme = super().get_object()
        if (movement := movement_of(programme)) is None:
            raise Http404
        self.movement: Movement = movement
        return programme

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        context = super().get_context_data(
            page_heading=_("Public pledges"),
            programme=self.object,
            page_obj=page_of(self.request, pledges_to_moderate(self.movement)),
            **kwargs,
        )
        return {**context, "back_href": reverse("cohorts:movement-staff", kwargs=at)}


class PledgeHideView(PledgePages, ServiceFormView):
    permission = staff
    form_class = PledgeHideForm
    page_heading = gettext_lazy("Hide this pledge")
    template_name = "cohorts/pledge_result.html"

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.movement.programme.public_id}
        return reverse("cohorts:pledge-moderate", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            caption=self.movement.programme.name, back_href=self.get_success_url(), words=self.object, **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        hide_pledge(words=self.object, by=self.actor, **data)
        messages.success(self.request, _("Hidden. Whoever made it is being told why."))


class PledgeShowView(PledgePages, ServiceFormView):
    permission = staff
    form_class = ConfirmForm
    http_method_names: ClassVar[list[str]] = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        show_pledge(words=self.object, by=self.actor)
        messages.success(request, _("It can be seen again."))
        programme = self.movement.programme
        return redirect("cohorts:pledge-moderate", tenant=self.request.tenant.slug, public_id=programme.public_id)
