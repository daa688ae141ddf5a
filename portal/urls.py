"""The portal's own addresses, then one tree per app below the tenant's slug."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.views.health import HealthView
from portal.views.start import StartView

tenant_patterns = [
    path("", include("portal.tenant_urls")),
    path("", include("portal.tenancy_urls")),
    path("", include("engine.urls")),
    path("", include("reminders.urls")),
    path("", include("cohorts.urls")),
    path("", include("selection.urls")),
    path("", include("projects.urls")),
    path("", include("mentoring.urls")),
    path("", include("outcomes.urls")),
]

handler404 = "portal.views.errors.not_found"

urlpatterns = [
    path("", StartView.as_view(), name="start"),
    path("health/", HealthView.as_view(), name="health"),
    path("help/", include("portal.help_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("<slug:tenant>/", include(tenant_patterns)),
]
if settings.DEMO:
    urlpatterns.insert(1, path("demo/", include("portal.demo_urls")))
