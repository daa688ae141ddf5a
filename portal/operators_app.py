from django.contrib.admin.apps import AdminConfig


class OperatorsConfig(AdminConfig):
    """Django's admin with our site; apart from it, since the site's imports need the apps to be ready."""

    default_site = "portal.operators.OperatorsSite"
