"""What was sent to whom. Bodies are shown to their recipient alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.downloads import Column, Downloads, Sheet
from engine.views.jobs import rows_per_page
from reminders.kinds import kind_in_words
from reminders.models import STUCK, Message
from reminders.rules import is_private, is_recipient, may_mend_message, may_see_message, messages_seen
from reminders.services.outbox import retry_message, settle_message
from reminders.writing import LINK
from tenancy.errors import Refused
from tenancy.models import Role
from tenancy.rules import any_staff, member
from tenancy.views.base import TenantPage, TenantView

UNREAD_COLUMNS = ("body_text", "body_html", "calendar_text", "owed")
PRIVATE = gettext_lazy("A private message")


def marked(rows: QuerySet[Message]) -> QuerySet[Message]:
    """With `private`: staff who list it see neither to whom it goes, nor about what, nor of which kind it is."""
    return rows.annotate(private=ExpressionWrapper(is_private(), output_field=BooleanField()))


def unless_private(say: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda message: "" if message.private else say(message)


class MessageListView(Downloads, TenantPage):
    """Filters in the address: state (or 'stuck': failed and uncertain), kind, q (name of the recipient or words of the subject). The last
    two never find a private one."""

    permission = any_staff
    template_name = "reminders/message_list.html"

    def rows(self) -> Any:
        get = self.request.GET
        state, kind, words = get.get("state", ""), get.get("kind", ""), get.get("q", "").strip()
        rows = marked(messages_seen(self.actor)).select_related("recipient").defer(*UNREAD_COLUMNS)
        if state == "stuck":
            rows = rows.filter(state__in=STUCK)
        elif state in Message.State.values:
            rows = rows.filter(state=state)
        if kind or words:
            rows = rows.filter(private=False)
        if kind:
            rows = rows.filter(kind=kind)
        if words:
            rows = rows.filter(Q(recipient__name__icontains=words) | Q(subject__icontains=words))
        return rows

    def sheet(self) -> Sheet:
        """Who was written to and when; what was written is its recipient's."""
        columns = (
            Column(_("To"), unless_private(lambda message: message.recipient.name)),
            Column(_("Subject"), lambda message: PRIVATE if message.private else message.subject),
            Column(_("Kind"), unless_private(lambda message: kind_in_words(message.kind))),
            Column(_("State"), lambda message: message.get_state_display()),
            Column(_("Written"), "queued_at", "moment"),
            Column(_("Sent"), "sent_at", "moment"),
        )
        return Sheet(_("Messages"), columns, self.rows())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        get = self.request.GET
        seen = messages_seen(self.actor)
        counts = {state: count for state, count in seen.order_by().values_list("state").annotate(n=Count("pk"))}
        state, kind, words = get.get("state", ""), get.get("kind", ""), get.get("q", "").strip()
        rows = self.rows()
        named = seen.exclude(is_private()).order_by().values_list("kind", flat=True).distinct()
        kinds = [(k, kind_in_words(k)) for k in named]
        page = Paginator(rows, rows_per_page(self.request)).get_page(get.get("page"))
        return super().get_context_data(
            page_obj=page,
            state=state,
            kind=kind,
            q=words,
            states=[
                (value, label, counts.get(value, 0)) for value, label in Message.State.choices if counts.get(value)
            ],
            kinds=sorted(kinds, key=lambda pair: pair[1]),
            **kwargs,
        )


class MyMessageListView(TenantPage):
    permission = member
    template_name = "reminders/my_message_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Message.objects.filter(recipient=self.actor.person).defer(*UNREAD_COLUMNS)
        page = Paginator(rows, rows_per_page(self.request)).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, **kwargs)


class MessageDetailView(TenantPage):
    permission = may_see_message
    template_name = "reminders/message_detail.html"

    def get_object(self) -> Message:
        return self.find(Message, queryset=marked(Message.objects.select_related("recipient")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = self.object
        own = is_recipient(self.actor, message)
        mends = message.state in STUCK and may_mend_message(self.actor, message)
        paragraphs = message.body_text.replace(LINK, _("[the link was in the e-mail only]")) if own else ""
        return super().get_context_data(
            message=message,
            own=own,
            hidden=message.private and not own,
            text=paragraphs,
            kind=kind_in_words(message.kind),
            mends=mends,
            sees_list=self.actor.holds(Role.STAFF),
            **kwargs,
        )


class MessageMendView(TenantView):
    """POST with `do`: 'retry', 'arrived' or 'drop'."""

    permission = may_mend_message
    http_method_names = ("post",)

    def get_object(self) -> Message:
        return self.find(Message)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        what = request.POST.get("do", "")
        try:
            if what == "retry":
                retry_message(message=self.object, by=self.actor)
                messages.success(request, _("It will be sent once more."))
            elif what in {"arrived", "drop"}:
                settle_message(message=self.object, arrived=what == "arrived", by=self.actor)
                messages.success(request, _("Noted."))
            else:
                messages.error(request, _("Choose what to do with the message."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        slug = self.request.tenant.slug
        if not may_see_message(self.actor, self.object):  # private, and not stuck any more
            return redirect("reminders:message-list", tenant=slug)
        return redirect("reminders:message-detail", tenant=slug, public_id=self.object.public_id)
