"""The movement around a programme: its public page, a member's own by link or signed in, and staff's."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.core.ratelimit import consume, consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.consents import CURRENT_CONSENT, MOVEMENT_CONSENT
from cohorts.forms.events import ConfirmForm
from cohorts.forms.movement import (
    MovementBringForm,
    MovementEditForm,
    MovementForm,
    MovementLeaveForm,
    MovementRegisterForm,
)
from cohorts.models import Movement, MovementMember, Programme
from cohorts.rules import by_movement_link, in_movement, own_membership
from cohorts.selectors.movement import (
    brought_count,
    goes_on,
    head_count,
    interests_of,
    kept_days,
    members_of,
    membership_of,
    movement_of,
    open_movements,
)
from cohorts.selectors.movement_events import open_events
from cohorts.selectors.pledges import own_pledges, pledges_of_others, public_pledges
from cohorts.selectors.spread import Spread, places_of, safe_spread, sectors_of, spread_of
from cohorts.services.movement import (
    bring_colleague,
    edit_membership,
    join_movement,
    leave_movement,
    register_member,
    save_movement,
)
from cohorts.states import MemberState
from cohorts.views.base import page_of
from cohorts.views.programmes import OneProgramme
from engine.figures import balance_bars
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.rules import anyone
from tenancy.views.base import OpensByLink, TenantPage

# On the public page: enough to see what it's like.
PLEDGES_SHOWN = 20


def drawn(spread: Spread, *, exact: bool) -> dict[str, Any]:
    """What the pages say of how far it has spread; no picture where there is nothing to draw."""
    title = _("How people came to it")
    groups = [(name, number, None) for name, number in spread.steps]
    shows = any(number for _name, number in spread.steps)
    return {
        "spread": spread,
        "exact": exact,
        "few": _("withheld"),
        "spread_title": title,
        "spread_picture": balance_bars(groups, title=title, unit="") if shows else "",
    }


class OfMovement:
    """The movement of the programme in the address, while it's open: to anybody else there is none."""

    object: Programme

    def get_object(self) -> Programme:
        movement = open_movements().filter(programme__public_id=self.kwargs["public_id"]).first()  # type: ignore[attr-defined]
        if movement is None:
            raise Http404
        self.movement: Movement = movement
        return movement.programme

    def of_programme(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:{name}", kwargs=at)


class MovementPublicView(OfMovement, ServiceFormView):
    """For anybody. Who types an address is asked by mail; the answer is the same whatever is known of it."""

    permission = anyone
    form_class = MovementRegisterForm
    template_name = "cohorts/movement_public.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return consume_or_429(request, action="movement") or super().post(request, *args, **kwargs)

    @property
    def shows_spread(self) -> bool:
        """To visitors; who is signed in and belongs to it has a page of its own for that."""
        return self.movement.shows_spread and self.actor.kind != "person"

    def act(self, data: dict[str, Any]) -> HttpResponse:
        register_member(movement=self.movement, by=self.actor, **data)
        messages.success(
            self.request,
            _("Thank you. Say yes by the link in the message to %(address)s.") % {"address": data["email"]},
        )
        return HttpResponseRedirect(self.of_programme("movement-sent"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("Join the movement"),
            caption=self.object.name,
            programme=self.object,
            movement=self.movement,
            consent=MOVEMENT_CONSENT[CURRENT_CONSENT],
            kept=kept_days(),
            belongs=in_movement(self.actor, self.object),
            **(drawn(safe_spread(self.movement), exact=False) if self.shows_spread else {}),
            events=open_events(self.movement),
            pledges=public_pledges(self.movement)[:PLEDGES_SHOWN],
            **kwargs,
        )


class MovementSentView(OfMovement, TenantPage):
    """What happens next. It names nobody, so anybody may open it."""

    permission = anyone
    template_name = "cohorts/movement_sent.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("Look in your inbox"),
            caption=self.object.name,
            programme=self.object,
            kept=kept_days(),
            **kwargs,
        )


class MovementHomeView(OfMovement, TenantPage):
    """Of a programme's own people, and of members with a sign-in."""

    permission = in_movement
    template_name = "cohorts/movement_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("The movement"),
            caption=self.object.name,
            programme=self.object,
            movement=self.movement,
            own=membership_of(self.object, self.actor.person_id),
            brought=brought_count(self.movement, self.actor.person_id),
            events=open_events(self.movement),
            inside=True,
            mine=own_pledges(self.movement, self.actor.person_id),
            page_obj=page_of(self.request, pledges_of_others(self.movement, self.actor.person_id)),
            **kwargs,
        )


