"""Pages of the portal itself that anybody may read."""

from django.urls import path

from portal.views.your_data import PortalPolicyPage

app_name = "help"
urlpatterns = [
    path("accessibility/", PortalPolicyPage.as_view(template_name="tenancy/accessibility.html"), name="accessibility"),
    path("privacy/", PortalPolicyPage.as_view(template_name="tenancy/privacy.html"), name="privacy"),
    path("cookies/", PortalPolicyPage.as_view(template_name="tenancy/cookies.html"), name="cookies"),
]
