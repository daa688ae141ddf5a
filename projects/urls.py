from django.urls import path

from projects.views.decisions import ProjectDecideLinkView, ProjectDecideView, ProjectStepView
from projects.views.pages import AmbitionCreateView, AmbitionListView, ProjectDetailView, ProjectListView
from projects.views.proposals import (
    ProjectAmbitionsView,
    ProjectCreateView,
    ProjectDistrictsView,
    ProjectEditView,
    ProjectProposeView,
    ProjectSponsorView,
)
from projects.views.stakeholders import (
    StakeholderCreateView,
    StakeholderDeleteView,
    StakeholderDetailView,
    StakeholderEditView,
    StakeholderListView,
    StakeholderMoveView,
    StakeholderShareView,
    StakeholderUndoView,
)
from projects.views.team import ProjectGoalView, ProjectLeadView, ProjectRemoveView, ProjectTeamView, ProjectTieView
from projects.views.updates import ProjectUpdateView

app_name = "projects"
urlpatterns = [
    path("projects/", ProjectListView.as_view(), name="project-list"),
    path("projects/new/", ProjectCreateView.as_view(), name="project-create"),
    path("projects/ambitions/", AmbitionListView.as_view(), name="ambition-list"),
    path("projects/ambitions/new/", AmbitionCreateView.as_view(), name="ambition-create"),
    path("projects/decide/<str:token>/", ProjectDecideLinkView.as_view(), name="project-decide-link"),
    path("projects/<str:public_id>/", ProjectDetailView.as_view(), name="project-detail"),
    path("projects/<str:public_id>/edit/", ProjectEditView.as_view(), name="project-edit"),
    path("projects/<str:public_id>/ambitions/", ProjectAmbitionsView.as_view(), name="project-ambitions"),
    path("projects/<str:public_id>/districts/", ProjectDistrictsView.as_view(), name="project-districts"),
    path("projects/<str:public_id>/team/", ProjectTeamView.as_view(), name="project-team"),
    path("projects/<str:public_id>/team/<str:member>/remove/", ProjectRemoveView.as_view(), name="project-remove"),
    path("projects/<str:public_id>/team/<str:member>/lead/", ProjectLeadView.as_view(), name="project-lead"),
    path("projects/<str:public_id>/goal/", ProjectGoalView.as_view(), name="project-goal"),
    path("projects/<str:public_id>/objective/", ProjectTieView.as_view(), name="project-tie"),
    path("projects/<str:public_id>/sponsor/", ProjectSponsorView.as_view(), name="project-sponsor"),
    path("projects/<str:public_id>/propose/", ProjectProposeView.as_view(), name="project-propose"),
    path("projects/<str:public_id>/decide/", ProjectDecideView.as_view(), name="project-decide"),
    path("projects/<str:public_id>/update/", ProjectUpdateView.as_view(), name="project-update"),
    path("projects/<str:public_id>/step/<slug:step>/", ProjectStepView.as_view(), name="project-step"),
    path("projects/<str:public_id>/stakeholders/", StakeholderListView.as_view(), name="stakeholder-list"),
    path("projects/<str:public_id>/stakeholders/new/", StakeholderCreateView.as_view(), name="stakeholder-create"),
    path("projects/<str:public_id>/stakeholders/share/", StakeholderShareView.as_view(), name="stakeholder-share"),
    path("stakeholders/<str:public_id>/", StakeholderDetailView.as_view(), name="stakeholder-detail"),
    path("stakeholders/<str:public_id>/edit/", StakeholderEditView.as_view(), name="stakeholder-edit"),
    path("stakeholders/<str:public_id>/move/", StakeholderMoveView.as_view(), name="stakeholder-move"),
    path("stakeholders/<str:public_id>/undo/<str:move>/", StakeholderUndoView.as_view(), name="stakeholder-undo"),
    path("stakeholders/<str:public_id>/delete/", StakeholderDeleteView.as_view(), name="stakeholder-delete"),
]
