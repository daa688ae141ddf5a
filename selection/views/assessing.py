"""The assessor's pages: my pile, one application, and 'I know this person'."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.assessment import AssessApplicationForm, AssessConflictForm
from selection.models import Application, AssessorAllocation, SelectionRound
from selection.rules import assessing, assessor_of_round
from selection.selectors.application_files import kept_files
from selection.selectors.assessment import earlier_marks, open_allocations, pile_of, suspended
from selection.selectors.blind import redactor_for
from selection.services.assessment import declare_assessor_conflict, note_opening, note_time, save_scores
from selection.states import ApplicationState, RoundState
from selection.views.application_parts import file_link
from selection.views.sheets import pile_sheet
from tenancy.models import Role
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded


class AssessPileView(Downloads, TenantPage):
    """n left, about m minutes."""

    permission = assessor_of_round
    template_name = "selection/assess_pile.html"
    object: SelectionRound

    def sheet(self) -> Sheet:
        pile = pile_of(self.object, self.actor.person_id or 0)
        return pile_sheet(self.object, [*pile.left, *pile.finished])

    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=SelectionRound.objects.select_related("cohort__programme"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pile = pile_of(self.object, self.actor.person_id or 0)
        return super().get_context_data(
            round=self.object, cohort=self.object.cohort, caption=str(self.object.cohort), pile=pile, **kwargs
        )


class AllocationMixin(TenantView):
    """`object` is the assessor's own allocation, while nothing stands between them and the applicant."""

    permission = assessing
    object: AssessorAllocation

    def get_object(self) -> AssessorAllocation:
        left = (
            open_allocations()
            .filter(assessor=OuterRef("assessor"), application__round=OuterRef("application__round"))
            .order_by()
            .values("assessor")
            .annotate(n=Count("pk"))
        )
        rows = AssessorAllocation.objects.select_related(
            "application__applicant__organisation",
            "application__organisation",
            "application__line_manager",
            "application__sponsor",
            "application__round__cohort__programme",
            "application__round__framework",
        ).annotate(
            suspended=suspended("assessor", "application__applicant"), left=Coalesce(Subquery(left.values("n")), 0)
        )
        return self.find(AssessorAllocation, queryset=rows)

    def check(self, rule: Any, obj: Any = None) -> None:
        super().check(rule, obj)
        if obj is not None and obj.suspended:
            raise PermissionDenied

    @property
    def round(self) -> SelectionRound:
        return self.object.application.round

    @property
    def left(self) -> int:
        """How much of the pile isn't finished, this one included."""
        return int(self.object.left)  # type: ignore[attr-defined]

    @property
    def can_change(self) -> bool:
        return (
            self.object.finished_at is None
            and self.object.application.state == ApplicationState.ELIGIBLE
            and self.round.state == RoundState.ASSESSING
        )

    def pile_url(self) -> str:
        return self.url("assess-pile", self.round.public_id)

    def url(self, name: str, public_id: str) -> str:
        return reverse(f"selection:{name}", kwargs={"tenant": self.request.tenant.slug, "public_id": public_id})

    def next_url(self) -> str:
        """The next application of the pile after this one, round to its beginning; the pile when nothing is left."""
        left = open_allocations().filter(assessor_id=self.actor.person_id, application__round=self.round)
        following = left.filter(public_id__gt=self.object.public_id).order_by("public_id").first()
        found = following or left.exclude(pk=self.object.pk).order_by("public_id").first()
        return self.url("assess-application", found.public_id) if found else self.pile_url()


class AssessApplicationView(AllocationMixin, Recorded, ServiceFormView):
    """Answers and descriptors side by side; points and a comment per criterion."""

    template_name = "selection/assess_application.html"
    form_class = AssessApplicationForm
    recorded_what = gettext_lazy("Application")
    recorded_role = Role.ASSESSOR.label

    def recorded_subject(self) -> Application:
        return self.object.application

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.can_change:
            note_opening(allocation=self.object, by=self.actor)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "time" in request.POST:  # a page that goes out of view says how long it was in use
            note_time(allocation=self.object, seconds=self.seconds, by=self.actor)
            return HttpResponse(status=204)
        return super().post(request, *args, **kwargs)

    @property
    def seconds(self) -> int:
        said = self.request.POST.get("seconds", "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0

    def get_form_kwargs(self) -> dict[str, Any]:
        criteria = list(self.round.criteria.prefetch_related("descriptors"))
        scores = {score.criterion_id: score for score in self.object.scores.all()}
        return {**super().get_form_kwargs(), "allocation": self.object, "criteria": criteria, "scores": scores}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        application, blind = self.object.application, self.round.blind
        clean = redactor_for(application) if blind else str
        answers = [
            {"question": a.question.text, "criterion": a.question.criterion_id, "text": clean(a.text)}
            for a in application.answers.select_related("question").order_by("question__position")
        ]
        if not blind:
            answers += self.files()
        sections = context["form"].sections()
        earlier = earlier_marks(self.object) if self.can_change else {}
        for section in sections:
            section["earlier"] = earlier.get(section["criterion"].pk)
            section["answers"] = [a for a in answers if a["criterion"] == section["criterion"].pk]
        used = {section["criterion"].pk for section in sections}
        return context | {
            "allocation": self.object,
            "application": application,
            "round": self.round,
            "blind": blind,
            "sections": sections,
            "general": [a for a in answers if a["criterion"] not in used],
            "can_change": self.can_change,
            "left": self.left,
            "back_href": self.pile_url(),
            "caption": str(self.round.cohort),
        }

    def files(self) -> list[dict[str, Any]]:
        """What the applicant attached for assessors, while this assessment is open."""
        rows = kept_files().filter(application=self.object.application).select_related("question")
        return [
            {
                "question": row.question.text,
                "criterion": row.question.criterion_id,
                "text": file_link(self.object.application, row.question, row, self.request.tenant),
            }
            for row in rows
        ]

    def form_valid(self, form: Any) -> HttpResponse:
        self.marks = form.marks()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        finish = "save" not in self.request.POST
        save_scores(allocation=self.object, marks=self.marks, by=self.actor, finish=finish, seconds=self.seconds)
        if "autosave" in self.request.POST and not finish:
            return HttpResponse(status=204)
        reference = self.object.application.reference
        if not finish:
            messages.success(self.request, _("Your draft for %(reference)s is kept.") % {"reference": reference})
            return HttpResponseRedirect(self.pile_url())
        left = max(self.left - 1, 0)
        text = ngettext(
            "%(reference)s is finished. %(left)d application left.",
            "%(reference)s is finished. %(left)d applications left.",
            left,
        )
        messages.success(self.request, text % {"reference": reference, "left": left})
        return HttpResponseRedirect(self.next_url())


class AssessConflictView(AllocationMixin, ServiceFormView):
    template_name = "selection/assess_conflict.html"
    form_class = AssessConflictForm
    page_heading = gettext_lazy("I know this person")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object.application
        return super().get_context_data(
            application=application,
            round=self.round,
            caption=application.reference,
            back_href=self.url("assess-application", self.object.public_id),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        declare_assessor_conflict(allocation=self.object, kind=data["kind"], by=self.actor)
        messages.success(
            self.request,
            _("Thank you. %(reference)s is no longer in your pile, and programme staff know.")
            % {"reference": self.object.application.reference},
        )
        return HttpResponseRedirect(self.pile_url())
