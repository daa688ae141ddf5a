"""The applicant's own pages, and the application as staff see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.navigation import cohort_side_navigation
from cohorts.views.base import CohortFrame, page_of
from engine.attachments import check_size, download
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.applications import (
    ApplicationDetailsForm,
    ApplicationEndorsersForm,
    ApplicationFileForm,
    ApplicationQuestionForm,
    ApplicationScopeForm,
    ApplicationWithdrawForm,
)
from selection.models import (
    Application,
    ApplicationAnswer,
    ApplicationFile,
    AssessmentCentre,
    CentrePlace,
    Endorsement,
    EqualityQuestion,
)
from selection.rules import applicant, file_reader, staff
from selection.selectors.application_files import file_names
from selection.selectors.applications import (
    UNASSESSED,
    application_for_page,
    application_rows,
    application_with_parts,
    counts_by_state,
    endorsements_of,
    endorsements_shown,
)
from selection.selectors.endorsements import handovers
from selection.selectors.moderation import closed_in_sql
from selection.selectors.ranking import AFTER_ASSESSMENT
from selection.selectors.record import steps_shown
from selection.services.application_files import remove_application_file, save_application_file
from selection.services.applications import (
    reopen_application,
    save_answer,
    save_details,
    save_endorsers,
    save_scope,
    submit_application,
    what_is_left,
    withdraw_application,
)
from selection.services.equality import may_answer
from selection.states import (
    APPLICATION,
    ENDED,
    ApplicationState,
    CentreState,
    Eligibility,
    EndorsementState,
    Lateness,
    RoundState,
)
from selection.views.application_parts import answers_by_question, readable_history, summary_rows, task_items
from selection.views.frameworks import number_of
from selection.views.rounds import OfRound, address
from selection.views.sheets import applications_sheet
from tenancy.errors import AlreadySaved, NotAllowed, Refused, StaleEdit
from tenancy.models import Role, Sector, SeniorityBand
from tenancy.rules import member
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded

S = ApplicationState
SENT = (S.SUBMITTED, S.ENDORSED)


class OfApplication:
    """The application named in the address, with everything its pages show."""

    object: Application

    def get_object(self) -> Application:
        return self.find(Application, queryset=application_with_parts())  # type: ignore[attr-defined, no-any-return]


class ApplicationDetailView(OfApplication, Recorded, TenantPage):
    """The applicant's task list; for staff the application on one page, with where it stands."""

    permission = applicant | staff
    recorded_what = gettext_lazy("Application")
    recorded_role = gettext_lazy("Programme staff")
    object: Any

    def get_object(self) -> Application:
        return self.find(Application, queryset=application_for_page())  # type: ignore[no-any-return]

    @property
    def is_own(self) -> bool:
        return applicant(self.actor, self.object)

    def recorded_subject(self) -> Application | None:
        return None if self.is_own else self.object

    def get_template_names(self) -> list[str]:
        return ["selection/application_detail.html" if self.is_own else "selection/application_review.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application, now = self.object, timezone.now()
        takes = application.round.takes_applications(now)
        may_write = application.may_be_written(now)
        context = {
            "application": application,
            "round": application.round,
            "cohort": application.cohort,
            "takes": takes,
            "may_write": may_write,
            "may_change_endorsers": application.state in SENT,
            "limited": bool(application.round.endorser_domains),
            "may_reopen": takes and application.state in (*SENT, S.WITHDRAWN),
            "may_withdraw": application.state in WITHDRAWABLE,
            "caption": str(application.round.cohort),
            "not_yet": now < application.round.opens_at,
            "centre_place": place_of(application),
            "late": application.round.takes_late(now),
        }
        own = self.own_context if self.is_own else self.staff_context
        return super().get_context_data(**context, **own(may_write, endorsements_of(application)), **kwargs)

    def own_context(self, may_write: bool, endorsements: list[Endorsement]) -> dict[str, Any]:
        answers = answers_by_question(self.object)
        said = {"interest": self.object.interest is not None, "adjustment": hasattr(self.object, "adjustment")}
        moves = handovers([row.public_id for row in endorsements]) if endorsements else {}
        return {
            "endorsements": endorsements_shown(endorsements, moves),
            "page_heading": _("Your application"),
            "nominated_by": [each["named"] for each in self.object.nominated_by],
            "tasks": task_items(self.object, answers, self.request.tenant, **said) if may_write else [],
            "left": len(what_is_left(self.object)) if may_write else 0,
            "rows": [] if may_write else summary_rows(self.object, answers, self.request.tenant, change=False),
            "may_answer_equality": may_answer(self.object),
            "was_sent": self.object.submitted_at is not None,
            "may_ask_adjustment": not may_write and self.object.state not in ENDED,
        }

    def staff_context(self, may_write: bool, endorsements: list[Endorsement]) -> dict[str, Any]:
        application = self.object
        steps = steps_shown(application, endorsements, actor=self.actor)
        answers = answers_by_question(application)
        path = address(self, "application-list", application.round)
        return {
            "page_heading": application.applicant.name,
            "endorsements": endorsements_shown(endorsements, steps.moves),
            "nominations": application.nominated_by,
            "may_settle": application.state in UNASSESSED,
            "may_call": may_be_called(application),
            # people are chosen without regard to it
            "interest": application.interest if application.round.state == RoundState.DECIDED else None,
            "rows": summary_rows(application, answers, self.request.tenant, change=False),
            "history": readable_history(application, steps=steps.own, withheld=steps.withheld),
            "side_navigation": cohort_side_navigation(application.round.cohort, self.actor, self.request.tenant, path),
            "back_href": path,
        }


def place_of(application: Application) -> CentrePlace | None:
    """At the assessment centre of the round. Nobody has one before assessment."""
    if application.round.state not in AFTER_ASSESSMENT:
        return None
    return getattr(application, "centre_place", None)


def may_be_called(application: Application) -> bool:
    if application.round.state != RoundState.ASSESSING or application.state != S.ELIGIBLE:
        return False
    centre: AssessmentCentre | None = getattr(application.round, "centre", None)
    return centre is not None and centre.state == CentreState.BOOKING


class OwnApplicationsView(TenantPage):
    """Every application of the person signed in, in every round; what has ended comes after what hasn't."""

    permission = member
    template_name = "selection/own_applications.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Application.objects.filter(applicant=self.actor.person_id)
        rows = list(own.select_related("round__cohort__programme").order_by("-created_at"))
        return super().get_context_data(
            page_heading=_("Your applications"),
            current=[a for a in rows if not a.has_ended],
            ended=[a for a in rows if a.has_ended],
            **kwargs,
        )


WITHDRAWABLE = next(t.source for t in APPLICATION if t.name == "withdraw")


class ApplicationPage(OfApplication, ServiceFormView):
    """One page of the application: saves and returns to the task list. Closed or sent: back to the task list, which says so."""

    permission = applicant

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.may_be_written(timezone.now()):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return address(self, "application-detail", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.get_success_url())
        return super().get_context_data(caption=_("Your application"), application=self.object, **kwargs)


class ApplicationDetailsView(ApplicationPage):
    form_class = ApplicationDetailsForm
    page_heading = gettext_lazy("Your details")

    def get_initial(self) -> dict[str, Any]:
        a = self.object
        return {
            "organisation": a.organisation.public_id,
            "job_title": a.job_title,
            "grade": a.grade,
            "service_area": a.service_area,
            "version": a.version,
        }

    def act(self, data: dict[str, Any]) -> None:
        save_details(application=self.object, by=self.actor, **data)


class ApplicationScopeView(ApplicationPage):
    form_class = ApplicationScopeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"application": self.object}

    def get_initial(self) -> dict[str, Any]:
        a = self.object
        band = a.band.public_id if a.band else ""
        return {"decision_scope": a.decision_scope, "band": band, "version": a.version}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        band = SeniorityBand.objects.filter(pk=theirs["band"]).first()
        return {**theirs, "band": band.name if band else ""}

    def act(self, data: dict[str, Any]) -> None:
        save_scope(application=self.object, by=self.actor, **data)


