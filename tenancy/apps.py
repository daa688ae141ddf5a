from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "tenancy"

    def ready(self) -> None:
        from tenancy import checks, face, walls  # noqa: F401 -- registers on import

        # A third party's event: whatever Django has just migrated gets its walls and its grants, never one without the other.
        post_migrate.connect(walls.install_after_migrate, dispatch_uid="tenancy.walls")

        from allauth.mfa.signals import authenticator_added

        from tenancy.adapters import trust_new_authenticator

        authenticator_added.connect(trust_new_authenticator, dispatch_uid="tenancy.new_authenticator")
