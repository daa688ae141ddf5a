"""Reflections: for their authors, and for whom an author shows one to. Every other person's address of one is a 404, since the
database shows them no such row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.attaching import about, attachables
from cohorts.forms.events import ConfirmForm
from cohorts.forms.reflections import PromptsForm, ReflectionEditForm, ReflectionShareForm, ReflectionWriteForm
from cohorts.journal import entries_of, journal_pdf, journal_text
from cohorts.models import Cohort, Reflection, ReflectionKind, ReflectionShare
from cohorts.prompts import prompts_of
from cohorts.rules import author, member, reflection_reader, staff, writes_reflections
from cohorts.selectors import reflections_of, shared_with_me
from cohorts.selectors.reflections import draft_of, readers_for, readers_of
from cohorts.services.reflections import (
    delete_reflection,
    drop_draft,
    edit_reflection,
    keep_draft,
    questions_seen,
    save_prompts,
    share_reflection,
    take_back_reflection,
    write_reflection,
)
from cohorts.views.base import CohortFrame, page_of
from engine.pdf import PdfError
from engine.views.service_form import ServiceFormView
from tenancy.errors import StaleEdit
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage, TenantView


def questions_by_kind(cohort: Cohort | None) -> list[tuple[str, list[str]]]:
    return [(str(ReflectionKind(kind).label), lines) for kind, lines in prompts_of(cohort).items()]


class ReflectionListView(TenantPage):
    """One's own entries, as far as they have what one looks for, and those others have shown one."""

    permission = member
    template_name = "cohorts/reflection_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me, asked = self.actor.person_id, self.request.GET
        assert me is not None
        page = page_of(self.request, reflections_of(me, asked))
        concerns = about(list(page.object_list))
        for row in page.object_list:
            row.about = [words for _label, words in concerns.get(row.pk, [])]
        return super().get_context_data(
            page_obj=page,
            q=asked.get("q", ""),
            kind=asked.get("kind", ""),
            kinds=ReflectionKind.choices,
            looking=bool(asked.get("q", "").strip() or asked.get("kind") or asked.get("objective")),
            draft=draft_of(me),
            shared=shared_with_me(me),
            may_write=writes_reflections(self.actor),
            **kwargs,
        )