class MovementFarView(OfMovement, TenantPage):
    """How far it has spread, for those in it: in numbers that point at nobody."""

    permission = in_movement
    template_name = "cohorts/movement_far.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("How far it has spread"),
            caption=self.object.name,
            back_href=self.of_programme("movement-home"),
            **drawn(safe_spread(self.movement), exact=False),
            **kwargs,
        )


class BringPage(ServiceFormView):
    form_class = MovementBringForm
    template_name = "cohorts/movement_bring.html"
    page_heading = gettext_lazy("Tell a colleague")
    movement: Movement

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            caption=self.movement.programme.name,
            movement=self.movement,
            brought=brought_count(self.movement, self.actor.person_id),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return str(self.request.path)

    def act(self, data: dict[str, Any]) -> None:
        """The answer is the same whatever is known of the address, and so is what counts towards the limit: each try."""
        person = self.actor.person
        if person is not None and not consume(self.request, action="movement_bring", key=person.public_id):
            most = int(settings.ACCOUNT_RATE_LIMITS["movement_bring"].partition("/")[0])
            raise Refused(_("You’ve told %(n)d people today. Go on tomorrow.") % {"n": most})
        bring_colleague(movement=self.movement, by=self.actor, **data)
        messages.success(
            self.request, _("Thank you. %(name)s decides now, unless they know of it already.") % {"name": data["name"]}
        )


class MovementBringView(OfMovement, BringPage):
    permission = in_movement

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "back_href": self.of_programme("movement-home")}


def own_rows() -> Any:
    return MovementMember.objects.select_related("movement__programme", "person", "organisation")


class ByLink(OpensByLink):
    """A member's own pages by the link of any of their messages."""

    permission: ClassVar[Any] = by_movement_link
    pages: ClassVar[str] = "link"

    def get_object(self) -> MovementMember:
        return own_rows().get(public_id=self.link.about, person_id=self.actor.person_id)  # type: ignore[attr-defined]

    def at(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}  # type: ignore[attr-defined]
        return reverse(f"cohorts:movement-{self.pages}{name}", kwargs=at)