class ApplicationQuestionView(ApplicationPage):
    """One question: words, saved while one types, or a file."""

    template_name = "selection/application_question.html"

    def get_object(self) -> Application:
        application = super().get_object()
        question = application.round.questions.filter(position=self.kwargs["position"]).first()
        if question is None:
            raise Http404
        self.question = question
        given = ApplicationFile if question.is_file else ApplicationAnswer
        self.given: Any = given.objects.filter(application=application, question=question).first()
        return application

    def get_form_class(self) -> type[BaseForm]:
        return ApplicationFileForm if self.question.is_file else ApplicationQuestionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"question": self.question}
        if self.question.is_file:
            return kwargs | {"needed": not self.question.optional and self.file is None}
        return kwargs | {"application": self.object}

    def get_initial(self) -> dict[str, Any]:
        if self.given is None:
            return {"version": 0}
        version = {"version": self.given.version}
        return version if self.question.is_file else version | {"text": self.given.text}

    @property
    def file(self) -> ApplicationFile | None:
        """What is given, where the question asks for a file."""
        kept = self.question.is_file and self.given is not None and self.given.file_id is not None
        return self.given if kept else None

    def current_version(self) -> int:
        return int(type(self.given).objects.values_list("version", flat=True).get(pk=self.given.pk))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.question.is_file and "remove" in request.POST:
            return self.take_out(request.POST.get("version", ""))
        return super().post(request, *args, **kwargs)

    def take_out(self, version: str) -> HttpResponse:
        try:
            remove_application_file(
                application=self.object, question=self.question, version=number_of(version), by=self.actor
            )
            messages.success(self.request, _("The file has been taken out."))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(self.request, str(refusal))
        return HttpResponseRedirect(self.request.path)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """With the header of the script that saves while one types, the answer is the version saved, for that script."""
        if "X-Baton-Autosave" not in self.request.headers:
            return super().form_valid(form)
        try:
            with transaction.atomic():
                self.act(form.cleaned_data)
        except NotAllowed:
            raise
        except AlreadySaved:
            pass
        except StaleEdit:
            return JsonResponse({}, status=409)
        except Refused:
            return JsonResponse({}, status=422)
        self.given = self.given or self.object.answers.get(question=self.question)
        return JsonResponse({"version": self.current_version()})

    def act(self, data: dict[str, Any]) -> None:
        if not self.question.is_file:
            self.given = save_answer(application=self.object, question=self.question, by=self.actor, **data)
        elif file := data["file"]:
            check_size(file.size, self.question.max_megabytes)
            self.given = save_application_file(
                application=self.object,
                question=self.question,
                version=data["version"],
                name=file.name,
                content=file.read(),
                by=self.actor,
            )

    def show_both(self, form: BaseForm, stale: StaleEdit) -> HttpResponse:
        self.get_object()
        return super().show_both(form, stale)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = self.question.text if self.question.is_file else ""
        return super().get_context_data(question=self.question, file=self.file, page_heading=heading, **kwargs)


