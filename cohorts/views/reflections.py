"""Reflections: for their authors, and for whom an author shows one to. Every other person's address of one is a 404, since the
database shows them no such row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.people import ReflectionEditForm, ReflectionShareForm, ReflectionWriteForm
from cohorts.models import Cohort, Reflection, ReflectionKind, ReflectionShare
from cohorts.rules import author, member, reflection_reader, writes_reflections
from cohorts.selectors import readers_for, reflections_of, shared_with_me
from cohorts.services.reflections import (
    delete_reflection,
    edit_reflection,
    share_reflection,
    take_back_reflection,
    write_reflection,
)
from cohorts.views.base import page_of
from engine.views.service_form import ServiceFormView
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView


class ReflectionListView(TenantPage):
    """One's own entries, and those others have shown one."""

    permission = member
    template_name = "cohorts/reflection_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.actor.person_id is not None
        return super().get_context_data(
            page_obj=page_of(self.request, reflections_of(self.actor.person_id)),
            shared=shared_with_me(self.actor.person_id),
            may_write=writes_reflections(self.actor),
            **kwargs,
        )


class ReflectionWriteView(ServiceFormView):
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
        return {**super().get_form_kwargs(), "cohorts": self.cohorts, "draft": draft}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.cohorts else self.nowhere_to_write()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.cohorts else self.nowhere_to_write()

    def nowhere_to_write(self) -> HttpResponse:
        """Of an alumnus who came without a cohort: an entry always belongs to one."""
        messages.info(
            self.request, _("You write reflections in a cohort you’ve taken part in, and you aren’t in one here.")
        )
        return redirect("cohorts:reflection-list", tenant=self.request.tenant.slug)

    def get_initial(self) -> dict[str, Any]:
        kind = self.request.GET.get("about", "")
        return {"kind": kind if kind in ReflectionKind.values else ReflectionKind.LEARNED}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("cohorts:reflection-list", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        assert isinstance(form, ReflectionWriteForm)
        self.cohort = form.cohort()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        data.pop("cohort", None)
        reflection = write_reflection(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))
        return redirect("cohorts:reflection-detail", tenant=self.request.tenant.slug, public_id=reflection.public_id)


class OneReflection:
    """Views about the reflection in the address; row-level security decides whether there is one."""

    permission = author

    def get_object(self) -> Reflection:
        return self.find(Reflection, queryset=Reflection.objects.select_related("author", "cohort"))  # type: ignore[attr-defined, no-any-return]

    @property
    def reflection_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:reflection-detail", kwargs=at)


class ReflectionDetailView(OneReflection, TenantPage):
    permission = reflection_reader
    template_name = "cohorts/reflection_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = author(self.actor, self.object)
        shares = ReflectionShare.objects.filter(reflection=self.object).select_related("with_person")
        return super().get_context_data(reflection=self.object, mine=mine, shares=shares if mine else [], **kwargs)


class ReflectionEditView(OneReflection, ServiceFormView):
    form_class = ReflectionEditForm
    template_name = "cohorts/reflection_write.html"
    page_heading = gettext_lazy("Change this reflection")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"reflection-{self.object.public_id}"}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("kind", "title", "body", "version")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.reflection_href, **kwargs)

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
        share_reflection(reflection=self.object, with_person=data["person"], by=self.actor)
        messages.success(
            self.request,
            _("%(name)s can read it now. You can take it back at any time.") % {"name": data["person"].name},
        )


class ReflectionTakeBackView(OneReflection, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = self.find(Person, "person")
        take_back_reflection(reflection=self.object, with_person=person, by=self.actor)
        messages.success(request, _("%(name)s can’t read it any more.") % {"name": person.name})
        return redirect(self.reflection_href)


class ReflectionExportView(TenantView):
    """All of one's own entries as one file, to keep."""

    permission = member
    formats = {
        "md": ("text/markdown", "cohorts/reflections.md"),
        "html": ("text/html", "cohorts/reflections_file.html"),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, template = self.formats[self.kwargs["form"]]
        assert self.actor.person_id is not None
        rows = reflections_of(self.actor.person_id).order_by("written_at")
        text = render_to_string(
            template, {"reflections": rows, "person": self.actor.person, "tenant": self.request.tenant}
        )
        return HttpResponse(
            text,
            content_type=f"{kind}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="my-reflections.{self.kwargs["form"]}"'},
        )