class SignedIn:
    """The same pages for somebody who is signed in."""

    permission: ClassVar[Any] = own_membership
    pages: ClassVar[str] = "mine"

    def get_object(self) -> MovementMember:
        return self.find(MovementMember, queryset=own_rows())  # type: ignore[attr-defined, no-any-return]

    def at(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:movement-{self.pages}{name}", kwargs=at)


class MemberPage(ServiceFormView):
    """Asked, it is the question; in it, what is kept of them and what they can do. Opening it changes nothing, since mail programs open
    links too."""

    form_class = ConfirmForm
    template_name = "cohorts/movement_member.html"
    at: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Yes, I’m in")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member: MovementMember = self.object
        asked = member.state != MemberState.MEMBER
        version = CURRENT_CONSENT if asked else member.consent_version
        return super().get_context_data(
            page_heading=_("Would you like to be in it?") if asked else _("You’re in the movement"),
            caption=member.movement.programme.name,
            member=member,
            movement=member.movement,
            asked=asked,
            consent=MOVEMENT_CONSENT[version or CURRENT_CONSENT],
            consent_version=version,
            goes_on=goes_on(member),
            interests=interests_of(member),
            brought=brought_count(member.movement, member.person_id),
            edit_href=self.at("-edit"),
            leave_href=self.at("-leave"),
            bring_href=self.at("-bring"),
            **self.pledges(),
            **kwargs,
        )

    def pledges(self) -> dict[str, Any]:
        return {}

    def get_success_url(self) -> str:
        return str(self.request.path)

    def act(self, data: dict[str, Any]) -> None:
        shown = self.request.POST.get("consent", "")
        version = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 5 else 0
        was = self.object.state
        join_movement(member=self.object, consent_version=version, by=self.actor)
        stays = _("Thank you: you stay in it.")
        messages.success(self.request, stays if was == MemberState.MEMBER else _("Thank you: you’re in."))


class EditPage(ServiceFormView):
    form_class = MovementEditForm
    page_heading = gettext_lazy("What you say of yourself")
    at: Any

    def get_initial(self) -> dict[str, Any]:
        member: MovementMember = self.object
        return {
            "organisation": member.organisation.public_id if member.organisation else None,
            "organisation_name": member.organisation_name,
            "place": member.place,
            "interests": interests_of(member),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        caption = self.object.movement.programme.name
        return super().get_context_data(caption=caption, back_href=self.at(""), **kwargs)

    def get_success_url(self) -> str:
        return str(self.at(""))

    def act(self, data: dict[str, Any]) -> None:
        edit_membership(member=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class LeavePage(ServiceFormView):
    form_class = MovementLeaveForm
    page_heading = gettext_lazy("Leave the movement")
    template_name = "cohorts/movement_leave.html"
    at: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        caption = self.object.movement.programme.name
        return super().get_context_data(caption=caption, back_href=self.at(""), kept=kept_days(), **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        leave_movement(member=self.object, erase=data["how"] == "erase", by=self.actor)
        at = {"tenant": self.request.tenant.slug}
        return HttpResponseRedirect(reverse("cohorts:movement-gone", kwargs=at))


class MemberBringPage(BringPage):
    at: Any

    @property
    def movement(self) -> Movement:  # type: ignore[override]
        if self.object.state != MemberState.MEMBER:
            raise Http404
        return self.object.movement  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "back_href": self.at("")}


class MovementLinkView(ByLink, MemberPage):
    def pledges(self) -> dict[str, Any]:
        """Of somebody without a sign-in all of it stands here."""
        member: MovementMember = self.object
        if member.state != MemberState.MEMBER:
            return {}
        others = pledges_of_others(member.movement, member.person_id)
        return {
            "events": open_events(member.movement),
            "mine": own_pledges(member.movement, member.person_id),
            "page_obj": page_of(self.request, others),
            "token": self.kwargs["token"],
        }


class MovementLinkEditView(ByLink, EditPage):
    pass


class MovementLinkLeaveView(ByLink, LeavePage):
    pass


class MovementLinkBringView(ByLink, MemberBringPage):
    pass


class MovementMineView(SignedIn, MemberPage):
    pass


class MovementMineEditView(SignedIn, EditPage):
    pass


class MovementMineLeaveView(SignedIn, LeavePage):
    pass


class MovementMineBringView(SignedIn, MemberBringPage):
    pass


class MovementGoneView(TenantPage):
    """After leaving: the link opens nothing any more, so the last page is one that names nobody."""

    permission = anyone
    template_name = "cohorts/movement_gone.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_heading=_("Done"), kept=kept_days(), **kwargs)


class MovementStaffView(OneProgramme, Downloads, ServiceFormView):
    """Switching it on, its words, and who is in it."""

    form_class = MovementForm
    template_name = "cohorts/movement_staff.html"

    @property
    def movement(self) -> Movement | None:
        return movement_of(self.object)

    def get_initial(self) -> dict[str, Any]:
        movement = self.movement
        if movement is None:
            return {"version": 0, "is_open": True}
        return {name: getattr(movement, name) for name in ("purpose", "is_open", "shows_spread", "version")}

    def current_version(self) -> int:
        movement = self.movement
        return movement.version if movement else 0

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:movement-staff", kwargs=at)

    def sheet(self) -> Sheet | None:
        movement = self.movement
        if movement is None:
            return None
        columns = (
            Column(_("Name"), "person.name"),
            Column(_("Email"), "person.email"),
            Column(_("Works at"), "works_at"),
            Column(_("Place"), "place"),
            Column(_("What interests them"), lambda row: row.words.interests if hasattr(row, "words") else ""),
            Column(_("Joined"), "joined_at", "day"),
        )
        return Sheet(f"{_('Movement')}, {self.object.name}", columns, members_of(movement).select_related("words"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        movement = self.movement
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        if movement is not None:
            kwargs |= {
                "head": head_count(movement),
                "page_obj": page_of(self.request, members_of(movement).select_related("words")),
                "public_address": f"{settings.BASE_URL}{reverse('cohorts:movement-public', kwargs=at)}",
            }
        context = super().get_context_data(
            page_heading=_("The movement"), programme=self.object, movement=movement, **kwargs
        )
        return {**context, "back_href": reverse("cohorts:programme-detail", kwargs=at)}

    def act(self, data: dict[str, Any]) -> None:
        movement = save_movement(programme=self.object, by=self.actor, **data)
        words = _("Saved. People can join.") if movement.is_open else _("Saved. Nobody can join.")
        messages.success(self.request, words)


class MovementSpreadView(OneProgramme, TenantPage):
    """For staff: the counts as they are, month by month."""

    template_name = "cohorts/movement_spread.html"

    def get_object(self) -> Programme:
        programme = super().get_object()
        if (movement := movement_of(programme)) is None:
            raise Http404
        self.movement: Movement = movement
        return programme

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        spread = spread_of(self.movement)
        grown = [(m.label, m.in_all, None) for m in spread.months]
        lists = (
            (_("In it by the end of each month"), grown),
            (_("By sector"), [(name, n, None) for name, n in sectors_of(self.movement)]),
            (_("Where they are"), [(name, n, None) for name, n in places_of(self.movement)]),
        )
        context = super().get_context_data(
            page_heading=_("How far it has spread"),
            programme=self.object,
            pictures=[(t, balance_bars(rows, title=t, unit="")) for t, rows in lists if any(n for _l, n, _t in rows)],
            **drawn(spread, exact=True),
            **kwargs,
        )
        return {**context, "back_href": reverse("cohorts:movement-staff", kwargs=at)}