class ApplicationFileView(OfApplication, Recorded, TenantView):
    """The file given for a question, as a download and nothing else."""

    permission = file_reader
    recorded_what = ""
    recorded_role = ""
    recorded_file = True

    def get_object(self) -> Application:
        application = super().get_object()
        question = application.round.questions.filter(position=self.kwargs["position"]).first()
        if question is None or not question.is_file:
            raise Http404
        application.question = self.question = question  # type: ignore[attr-defined]
        return application

    def recorded_subject(self) -> Application | None:
        return None if applicant(self.actor, self.object) else self.object

    def recorded_words(self) -> tuple[str, str]:
        role = _("Programme staff") if staff(self.actor, self.object) else str(Role.ASSESSOR.label)
        return _("File for question %(n)d") % {"n": self.question.position}, role

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = ApplicationFile.objects.filter(application=self.object, question=self.question, file__isnull=False)
        row = rows.select_related("file").first()
        if row is None or row.file is None:
            raise Http404
        return download(bytes(row.file.content), name=row.file.name, content_type=row.file.content_type)


class ApplicationEndorsersView(ApplicationPage):
    form_class = ApplicationEndorsersForm
    page_heading = gettext_lazy("Who endorses you")

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"version": self.object.version}
        parts = (
            ("manager", self.object.line_manager, self.object.manager_named),
            ("sponsor", self.object.sponsor, self.object.sponsor_named),
        )
        for part, person, named in parts:
            if person is not None:
                initial |= {f"{part}_name": named or person.name, f"{part}_email": person.email}
        return initial

    def act(self, data: dict[str, Any]) -> None:
        save_endorsers(application=self.object, by=self.actor, **data)


