"""The form that every page of Baton uses, and the helper crispy-forms renders it with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
SUBMIT = _("Save and continue")
CANCEL = _("Cancel")


class BatonFormHelper(FormHelper):
    """No validation by the browser (its messages are worse than ours), the error summary on top, buttons in a group.

    `submit` is the main button. `secondary` are further submit buttons as (name, text); `cancel_href` is a link.
    With `form_tag` False only the fields are rendered, for pages that put several forms into one."""

    def __init__(
        self,
        *,
        submit: Text = SUBMIT,
        secondary: Sequence[tuple[str, Text]] = (),
        cancel_href: str = "",
        cancel_text: Text = CANCEL,
        warning: bool = False,
        form_tag: bool = True,
        method: str = "post",
    ) -> None:
        super().__init__()
        self.template_pack = "govuk"
        self.attrs = {"novalidate": True}
        self.include_media = False
        self.form_tag = form_tag
        self.form_method = method
        self.submit = submit
        self.secondary = secondary
        self.cancel_href = cancel_href
        self.cancel_text = cancel_text
        self.warning = warning


class BatonFormMixin:
    """What a form of Baton says about itself; everything may be set per class or per instance.

    heading_field: the field whose label is the title of the page (one thing per page).
    reveals: {field: {value: [names]}}: fields shown when that choice is made (conditional reveal).
    mark_optional: say '(optional)' in the labels of fields one may leave.
    label_size: size of labels and legends, '' for plain.
    warning: the main button is red, for what can't be undone; a view may pass it to the form."""

    use_required_attribute = False
    submit_label: Text = SUBMIT
    secondary_actions: Sequence[tuple[str, Text]] = ()
    cancel_href = ""
    warning = False
    heading_field = ""
    mark_optional = True
    label_size = "s"
    reveals: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self.warning = kwargs.pop("warning", self.warning)
        super().__init__(*args, **kwargs)

    @property
    def helper(self) -> BatonFormHelper:
        return BatonFormHelper(
            submit=self.submit_label,
            secondary=self.secondary_actions,
            cancel_href=self.cancel_href,
            warning=self.warning,
        )

    @property
    def heading_text(self) -> Text:
        """The title of a page whose heading is a label of this form."""
        return self[self.heading_field].label if self.heading_field else ""  # type: ignore[index]

    def shown_fields(self) -> Iterator[BoundField]:
        """The fields in the order of the page, without the hidden ones and those inside a conditional reveal."""
        inside = {name for by_value in self.reveals.values() for names in by_value.values() for name in names}
        for bound in self.visible_fields():  # type: ignore[attr-defined]
            if bound.name not in inside:
                yield bound

    def field_options(self, name: str) -> dict[str, Any]:
        """How a field is rendered; see render_bound_field."""
        return {
            "heading": name == self.heading_field,
            "label_size": self.label_size,
            "optional": self.mark_optional,
        }


class BatonForm(BatonFormMixin, forms.Form):
    """A form of Baton: `{% crispy form %}` renders all of it."""


class BatonModelForm(BatonFormMixin, forms.ModelForm):
    """A form of Baton over a model. It cleans input only: writing is the service's, so `save` is not for use."""

    def save(self, commit: bool = True) -> Any:
        raise NotImplementedError("a service writes; pass it cleaned_data")
