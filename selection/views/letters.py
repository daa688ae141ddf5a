"""The letter about an outcome: for the applicant it is about, and staff of the cohort."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.text import slugify

from engine.pdf import PdfError
from selection.letters import Letter, letter_of, letter_pdf
from selection.rules import applicant, staff
from selection.views.offers import OwnOutcome
from selection.views.rounds import address
from tenancy.views.base import TenantPage


class OneLetter(OwnOutcome):
    permission = applicant | staff

    @property
    def letter(self) -> Letter:
        found = letter_of(self.object, self.request.tenant)
        if found is None:
            raise Http404
        return found


class LetterView(OneLetter, TenantPage):
    template_name = "selection/letter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = applicant(self.actor, self.object)
        back = address(self, "offer-answer", self.object) if own else address(self, "offer-list", self.object.round)
        return super().get_context_data(letter=self.letter, application=self.object, back_href=back, **kwargs)


class LetterPdfView(OneLetter):
    """Made anew each time, in a process of its own: it says what the page says now."""

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        letter = self.letter
        try:
            content = letter_pdf(letter, colour=self.request.tenant.colour)
        except PdfError as error:
            messages.error(self.request, str(error))
            return HttpResponseRedirect(address(self, "letter", self.object))
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{slugify(letter.reference)}.pdf"'
        return response