class ApplicationSubmitView(OfApplication, TenantPage):
    """Check answers, then send."""

    permission = applicant
    template_name = "selection/application_submit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.object.may_be_written(timezone.now()):
            return HttpResponseRedirect(address(self, "application-detail", self.object))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            submit_application(application=self.object, by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            context = self.get_context_data(problem=str(refusal), page_has_errors=True)
            return self.render_to_response(context, status=422)
        step = "application-equality" if EqualityQuestion.objects.exists() else "application-submitted"
        return HttpResponseRedirect(address(self, step, self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = answers_by_question(self.object)
        return super().get_context_data(
            application=self.object,
            round=self.object.round,
            left=what_is_left(self.object),
            caption=_("Your application"),
            rows=summary_rows(self.object, answers, self.request.tenant, change=True),
            page_heading=_("Check your answers"),
            back_href=address(self, "application-detail", self.object),
            **kwargs,
        )


class ApplicationSubmittedView(OfApplication, TenantPage):
    permission = applicant
    template_name = "selection/application_submitted.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.submitted_at is None:
            return HttpResponseRedirect(address(self, "application-detail", self.object))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(application=self.object, round=self.object.round, **kwargs)


class ApplicationReopenView(OfApplication, TenantView):
    permission = applicant | staff
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            reopen_application(application=self.object, by=self.actor)
            messages.success(request, _("The application is open again. It counts only once it’s sent again."))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address(self, "application-detail", self.object))


class ApplicationWithdrawView(OfApplication, ServiceFormView):
    permission = applicant | staff
    form_class = ApplicationWithdrawForm
    template_name = "selection/application_withdraw.html"
    page_heading = gettext_lazy("Withdraw this application")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "own": applicant(self.actor, self.object)}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        withdraw_application(application=self.object, by=self.actor, reason=data["reason"])
        messages.success(self.request, _("The application is withdrawn."))
        return HttpResponseRedirect(address(self, "application-detail", self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "application-detail", self.object)
        return super().get_context_data(application=self.object, back_href=back, **kwargs)


class ApplicationListView(OfRound, CohortFrame, Downloads, TenantPage):
    """Staff's list: filter and order in the address, 50 rows a page, scores when they're all in."""

    permission = staff
    template_name = "selection/application_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = self.filters()
        counts, to_settle = counts_by_state(self.object)
        page = page_of(self.request, application_rows(self.object, filters, closed_in_sql(self.object, self.actor)))
        states = [{"value": state, "text": S(state).label, "count": count} for state, count in counts.items()]
        return super().get_context_data(
            round=self.object,
            page_heading=_("Applications"),
            page_obj=page,
            filters=filters,
            states=states,
            sectors=Sector.objects.values("public_id", "name"),
            to_settle=to_settle,
            total=sum(counts.values()),
            rows=self.rows(page.object_list),
            scored=any(counts.get(state) for state in SCORED),
            **kwargs,
        )

    def filters(self) -> dict[str, str]:
        return {key: self.request.GET.get(key, "") for key in ("state", "sector", "search", "sort", "settle")}

    def sheet(self) -> Sheet:
        counts, _to_settle = counts_by_state(self.object)
        rows = list(self.rows(application_rows(self.object, self.filters(), closed_in_sql(self.object, self.actor))))
        scored = any(counts.get(state) for state in SCORED)
        closed = any(row["closed"] for row in rows)
        return applications_sheet(self.object, rows, scored=scored, closed=closed, files=file_names(self.object))

    def rows(self, found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Rows with their words. 500 of them are shown, so the address is made once."""
        at = reverse("selection:application-detail", kwargs={"tenant": self.request.tenant.slug, "public_id": "~"})
        states = {value: str(label) for value, label in S.choices}
        marks = {value: str(label) for value, label in (*Eligibility.choices, *Lateness.choices)}
        endorsing = {value: str(label) for value, label in EndorsementState.choices} | {None: ""}
        for row in found:
            row["href"] = at.replace("~", row["public_id"])
            row["state_text"] = states[row["state"]]
            row["check_text"] = [marks[row[key]] for key in ("eligibility", "lateness") if row[key] in marks]
            row["manager_text"], row["officer_text"] = endorsing[row["manager_state"]], endorsing[row["officer_state"]]
            yield row


SCORED = (
    S.ELIGIBLE,
    S.OFFERED,
    S.RESERVE,
    S.NOT_SELECTED,
    S.ACCEPTED,
    S.DECLINED,
    S.LAPSED,
    S.RESCINDED,
    S.DEFERRED,
    S.GAVE_UP,
)
