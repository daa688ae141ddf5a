"""Assessment, moderation, choosing and offers."""

from __future__ import annotations

from django.urls import path

from selection.views import (
    allocation,
    assessing,
    assessment,
    centre,
    centre_people,
    centre_round,
    choosing,
    conflicts,
    deferrals,
    feedback,
    letters,
    moderation,
    moderation_round,
    offers,
    score_imports,
)

urlpatterns = [
    # assessors
    path("rounds/<str:public_id>/pile/", assessing.AssessPileView.as_view(), name="assess-pile"),
    path("assessments/<str:public_id>/", assessing.AssessApplicationView.as_view(), name="assess-application"),
    path("assessments/<str:public_id>/conflict/", assessing.AssessConflictView.as_view(), name="assess-conflict"),
    # an assessment centre
    path("applications/<str:public_id>/centre/", centre.CentreBookView.as_view(), name="centre-book"),
    path("applications/<str:public_id>/centre/needs/", centre.CentreNeedsView.as_view(), name="centre-needs"),
    path("applications/<str:public_id>/centre/call/", centre_people.CentreCallView.as_view(), name="centre-call"),
    path("rounds/<str:public_id>/centre/", centre_round.CentreDetailView.as_view(), name="centre-detail"),
    path("rounds/<str:public_id>/centre/set-up/", centre_round.CentreSetUpView.as_view(), name="centre-set-up"),
    path("rounds/<str:public_id>/centre/change/", centre_round.CentreChangeView.as_view(), name="centre-change"),
    path(
        "rounds/<str:public_id>/centre/exercises/new/",
        centre_round.ExerciseCreateView.as_view(),
        name="exercise-create",
    ),
    path("exercises/<str:public_id>/", centre_round.ExerciseChangeView.as_view(), name="exercise-change"),
    path("exercises/<str:public_id>/remove/", centre_round.ExerciseRemoveView.as_view(), name="exercise-remove"),
    path(
        "rounds/<str:public_id>/centre/times/new/",
        centre_round.CentreSlotCreateView.as_view(),
        name="centre-slot-create",
    ),
    path(
        "centre-times/<str:public_id>/remove/",
        centre_round.CentreSlotWithdrawView.as_view(),
        name="centre-slot-withdraw",
    ),
    path("rounds/<str:public_id>/centre/call/", centre_round.CentreOpenView.as_view(), name="centre-open"),
    path("rounds/<str:public_id>/centre/close/", centre_round.CentreCloseView.as_view(), name="centre-close"),
    path("rounds/<str:public_id>/centre/call-off/", centre_round.CentreCallOffView.as_view(), name="centre-call-off"),
    path(
        "rounds/<str:public_id>/centre/observers/",
        centre_people.CentreObserversView.as_view(),
        name="centre-observers",
    ),
    path(
        "rounds/<str:public_id>/centre/observers/fill/",
        centre_people.ObserversFillView.as_view(),
        name="observers-fill",
    ),
    path("centre-places/<str:public_id>/", centre_people.CentrePlaceView.as_view(), name="centre-place"),
    path("centre-places/<str:public_id>/time/", centre_people.CentreGiveView.as_view(), name="centre-give"),
    path("centre-places/<str:public_id>/release/", centre_people.CentreReleaseView.as_view(), name="centre-release"),
    path("centre-places/<str:public_id>/arranged/", centre_people.CentreTellView.as_view(), name="centre-tell"),
    path("centre-places/<str:public_id>/came/", centre_people.CentreCameView.as_view(), name="centre-came"),
    path("centre-places/<str:public_id>/missed/", centre_people.CentreMissedView.as_view(), name="centre-missed"),
    path(
        "centre-places/<str:public_id>/observers/<str:exercise>/",
        centre_people.ObserverNameView.as_view(),
        name="observer-name",
    ),
    path(
        "observing/<str:public_id>/take-back/", centre_people.ObserverWithdrawView.as_view(), name="observer-withdraw"
    ),
    path("observing/<str:public_id>/", centre.ObserveView.as_view(), name="observe"),
    # conflicts of interest
    path("rounds/<str:public_id>/conflicts/", conflicts.ConflictListView.as_view(), name="conflict-list"),
    path("rounds/<str:public_id>/conflicts/new/", conflicts.ConflictRecordView.as_view(), name="conflict-record"),
    path(
        "applications/<str:public_id>/assessors/",
        conflicts.ApplicationAssessorsView.as_view(),
        name="application-assessors",
    ),
    path("objections/<str:public_id>/remove/", conflicts.ObjectionRemoveView.as_view(), name="objection-remove"),
    # scores given elsewhere
    path(
        "rounds/<str:public_id>/assessment/import/",
        score_imports.ScoreImportCreateView.as_view(),
        name="score-import-create",
    ),
    path("score-imports/<str:public_id>/", score_imports.ScoreImportDetailView.as_view(), name="score-import-detail"),
    path(
        "score-imports/<str:public_id>/columns/",
        score_imports.ScoreImportColumnsView.as_view(),
        name="score-import-columns",
    ),
    path(
        "score-imports/<str:public_id>/write/", score_imports.ScoreImportWriteView.as_view(), name="score-import-write"
    ),
    path(
        "score-imports/<str:public_id>/abandon/",
        score_imports.ScoreImportAbandonView.as_view(),
        name="score-import-abandon",
    ),
    path(
        "score-imports/<str:public_id>/rows/<int:number>/",
        score_imports.ScoreImportRowView.as_view(),
        name="score-import-row",
    ),
    path(
        "score-imports/<str:public_id>/rows/<int:number>/leave/",
        score_imports.ScoreImportRowLeaveView.as_view(),
        name="score-import-row-leave",
    ),
    # staff: assessment
    path("rounds/<str:public_id>/assessment/", assessment.AssessRoundView.as_view(), name="assess-round"),
    path("rounds/<str:public_id>/assessment/start/", assessment.AssessStartView.as_view(), name="assess-start"),
    path(
        "rounds/<str:public_id>/assessment/allocate/", allocation.AssessAllocateView.as_view(), name="assess-allocate"
    ),
    path(
        "rounds/<str:public_id>/assessment/withdraw/<str:person>/",
        assessment.AssessWithdrawView.as_view(),
        name="assess-withdraw",
    ),
    path(
        "rounds/<str:public_id>/assessment/hindsight/",
        assessment.AssessHindsightView.as_view(),
        name="assess-hindsight",
    ),
    path("rounds/<str:public_id>/assessment/minutes/", assessment.AssessMinutesView.as_view(), name="assess-minutes"),
    path(
        "rounds/<str:public_id>/assessment/expertise/",
        allocation.AssessExpertiseView.as_view(),
        name="assess-expertise",
    ),
    path(
        "rounds/<str:public_id>/assessment/assessors/<str:person>/",
        allocation.AssessPersonView.as_view(),
        name="assess-person",
    ),
    path("applications/<str:public_id>/why-these-assessors/", allocation.AssessWhyView.as_view(), name="assess-why"),
    path("applications/<str:public_id>/assess/", assessment.AssessIncludeView.as_view(), name="assess-include"),
    # staff and the chair: moderation
    path("rounds/<str:public_id>/moderation/", moderation.ModerationListView.as_view(), name="moderation-list"),
    path("rounds/<str:public_id>/moderation/start/", moderation.ModerationStartView.as_view(), name="moderation-start"),
    path(
        "applications/<str:public_id>/moderation/", moderation.ModerationDetailView.as_view(), name="moderation-detail"
    ),
    path(
        "applications/<str:public_id>/moderation/meeting/",
        moderation.ModerationMeetingView.as_view(),
        name="moderation-meeting",
    ),
    path(
        "rounds/<str:public_id>/moderation/severity/",
        moderation_round.ModerationSeverityView.as_view(),
        name="moderation-severity",
    ),
    path(
        "rounds/<str:public_id>/moderation/lock/", moderation_round.ModerationLockView.as_view(), name="moderation-lock"
    ),
    path(
        "rounds/<str:public_id>/moderation/chair/",
        moderation_round.ModerationChairView.as_view(),
        name="moderation-chair",
    ),
    # staff: choosing and offers
    path("rounds/<str:public_id>/choosing/", choosing.ChoosingBoardView.as_view(), name="choosing-board"),
    path("rounds/<str:public_id>/choosing/what-if/", choosing.WhatIfView.as_view(), name="what-if"),
    path("rounds/<str:public_id>/choosing/over/", choosing.OfferOverView.as_view(), name="offer-over"),
    path("rounds/<str:public_id>/limits/", choosing.RoundLimitsView.as_view(), name="round-limits"),
    path("rounds/<str:public_id>/choosing/offers/", choosing.OfferConfirmView.as_view(), name="offer-confirm"),
    path("rounds/<str:public_id>/offers/", offers.OfferListView.as_view(), name="offer-list"),
    path("rounds/<str:public_id>/offers/not-selected/", offers.NotSelectedView.as_view(), name="offer-not-selected"),
    path("applications/<str:public_id>/offer/new/", offers.OfferPlaceView.as_view(), name="offer-place"),
    path("applications/<str:public_id>/offer/extend/", offers.OfferExtendView.as_view(), name="offer-extend"),
    path("applications/<str:public_id>/offer/withdraw/", offers.OfferWithdrawView.as_view(), name="offer-withdraw"),
    path("rounds/<str:public_id>/kept-places/", deferrals.DeferralListView.as_view(), name="deferral-list"),
    path("deferrals/<str:public_id>/", deferrals.DeferralDecideView.as_view(), name="deferral-decide"),
    path("deferrals/<str:public_id>/end/", deferrals.DeferralEndView.as_view(), name="deferral-end"),
    path("rounds/<str:public_id>/feedback/", feedback.FeedbackListView.as_view(), name="feedback-list"),
    path("rounds/<str:public_id>/feedback/send/", feedback.FeedbackSendView.as_view(), name="feedback-send"),
    path("applications/<str:public_id>/feedback/", feedback.FeedbackEditView.as_view(), name="feedback-edit"),
    # applicants, and staff
    path("applications/<str:public_id>/letter/", letters.LetterView.as_view(), name="letter"),
    path("applications/<str:public_id>/letter/pdf/", letters.LetterPdfView.as_view(), name="letter-pdf"),
    # applicants
    path("applications/<str:public_id>/offer/defer/", deferrals.OfferDeferView.as_view(), name="offer-defer"),
    path("applications/<str:public_id>/offer/give-up/", offers.OfferGiveUpView.as_view(), name="offer-give-up"),
    path("applications/<str:public_id>/offer/", offers.OfferAnswerView.as_view(), name="offer-answer"),
]
