from django.urls import path

from outcomes.views import answers, networks, reports, staff

app_name = "outcomes"
urlpatterns = [
    path("surveys/", staff.SurveyListView.as_view(), name="survey-list"),
    path("surveys/new/", staff.SurveyCreateView.as_view(), name="survey-create"),
    path("surveys/small-numbers/", staff.DisclosureView.as_view(), name="disclosure"),
    path("surveys/compare/", staff.SurveyCompareView.as_view(), name="survey-compare"),
    path("surveys/mine/", answers.AnswerListView.as_view(), name="answer-list"),
    path("surveys/waves/<str:public_id>/closing/", staff.WaveMoveView.as_view(), name="wave-move"),
    path("surveys/waves/<str:public_id>/close/", staff.WaveCloseView.as_view(), name="wave-close"),
    path("surveys/waves/<str:public_id>/invite/", staff.WaveInviteView.as_view(), name="wave-invite"),
    path("surveys/waves/<str:public_id>/answer/", answers.AnswerStartView.as_view(), name="answer-start"),
    path("surveys/waves/<str:public_id>/answer/note/", answers.AnswerNoteView.as_view(), name="answer-note"),
    path("surveys/waves/<str:public_id>/answer/check/", answers.AnswerCheckView.as_view(), name="answer-check"),
    path("surveys/waves/<str:public_id>/answer/done/", answers.AnswerDoneView.as_view(), name="answer-done"),
    path(
        "surveys/waves/<str:public_id>/answer/about/<slug:domain>/",
        answers.AnswerDomainView.as_view(),
        name="answer-domain",
    ),
    path("surveys/<str:public_id>/", staff.SurveyDetailView.as_view(), name="survey-detail"),
    path("surveys/<str:public_id>/edit/", staff.SurveyEditView.as_view(), name="survey-edit"),
    path("surveys/<str:public_id>/kinds/", staff.SurveyKindsView.as_view(), name="survey-kinds"),
    path("surveys/<str:public_id>/open/<slug:kind>/", staff.WaveOpenView.as_view(), name="wave-open"),
    path("surveys/<str:public_id>/results/", staff.SurveyResultsView.as_view(), name="survey-results"),
    path("surveys/<str:public_id>/mine/", answers.MyChangeView.as_view(), name="my-change"),
    path("networks/waves/<str:public_id>/answer/", networks.NetworkAnswerView.as_view(), name="network-answer"),
    path("networks/waves/<str:public_id>/closing/", networks.NetworkMoveView.as_view(), name="network-move"),
    path("networks/waves/<str:public_id>/close/", networks.NetworkCloseView.as_view(), name="network-close"),
    path("networks/waves/<str:public_id>/invite/", networks.NetworkInviteView.as_view(), name="network-invite"),
    path("networks/<str:public_id>/", networks.NetworkListView.as_view(), name="network-list"),
    path("networks/<str:public_id>/open/<slug:kind>/", networks.NetworkOpenView.as_view(), name="network-open"),
    path("networks/<str:public_id>/mine/", networks.NetworkMineView.as_view(), name="network-mine"),
    path("reports/", reports.ReportOverviewView.as_view(), name="report-overview"),
    path("reports/<str:public_id>/", reports.ReportListView.as_view(), name="report-list"),
    path("reports/<str:public_id>/introduction/", reports.ReportIntroductionView.as_view(), name="report-introduction"),
    path("reports/<str:public_id>/make/", reports.ReportMakeView.as_view(), name="report-make"),
    path("reports/<str:public_id>/<int:version>/", reports.ReportDetailView.as_view(), name="report-detail"),
    path("reports/<str:public_id>/<int:version>/pdf/", reports.ReportPdfView.as_view(), name="report-pdf"),
]
