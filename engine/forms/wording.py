"""What a form says where Django's own words would not help."""

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext

# Said of twelve fields in one summary it tells nobody anything.
DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]


def required_message(field: forms.Field, label: str) -> str:
    """What to say of a field left empty when its form doesn't: it names the field, so that no two are alike."""
    choice = isinstance(field.widget, forms.Select | forms.RadioSelect)
    if isinstance(field.widget, forms.CheckboxInput):
        return gettext("Tick “%(label)s” to go on") % {"label": label}
    if label.endswith("?"):
        sentence = gettext("Choose an answer to “%(label)s”") if choice else gettext("Answer “%(label)s”")
        return sentence % {"label": label}
    if isinstance(field, forms.FileField):
        return gettext("Choose a file for “%(label)s”") % {"label": label}
    return (gettext("Choose %(label)s") if choice else gettext("Enter %(label)s")) % {"label": _inside(label)}


def _inside(label: str) -> str:
    """A label inside a sentence: 'Email address' loses its capital, 'NHS body' and 'I agree' keep theirs."""
    word = label.split(" ", 1)[0]
    return label if len(word) < 2 or not word[1:].islower() else label[0].lower() + label[1:]


def error_text(bound: BoundField) -> str:
    """The one error that is shown of a field, at the field and in the summary alike; '' when there is none."""
    if not bound.errors:
        return ""
    text = str(bound.errors[0])
    return required_message(bound.field, str(bound.label)) if text == DJANGOS_REQUIRED else text