class ReflectionWriteView(ServiceFormView):
    """A new entry. What is typed is kept as a draft while it is: by the page's script, or by a button."""

    permission = writes_reflections
    form_class = ReflectionWriteForm
    template_name = "cohorts/reflection_write.html"
    page_heading = gettext_lazy("Write a reflection")

    @cached_property
    def cohorts(self) -> list[Cohort]:
        return list(
            Cohort.objects.filter(participations__person_id=self.actor.person_id)
            .select_related("programme")
            .order_by("-starts_on")
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        assert self.actor.person is not None
        draft = f"reflection-{self.actor.person.public_id}-new"
        more = {"cohorts": self.cohorts, "draft": draft, "person_id": self.actor.person_id}
        return {**super().get_form_kwargs(), **more}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.cohorts else self.nowhere_to_write()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.cohorts:
            return self.nowhere_to_write()
        if "X-Baton-Autosave" in request.headers or "keep" in request.POST:
            return self.keep()
        return super().post(request, *args, **kwargs)

    def keep(self) -> HttpResponse:
        """A draft needs nothing to be filled in; for the page's script the answer is the version kept."""
        form, posted = self.get_form(), self.request.POST
        script = "X-Baton-Autosave" in self.request.headers
        version = posted.get("version", "")
        if any(name.startswith("about_") for name in form.errors):
            # what nobody offered isn't taken in a draft either
            return JsonResponse({}, status=422) if script else self.form_invalid(form)
        try:
            draft = keep_draft(
                cohort=form.cohort(),
                version=int(version) if version.isdecimal() and len(version) < 9 else 0,
                by=self.actor,
                **{name: posted.get(name, "").replace("\x00", "") for name in ("kind", "title", "body")},
            )
        except StaleEdit as stale:
            return JsonResponse({}, status=409) if script else self.show_both(form, stale)
        if script:
            return JsonResponse({"version": draft.version})
        messages.success(self.request, _("Your draft is kept. Only you can read it."))
        return redirect("cohorts:reflection-list", tenant=self.request.tenant.slug)

    def nowhere_to_write(self) -> HttpResponse:
        """Of an alumnus who came without a cohort: an entry always belongs to one."""
        messages.info(
            self.request, _("You write reflections in a cohort you’ve taken part in, and you aren’t in one here.")
        )
        return redirect("cohorts:reflection-list", tenant=self.request.tenant.slug)

    def current_version(self) -> int:
        draft = draft_of(self.actor.person_id)
        return draft.version if draft else 0

    def get_initial(self) -> dict[str, Any]:
        if draft := draft_of(self.actor.person_id):
            kept = {name: getattr(draft, name) for name in ("kind", "title", "body", "version")}
            return {**kept, "cohort": draft.notebook.cohort.public_id}
        asked = self.request.GET
        kind = asked.get("about", "")
        return {
            "kind": kind if kind in ReflectionKind.values else ReflectionKind.LEARNED,
            "version": 0,
            **{f"about_{key}": asked.get(key, "") for key, _attachable in attachables.items()},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("cohorts:reflection-list", kwargs={"tenant": self.request.tenant.slug})
        questions = questions_by_kind(self.cohorts[0])
        return super().get_context_data(back_href=back, questions=questions, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        assert isinstance(form, ReflectionWriteForm)
        self.cohort = form.cohort()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        data = {name: value for name, value in data.items() if name not in ("cohort", "version")}
        reflection = write_reflection(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))
        return redirect("cohorts:reflection-detail", tenant=self.request.tenant.slug, public_id=reflection.public_id)


class ReflectionDraftDropView(TenantView):
    permission = writes_reflections

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if drop_draft(by=self.actor):
            messages.success(request, _("Your draft has been thrown away."))
        return redirect("cohorts:reflection-list", tenant=self.request.tenant.slug)


class OneReflection:
    """Views about the reflection in the address; row-level security decides whether there is one."""

    permission = author

    def get_object(self) -> Reflection:
        rows = Reflection.objects.select_related(
            "author", "cohort__programme", "event", "set_action__words", "objective"
        )
        return self.find(Reflection, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    @property
    def reflection_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:reflection-detail", kwargs=at)


class ReflectionDetailView(OneReflection, TenantPage):
    permission = reflection_reader
    template_name = "cohorts/reflection_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = author(self.actor, self.object)
        return super().get_context_data(
            reflection=self.object,
            mine=mine,
            about=about([self.object]).get(self.object.pk, []),
            shares=readers_of(self.object) if mine else [],
            **kwargs,
        )


class ReflectionEditView(OneReflection, ServiceFormView):
    form_class = ReflectionEditForm
    template_name = "cohorts/reflection_write.html"
    page_heading = gettext_lazy("Change this reflection")

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"draft": f"reflection-{self.object.public_id}", "person_id": self.object.author_id}
        return {**super().get_form_kwargs(), **more}

    def get_initial(self) -> dict[str, Any]:
        kept = {f"about_{k}": a.attached([self.object]).get(self.object.pk, ("",))[0] for k, a in attachables.items()}
        return {**kept, **{name: getattr(self.object, name) for name in ("kind", "title", "body", "version")}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = questions_by_kind(self.object.cohort)
        return super().get_context_data(back_href=self.reflection_href, questions=questions, **kwargs)

    def get_success_url(self) -> str:
        return self.reflection_href

    def act(self, data: dict[str, Any]) -> None:
        edit_reflection(reflection=self.object, by=self.actor, **data)
        messages.success(self.request, _("Your reflection has been saved."))


class ReflectionDeleteView(OneReflection, ServiceFormView):
    form_class = ConfirmForm
    template_name = "cohorts/reflection_delete.html"
    page_heading = gettext_lazy("Delete this reflection")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.reflection_href, caption=self.object.title, **kwargs)

    def get_success_url(self) -> str:
        return reverse("cohorts:reflection-list", kwargs={"tenant": self.request.tenant.slug})

    def act(self, data: dict[str, Any]) -> None:
        delete_reflection(reflection=self.object, by=self.actor)
        messages.success(self.request, _("Your reflection has been deleted. No copy is kept."))


class ReflectionShareView(OneReflection, ServiceFormView):
    form_class = ReflectionShareForm
    template_name = "cohorts/reflection_share.html"
    page_heading = gettext_lazy("Share this reflection")

    def get_form_kwargs(self) -> dict[str, Any]:
        readers = readers_for(self.object.author_id, self.object.cohort_id)
        return {**super().get_form_kwargs(), "readers": readers}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.reflection_href, caption=self.object.title, **kwargs)

    def get_success_url(self) -> str:
        return self.reflection_href

    def act(self, data: dict[str, Any]) -> None:
        reader = data["reader"]
        share_reflection(reflection=self.object, with_person=reader.person, by=self.actor)
        name = reader.person.name if reader.person else reader.name
        messages.success(
            self.request, _("It can be read now by: %(name)s. You can take it back at any time.") % {"name": name}
        )


class ReflectionTakeBackView(OneReflection, TenantView):
    """From whoever one share shows it to, or from everybody."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share = (
            self.find(ReflectionShare, "share", queryset=self.object.shares.all()) if "share" in self.kwargs else None
        )
        take_back_reflection(reflection=self.object, share=share, by=self.actor)
        name = share.with_person.name if share and share.with_person else ""
        done = _("%(name)s can’t read it any more.") % {"name": name} if name else _("It has been taken back.")
        messages.success(request, done)
        return redirect(self.reflection_href)


class ReflectionExportView(TenantView):
    """One's own entries as one file, to keep: all, or those one looked for."""

    permission = member
    kinds = {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "pdf": "application/pdf"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, tenant = self.kwargs["form"], self.request.tenant
        person = self.actor.person
        assert person is not None
        entries = entries_of(reflections_of(person.pk, request.GET).order_by("written_at", "pk"))
        content: bytes | str
        try:
            if form == "pdf":
                content = journal_pdf(entries, person=person, tenant=tenant, today=timezone.now())
            else:
                content = journal_text(form, entries, person=person, tenant=tenant)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect("cohorts:reflection-list", tenant=tenant.slug)
        disposition = {"Content-Disposition": f'attachment; filename="my-reflections.{form}"'}
        return HttpResponse(content, content_type=self.kinds[form], headers=disposition)


class ReflectionPromptsView(CohortFrame, ServiceFormView):
    """Staff say what is asked beside each kind of entry. They read no entry for it."""

    permission = staff
    form_class = PromptsForm
    template_name = "cohorts/reflection_prompts.html"
    page_heading = gettext_lazy("Questions beside reflections")

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=Cohort.objects.select_related("programme"))

    def navigation_path(self) -> str:
        return self.request.path

    def get_initial(self) -> dict[str, Any]:
        seen = questions_seen(self.object)
        return {**seen, "seen": digest_of(seen)}

    def get_success_url(self) -> str:
        return self.request.path

    def act(self, data: dict[str, Any]) -> None:
        save_prompts(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("The questions have been saved."))
