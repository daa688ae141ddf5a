"""The delivery team's reviews of a cohort, and its log of lessons."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.reviews import LessonAnswerForm, LessonForm, ReviewForm, ReviewWordsForm
from cohorts.models import CohortReview, Lesson
from cohorts.rules import answers_lesson, staff
from cohorts.selectors.reviews import delivery_team, half_way, reviews_of
from cohorts.services.reviews import add_lesson, answer_lesson, change_review, hold_review
from cohorts.views.base import CohortFrame
from cohorts.views.cohorts import OneCohort
from engine.views.service_form import ServiceFormView


class ReviewListView(OneCohort, CohortFrame, ServiceFormView):
    """A cohort's reviews with their lessons, and the form that writes one down."""

    form_class = ReviewForm
    template_name = "cohorts/review_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reviews=reviews_of(self.object), half_way=half_way(self.object), **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        review = hold_review(cohort=self.object, by=self.actor, **data)
        return redirect("cohorts:lesson-add", tenant=self.request.tenant.slug, public_id=review.public_id)


class OneReview:
    permission = staff

    def get_object(self) -> CohortReview:
        return self.find(CohortReview, queryset=CohortReview.objects.select_related("cohort__programme"))  # type: ignore[attr-defined, no-any-return]

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.cohort.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:review-list", kwargs=at)

    def navigation_path(self) -> str:
        return self.get_success_url()


class ReviewEditView(OneReview, CohortFrame, ServiceFormView):
    form_class = ReviewWordsForm
    page_heading = gettext_lazy("What stood out")

    def get_initial(self) -> dict[str, Any]:
        return {"summary": self.object.summary, "version": self.object.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        change_review(review=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class LessonAddView(OneReview, CohortFrame, ServiceFormView):
    form_class = LessonForm
    page_heading = gettext_lazy("Add a lesson")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": delivery_team(self.object.cohort_id)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        add_lesson(review=self.object, by=self.actor, **data)
        messages.success(self.request, _("On the log. %(name)s sees to it.") % {"name": data["owner"].name})


class LessonAnswerView(ServiceFormView):
    permission = answers_lesson
    form_class = LessonAnswerForm
    template_name = "cohorts/lesson_answer.html"
    page_heading = gettext_lazy("What came of it?")

    def get_object(self) -> Lesson:
        return self.find(Lesson, queryset=Lesson.objects.select_related("review__cohort__programme", "owner"))

    def get_success_url(self) -> str:
        slug, cohort = self.request.tenant.slug, self.object.review.cohort
        if staff(self.actor, cohort):
            return reverse("cohorts:review-list", kwargs={"tenant": slug, "public_id": cohort.public_id})
        return reverse("portal:home", kwargs={"tenant": slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            lesson=self.object, caption=str(self.object.review.cohort), back_href=self.get_success_url(), **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        answer_lesson(lesson=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))
