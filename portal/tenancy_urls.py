"""The tenant's own administration. The pages stand here, on the top floor, since tenancy itself knows no forms; their names and
templates are tenancy's."""

from django.urls import path

from portal.views import conflicts, districts, people, retention, tenant_admin, your_data

app_name = "tenancy"
urlpatterns = [
    path("brand.css", tenant_admin.BrandCssView.as_view(), name="brand-css"),
    path("settings/retention/", retention.RetentionView.as_view(), name="retention"),
    path("settings/", tenant_admin.TenantSettingsView.as_view(), name="tenant-settings"),
    path("organisations/", tenant_admin.OrganisationListView.as_view(), name="organisation-list"),
    path("organisations/new/", tenant_admin.OrganisationCreateView.as_view(), name="organisation-create"),
    path("organisations/<str:public_id>/edit/", tenant_admin.OrganisationEditView.as_view(), name="organisation-edit"),
    path("sectors/new/", tenant_admin.SectorCreateView.as_view(), name="sector-create"),
    path("districts/", districts.DistrictListView.as_view(), name="district-list"),
    path("districts/new/", districts.DistrictCreateView.as_view(), name="district-create"),
    path("districts/figures/", districts.LookupView.as_view(), name="district-lookup"),
    path("districts/<str:public_id>/edit/", districts.DistrictEditView.as_view(), name="district-edit"),
    path("bands/", tenant_admin.BandListView.as_view(), name="band-list"),
    path("bands/new/", tenant_admin.BandCreateView.as_view(), name="band-create"),
    path("bands/<str:public_id>/edit/", tenant_admin.BandEditView.as_view(), name="band-edit"),
    path("bands/<str:public_id>/up/", tenant_admin.BandUpView.as_view(), name="band-up"),
    path("bands/<str:public_id>/remove/", tenant_admin.BandRemoveView.as_view(), name="band-remove"),
    path("people/", people.PersonListView.as_view(), name="person-list"),
    path("people/<str:public_id>/", people.PersonDetailView.as_view(), name="person-detail"),
    path("people/<str:public_id>/roles/", people.RoleGiveView.as_view(), name="role-give"),
    path("people/<str:public_id>/roles/<str:role>/end/", people.RoleEndView.as_view(), name="role-end"),
    path("people/<str:public_id>/readers/", people.PersonReadersView.as_view(), name="person-readers"),
    path("people/<str:public_id>/employer/", people.EmployerChangeView.as_view(), name="employer-change"),
    path("conflicts/", conflicts.ConflictListView.as_view(), name="conflict-list"),
    path("conflicts/declare/", conflicts.ConflictDeclareView.as_view(), name="conflict-declare"),
    path("conflicts/<str:public_id>/lift/", conflicts.ConflictLiftView.as_view(), name="conflict-lift"),
    path("your-data/", your_data.YourDataView.as_view(), name="your-data"),
    path("your-data/download/", your_data.YourDataDownloadView.as_view(), name="your-data-download"),
    path(
        "accessibility/", your_data.PolicyPage.as_view(template_name="tenancy/accessibility.html"), name="accessibility"
    ),
    path("privacy/", your_data.PolicyPage.as_view(template_name="tenancy/privacy.html"), name="privacy"),
    path("cookies/", your_data.PolicyPage.as_view(template_name="tenancy/cookies.html"), name="cookies"),
]
