from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "selection"

    def ready(self) -> None:
        from selection import face  # noqa: F401 -- registers on import
