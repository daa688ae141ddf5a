"""A page with one form and one service behind it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.generic import FormView
from psycopg2.errors import UniqueViolation

from tenancy.errors import AlreadySaved, NotAllowed, Refused, StaleEdit
from tenancy.seen import digest_of
from tenancy.views.base import TenantView
from tenancy.words import Words


class ServiceFormView(TenantView, FormView):
    """GET shows the form; POST cleans it and calls `act(cleaned_data)`, which calls a service and may return a response.

    A Refused becomes an error of its field, or of the form; nothing typed is lost. AlreadySaved is told as the success it is.
    After a StaleEdit the page has `theirs`: [{key, value}], the stored texts beside what was typed, and the form carries the new
    version, so saving again is a choice.
    """

    template_name = "engine/service_form.html"
    page_heading: Words = ""
    caption: Words = ""
    back_href = ""

    def act(self, data: dict[str, Any]) -> HttpResponse | None:
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            with transaction.atomic():
                response = self.act(form.cleaned_data)
        except IntegrityError as error:
            # somebody else, or the second click, was first by milliseconds: the page itself said there was no such row
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            form.add_error(
                None, _("The same was saved at this very moment, by you or by someone else. Look, then try again.")
            )
            return self.form_invalid(form)
        except NotAllowed:
            raise
        except AlreadySaved as saved:
            messages.success(self.request, str(saved))
            return HttpResponseRedirect(self.request.path)
        except StaleEdit as stale:
            return self.show_both(form, stale)
        except Refused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
            return self.form_invalid(form)
        return response or HttpResponseRedirect(self.get_success_url())

    def show_both(self, form: BaseForm, stale: StaleEdit) -> HttpResponse:
        form.add_error(None, str(stale))
        theirs = [
            {"key": form.fields[name].label, "value": value if value not in (None, "") else _("Nothing yet")}
            for name, value in self.as_shown(stale.theirs).items()
            if name in form.fields
        ]
        data = self.request.POST.copy()
        if "seen" in form.fields:
            data[form.add_prefix("seen")] = digest_of(stale.theirs)
        else:
            data[form.add_prefix("version")] = str(self.current_version())
        form.data = data
        context = self.get_context_data(form=form, theirs=theirs)
        return self.render_to_response(context, status=409)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        """The stored values by the names of the form's fields; overridden where the form says them otherwise."""
        return theirs

    def current_version(self) -> int:
        """The version now stored of the row that the form edits; overridden where that isn't the page's object."""
        return int(type(self.object).objects.values_list("version", flat=True).get(pk=self.object.pk))

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("page_heading", self.page_heading)
        kwargs.setdefault("caption", self.caption)
        kwargs.setdefault("back_href", self.back_href)
        kwargs.setdefault("object", self.object)
        return super().get_context_data(**kwargs)
