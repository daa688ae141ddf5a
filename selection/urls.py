from __future__ import annotations

from django.urls import path

from selection import urls_assess
from selection.views import (
    applications,
    eligibility,
    endorsement_list,
    endorsements,
    equality,
    frameworks,
    holds,
    interest,
    nominating,
    nominations,
    nominators,
    record,
    rounds,
    seats,
    support,
)

app_name = "selection"

# Rounds, nominations, applications, endorsement.
part_one = [
    # rounds
    path("rounds/", rounds.RoundListView.as_view(), name="round-list"),
    path("rounds/new/<str:cohort_id>/", rounds.RoundCreateView.as_view(), name="round-create"),
    path("rounds/<str:public_id>/", rounds.RoundDetailView.as_view(), name="round-detail"),
    path("rounds/<str:public_id>/about/", rounds.RoundAboutView.as_view(), name="round-about"),
    path("rounds/<str:public_id>/edit/", rounds.RoundEditView.as_view(), name="round-edit"),
    path("rounds/<str:public_id>/open/", rounds.RoundOpenView.as_view(), name="round-open"),
    path("rounds/<str:public_id>/close/", rounds.RoundCloseView.as_view(), name="round-close"),
    path("rounds/<str:public_id>/apply/", rounds.ApplicationStartView.as_view(), name="application-start"),
    path("rounds/<str:public_id>/import/", nominations.ImportCreateView.as_view(), name="import-create"),
    path("rounds/<str:public_id>/applications/", applications.ApplicationListView.as_view(), name="application-list"),
    # seats that were promised
    path("cohorts/<str:public_id>/seats/", seats.SeatListView.as_view(), name="seat-list"),
    path("cohorts/<str:public_id>/seats/new/", seats.SeatCreateView.as_view(), name="seat-create"),
    path("seats/<str:public_id>/edit/", seats.SeatEditView.as_view(), name="seat-edit"),
    path("seats/<str:public_id>/remove/", seats.SeatRemoveView.as_view(), name="seat-remove"),
    path(
        "rounds/<str:public_id>/endorsements/", endorsement_list.EndorsementListView.as_view(), name="endorsement-list"
    ),
    path("rounds/<str:public_id>/sponsors/", endorsement_list.SponsorListView.as_view(), name="sponsor-list"),
    path(
        "rounds/<str:public_id>/endorsements/chase/",
        endorsement_list.EndorsementChaseView.as_view(),
        name="endorsement-chase",
    ),
    path(
        "rounds/<str:public_id>/endorsements/domains/",
        endorsement_list.EndorserDomainsView.as_view(),
        name="endorser-domains",
    ),
    # frameworks
    path("frameworks/<str:public_id>/", frameworks.FrameworkDetailView.as_view(), name="framework-detail"),
    path("frameworks/<str:public_id>/criteria/new/", frameworks.CriterionCreateView.as_view(), name="criterion-create"),
    path("frameworks/<str:public_id>/questions/new/", frameworks.QuestionCreateView.as_view(), name="question-create"),
    path("criteria/<str:public_id>/edit/", frameworks.CriterionEditView.as_view(), name="criterion-edit"),
    path("criteria/<str:public_id>/remove/", frameworks.CriterionRemoveView.as_view(), name="criterion-remove"),
    path("criteria/<str:public_id>/up/", frameworks.CriterionUpView.as_view(), name="criterion-up"),
    path("questions/<str:public_id>/edit/", frameworks.QuestionEditView.as_view(), name="question-edit"),
    path("questions/<str:public_id>/remove/", frameworks.QuestionRemoveView.as_view(), name="question-remove"),
    path("questions/<str:public_id>/up/", frameworks.QuestionUpView.as_view(), name="question-up"),
    # interest
    path("interest/", interest.InterestListView.as_view(), name="interest-list"),
    path("interest/link/<str:token>/", interest.InterestLinkView.as_view(), name="interest-link"),
    path("interest/<str:public_id>/", interest.InterestRegisterView.as_view(), name="interest-register"),
    path("interest/<str:public_id>/sent/", interest.InterestSentView.as_view(), name="interest-sent"),
    path("interest/<str:public_id>/join/", interest.InterestJoinView.as_view(), name="interest-join"),
    path("interest/<str:public_id>/leave/", interest.InterestLeaveView.as_view(), name="interest-leave"),
    # nominations by senior leaders
    path("nominate/<str:token>/", nominating.NominateView.as_view(), name="nominate"),
    path("nominate/<str:token>/add/", nominating.NominateAddView.as_view(), name="nominate-add"),
    path("nominate/<str:token>/check/", nominating.NominateCheckView.as_view(), name="nominate-check"),
    path("nominate/<str:token>/sent/", nominating.NominateSentView.as_view(), name="nominate-sent"),
    path("nominate/<str:token>/<str:public_id>/edit/", nominating.NominateEditView.as_view(), name="nominate-edit"),
    path(
        "nominate/<str:token>/<str:public_id>/remove/", nominating.NominateRemoveView.as_view(), name="nominate-remove"
    ),
    path("rounds/<str:public_id>/nominations/", nominators.NominationListView.as_view(), name="nomination-list"),
    path(
        "rounds/<str:public_id>/nominations/confirm/",
        nominators.NominationConfirmView.as_view(),
        name="nomination-confirm",
    ),
    path("rounds/<str:public_id>/nominators/", nominators.NominatorListView.as_view(), name="nominator-list"),
    path("rounds/<str:public_id>/nominators/new/", nominators.NominatorCreateView.as_view(), name="nominator-create"),
    path("nominations/<str:public_id>/", nominators.NominationSettleView.as_view(), name="nomination-settle"),
    path("nominators/<str:public_id>/renew/", nominators.NominatorRenewView.as_view(), name="nominator-renew"),
    path("nominators/<str:public_id>/withdraw/", nominators.NominatorWithdrawView.as_view(), name="nominator-withdraw"),
    # nominations logs
    path("imports/<str:public_id>/", nominations.ImportDetailView.as_view(), name="import-detail"),
    path("imports/<str:public_id>/columns/", nominations.ImportColumnsView.as_view(), name="import-columns"),
    path("imports/<str:public_id>/write/", nominations.ImportWriteView.as_view(), name="import-write"),
    path("imports/<str:public_id>/abandon/", nominations.ImportAbandonView.as_view(), name="import-abandon"),
    path("imports/<str:public_id>/rows/<int:number>/", nominations.ImportRowView.as_view(), name="import-row"),
    path(
        "imports/<str:public_id>/rows/<int:number>/leave/",
        nominations.ImportRowLeaveView.as_view(),
        name="import-row-leave",
    ),
    path(
        "imports/<str:public_id>/rows/<int:number>/organisation/",
        nominations.ImportOrganisationView.as_view(),
        name="import-organisation",
    ),
    # applicants
    path("applications/", applications.OwnApplicationsView.as_view(), name="own-applications"),
    path("applications/<str:public_id>/", applications.ApplicationDetailView.as_view(), name="application-detail"),
    path(
        "applications/<str:public_id>/details/",
        applications.ApplicationDetailsView.as_view(),
        name="application-details",
    ),
    path(
        "applications/<str:public_id>/decisions/", applications.ApplicationScopeView.as_view(), name="application-scope"
    ),
    path(
        "applications/<str:public_id>/questions/<int:position>/",
        applications.ApplicationQuestionView.as_view(),
        name="application-question",
    ),
    path(
        "applications/<str:public_id>/questions/<int:position>/file/",
        applications.ApplicationFileView.as_view(),
        name="application-file",
    ),
    path(
        "applications/<str:public_id>/endorsers/",
        applications.ApplicationEndorsersView.as_view(),
        name="application-endorsers",
    ),
    path(
        "applications/<str:public_id>/check/", applications.ApplicationSubmitView.as_view(), name="application-submit"
    ),
    path(
        "applications/<str:public_id>/sent/",
        applications.ApplicationSubmittedView.as_view(),
        name="application-submitted",
    ),
    path(
        "applications/<str:public_id>/needs/",
        support.ApplicationAdjustmentView.as_view(),
        name="application-adjustment",
    ),
    path(
        "applications/<str:public_id>/needs/arrange/",
        support.AdjustmentArrangeView.as_view(),
        name="adjustment-arrange",
    ),
    path(
        "applications/<str:public_id>/interest/", support.ApplicationInterestView.as_view(), name="application-interest"
    ),
    path(
        "applications/<str:public_id>/equality/",
        equality.ApplicationEqualityView.as_view(),
        name="application-equality",
    ),
    path(
        "applications/<str:public_id>/equality/remove/",
        equality.ApplicationEqualityWithdrawView.as_view(),
        name="application-equality-withdraw",
    ),
    path(
        "rounds/<str:public_id>/equality/questions/",
        equality.EqualityQuestionListView.as_view(),
        name="equality-question-list",
    ),
    path(
        "rounds/<str:public_id>/equality/questions/add/",
        equality.EqualityQuestionCreateView.as_view(),
        name="equality-question-create",
    ),
    path(
        "rounds/<str:public_id>/equality/questions/standard/",
        equality.EqualityStandardView.as_view(),
        name="equality-standard",
    ),
    path(
        "rounds/<str:public_id>/equality/questions/of/<slug:key>/",
        equality.EqualityQuestionEditView.as_view(),
        name="equality-question-edit",
    ),
    path(
        "rounds/<str:public_id>/equality/questions/of/<slug:key>/remove/",
        equality.EqualityQuestionRemoveView.as_view(),
        name="equality-question-remove",
    ),
    path("rounds/<str:public_id>/equality/", equality.EqualityFiguresView.as_view(), name="equality-figures"),
    path(
        "applications/<str:public_id>/eligibility/",
        eligibility.ApplicationEligibilityView.as_view(),
        name="application-eligibility",
    ),
    path(
        "applications/<str:public_id>/late/", eligibility.ApplicationLatenessView.as_view(), name="application-lateness"
    ),
    path(
        "applications/<str:public_id>/reopen/", applications.ApplicationReopenView.as_view(), name="application-reopen"
    ),
    path(
        "applications/<str:public_id>/withdraw/",
        applications.ApplicationWithdrawView.as_view(),
        name="application-withdraw",
    ),
    # the record
    path("applications/<str:public_id>/history/", record.ApplicationHistoryView.as_view(), name="application-history"),
    path("applications/<str:public_id>/readers/", record.ApplicationReadersView.as_view(), name="application-readers"),
    path("rounds/<str:public_id>/history/", record.RoundHistoryView.as_view(), name="round-history"),
    path("rounds/<str:public_id>/readers/", record.RoundReadersView.as_view(), name="round-readers"),
    path("applications/<str:public_id>/hold/", holds.ApplicationHoldView.as_view(), name="application-hold"),
    path("rounds/<str:public_id>/hold/", holds.RoundHoldView.as_view(), name="round-hold"),
    path("rounds/<str:public_id>/deletion/", holds.RoundDeletionView.as_view(), name="round-deletion"),
    # endorsers
    path("endorse/done/", endorsements.EndorseDoneView.as_view(), name="endorse-done"),
    path("endorse/<str:token>/", endorsements.EndorseView.as_view(), name="endorse"),
    path("endorse/<str:token>/pass-on/", endorsements.EndorsePassOnView.as_view(), name="endorse-pass-on"),
    path("endorse/<str:token>/renew/", endorsements.EndorseRenewView.as_view(), name="endorse-renew"),
    path("endorsements/<str:public_id>/", endorsements.EndorsementDetailView.as_view(), name="endorsement-detail"),
    path(
        "endorsements/<str:public_id>/pass-on/",
        endorsements.EndorsementPassOnView.as_view(),
        name="endorsement-pass-on",
    ),
    path(
        "endorsements/<str:public_id>/resend/",
        endorsement_list.EndorsementResendView.as_view(),
        name="endorsement-resend",
    ),
    path(
        "endorsements/<str:public_id>/take-back/",
        endorsement_list.EndorsementTakeBackView.as_view(),
        name="endorsement-take-back",
    ),
    path(
        "endorsements/<str:public_id>/replace/",
        endorsement_list.EndorsementReplaceView.as_view(),
        name="endorsement-replace",
    ),
    path(
        "endorsements/<str:public_id>/change/",
        endorsement_list.EndorsementChangeView.as_view(),
        name="endorsement-change",
    ),
    path(
        "applications/<str:public_id>/allow-endorser/",
        endorsement_list.EndorserAllowView.as_view(),
        name="endorser-allow",
    ),
]

# Assessment, moderation, choosing, offers.
part_two = urls_assess.urlpatterns

urlpatterns = [*part_one, *part_two]
