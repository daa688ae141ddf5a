"""Forms of reflections: writing, sharing, and the questions beside them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from cohorts.attaching import attachables
from cohorts.models import Cohort, ReflectionKind
from cohorts.selectors.reflections import Reader
from cohorts.services.reflections import BODY_LENGTH, TITLE_LENGTH
from engine.forms import BatonForm, BatonFormHelper, LongTextField, Radios, SeenField, VersionField


class ReflectionForm(BatonForm):
    submit_label = _("Save")

    kind = forms.ChoiceField(label=_("What is it about?"), choices=ReflectionKind.choices, widget=Radios)
    title = forms.CharField(label=_("Title"), error_messages={"required": _("Enter a title")}, max_length=TITLE_LENGTH)
    version = VersionField()

    def __init__(self, *args: Any, draft: str, person_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["data-baton-draft"] = f"{draft}-title"
        self.fields["body"] = LongTextField(
            label=_("Your reflection"),
            rows=12,
            draft=draft,
            max_length=BODY_LENGTH,
            help_text=_("What happened, what you noticed, what you might do differently."),
        )
        for key, attachable in attachables.items():
            choices = [(value, Truncator(words).chars(80)) for value, words in attachable.choices(person_id)]
            if choices:
                self.fields[f"about_{key}"] = forms.ChoiceField(
                    label=attachable.label, choices=[("", _("None")), *choices], required=False
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return data | {
            "attached": {key: data.pop(f"about_{key}") for key, _a in attachables.items() if f"about_{key}" in data}
        }


class ReflectionWriteForm(ReflectionForm):
    secondary_actions = (("keep", _("Keep as a draft")),)

    def __init__(self, *args: Any, cohorts: list[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohorts = {cohort.public_id: cohort for cohort in cohorts}
        if len(cohorts) > 1:
            choices = [(c.public_id, str(c)) for c in cohorts]
            self.fields["cohort"] = forms.ChoiceField(label=_("Cohort"), choices=choices)
            self.order_fields(["cohort"])

    @property
    def helper(self) -> BatonFormHelper:
        helper = super().helper
        said: dict[str, Any] = {
            "data-baton-autosave": _("Draft kept at"),
            "data-baton-autosave-failed": _("Not kept yet: what you typed is on this device."),
        }
        helper.attrs |= said
        return helper

    def cohort(self) -> Cohort:
        """The one chosen, as far as anything valid was sent."""
        first = next(iter(self.cohorts.values()))
        return self.cohorts.get(self.data.get(self.add_prefix("cohort"), ""), first)


class ReflectionEditForm(ReflectionForm):
    pass


class ReflectionShareForm(BatonForm):
    submit_label = _("Share")

    reader = forms.ChoiceField(label=_("Who may read it?"), error_messages={"required": _("Choose who may read it")})

    def __init__(self, *args: Any, readers: list[Reader], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readers = {reader.key: reader for reader in readers}
        named = [(key, f"{r.name}: {r.ground.label}" if r.person else r.name) for key, r in self.readers.items()]
        self.fields["reader"].choices = [("", _("Choose a person")), *named]  # type: ignore[attr-defined]

    def clean_reader(self) -> Reader:
        return self.readers[self.cleaned_data["reader"]]


class PromptsForm(BatonForm):
    submit_label = _("Save the questions")

    seen = SeenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in ReflectionKind.choices:
            self.fields[kind] = LongTextField(label=label, rows=4, required=False, max_length=1800)

    def field_options(self, name: str) -> dict[str, Any]:
        return {**super().field_options(name), "optional": False}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {"seen": data.get("seen", ""), "questions": {kind: data.get(kind, "") for kind in ReflectionKind.values}}


__all__ = [
    "PromptsForm",
    "ReflectionEditForm",
    "ReflectionShareForm",
    "ReflectionWriteForm",
]
