from django.urls import path

from engine.views.jobs import JobDetailView, JobListView, JobProgressView, JobStopView

app_name = "engine"
urlpatterns = [
    path("jobs/", JobListView.as_view(), name="job-list"),
    path("jobs/<str:public_id>/", JobDetailView.as_view(), name="job-detail"),
    path("jobs/<str:public_id>/progress/", JobProgressView.as_view(), name="job-progress"),
    path("jobs/<str:public_id>/stop/", JobStopView.as_view(), name="job-stop"),
]
