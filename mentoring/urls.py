from django.urls import path

from mentoring.views.matches import MatchDetailView, MatchStepView
from mentoring.views.notes import NoteCreateView, NoteDeleteView, NoteEditView
from mentoring.views.pages import MentoringHomeView, ProfileEditView, RequestView
from mentoring.views.sessions import (
    SessionBookView,
    SessionCancelView,
    SessionDetailView,
    SessionMoveView,
    SessionRecordView,
)
from mentoring.views.slots import SlotListView, SlotWithdrawView
from mentoring.views.staff import MatchingView, MatchProposeView, MentorListView

app_name = "mentoring"
urlpatterns = [
    path("mentoring/", MentoringHomeView.as_view(), name="mentoring-home"),
    path("mentoring/profile/", ProfileEditView.as_view(), name="profile-edit"),
    path("mentoring/times/", SlotListView.as_view(), name="slot-list"),
    path("mentoring/times/<str:public_id>/withdraw/", SlotWithdrawView.as_view(), name="slot-withdraw"),
    path("mentoring/mentors/", MentorListView.as_view(), name="mentor-list"),
    path("mentoring/cohorts/<str:public_id>/request/", RequestView.as_view(), name="request"),
    path("mentoring/cohorts/<str:public_id>/", MatchingView.as_view(), name="matching"),
    path("mentoring/cohorts/<str:public_id>/<str:person>/", MatchProposeView.as_view(), name="match-propose"),
    path("mentoring/matches/<str:public_id>/", MatchDetailView.as_view(), name="match-detail"),
    path("mentoring/matches/<str:public_id>/book/", SessionBookView.as_view(), name="session-book"),
    path("mentoring/matches/<str:public_id>/note/", NoteCreateView.as_view(), name="note-create"),
    path("mentoring/matches/<str:public_id>/step/<slug:step>/", MatchStepView.as_view(), name="match-step"),
    path("mentoring/sessions/<str:public_id>/", SessionDetailView.as_view(), name="session-detail"),
    path("mentoring/sessions/<str:public_id>/move/", SessionMoveView.as_view(), name="session-move"),
    path("mentoring/sessions/<str:public_id>/cancel/", SessionCancelView.as_view(), name="session-cancel"),
    path("mentoring/sessions/<str:public_id>/record/", SessionRecordView.as_view(), name="session-record"),
    path("mentoring/notes/<str:public_id>/", NoteEditView.as_view(), name="note-edit"),
    path("mentoring/notes/<str:public_id>/delete/", NoteDeleteView.as_view(), name="note-delete"),
]
