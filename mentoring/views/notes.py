"""Notes: the database itself shows them to nobody but their author, or the pair."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from mentoring.forms import NoteForm
from mentoring.models import MentoringNote
from mentoring.rules import note_author, pair
from mentoring.services.notes import delete_note, edit_note, write_note
from mentoring.views.base import MatchMixin, MentoringMixin


class NoteCreateView(MatchMixin, ServiceFormView):
    permission = pair
    form_class = NoteForm
    template_name = "mentoring/note.html"
    page_heading = gettext_lazy("Write a note")

    def get_initial(self) -> dict[str, Any]:
        return {"shared": "me"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"draft": f"note-{self.object.public_id}-{self.actor.person_id}"}

    def act(self, data: dict[str, Any]) -> None:
        write_note(match=self.object, body=data["body"], shared=data["shared"], by=self.actor)
        messages.success(self.request, _("Your note is kept."))

    def get_success_url(self) -> str:
        return self.url("match-detail", self.object.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)


class NoteMixin(MentoringMixin):
    object: MentoringNote

    def get_object(self) -> MentoringNote:
        return self.find(MentoringNote, queryset=MentoringNote.objects.select_related("match"))

    def match_url(self) -> str:
        return self.url("match-detail", self.object.match.public_id)


class NoteEditView(NoteMixin, ServiceFormView):
    permission = note_author
    form_class = NoteForm
    template_name = "mentoring/note.html"
    page_heading = gettext_lazy("Change your note")

    def get_initial(self) -> dict[str, Any]:
        note = self.object
        return {"body": note.body, "shared": "pair" if note.shared else "me", "version": note.version}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"draft": f"note-{self.object.public_id}-{self.actor.person_id}"}

    def act(self, data: dict[str, Any]) -> None:
        edit_note(
            note=self.object, version=data["version"] or 0, body=data["body"], shared=data["shared"], by=self.actor
        )
        messages.success(self.request, _("Your note is kept."))

    def get_success_url(self) -> str:
        return self.match_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.match_url(), note=self.object, **kwargs)


class NoteDeleteView(NoteMixin):
    permission = note_author
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = self.match_url()
        delete_note(note=self.object, by=self.actor)
        messages.success(request, _("The note is deleted."))
        return HttpResponseRedirect(back)
