"""A page with one form and one service behind it."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.views.base import TenantView
from tenancy.words import Words


class ServiceFormView(TenantView, FormView):
    """GET shows the form; POST cleans it and calls `act(cleaned_data)`, which calls a service and may return a response.

    A Refused becomes an error of its field, or of the form; nothing typed is lost. After a StaleEdit the page has `theirs`:
    [{key, value}], the stored texts beside what was typed, and the form carries the new version, so saving again is a choice.
    """

    template_name = "engine/service_form.html"
    page_heading: Words = ""
    caption: Words = ""
    back_href = ""

    def act(self, data: dict[str, Any]) -> HttpResponse | None:
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            response = self.act(form.cleaned_data)
        except NotAllowed:
            raise
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
            for name, value in stale.theirs.items()
            if name in form.fields
        ]
        data = self.request.POST.copy()
        data[form.add_prefix("version")] = str(self.current_version())
        form.data = data
        context = self.get_context_data(form=form, theirs=theirs)
        return self.render_to_response(context, status=409)

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
