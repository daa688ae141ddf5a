"""What a form says where Django's own words would not help."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext

# Said of twelve fields in one summary it tells nobody anything.
DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]
# Nor do these: they don't name the field, and count like a machine. What a form gives itself stands.
DJANGOS_INVALID = (
    forms.IntegerField.default_error_messages["invalid"],
    forms.DecimalField.default_error_messages["invalid"],
)

# A label that begins so stands in a sentence as it is; before any other goes "the".
NO_ARTICLE = frozenset(
    "a an the any each every his her its our their your how what when where whether which who whom whose why".split()
)


def required_message(field: forms.Field, label: str) -> str:
    """What to say of a field left empty when its form doesn't: it names the field, so that no two are alike. A form whose label isn't
    the name of a thing ('Working days to answer') has words of its own."""
    choice = isinstance(field.widget, forms.Select | forms.RadioSelect)
    if isinstance(field.widget, forms.CheckboxInput):
        return gettext("Tick “%(label)s” to go on") % {"label": label}
    if label.endswith("?"):
        sentence = gettext("Choose an answer to “%(label)s”") if choice else gettext("Answer “%(label)s”")
        return sentence % {"label": label}
    if isinstance(field, forms.FileField):
        return gettext("Choose a file for “%(label)s”") % {"label": label}
    words = {"label": _inside(label)}
    if words["label"].split(" ", 1)[0] in NO_ARTICLE:
        return (gettext("Choose %(label)s") if choice else gettext("Enter %(label)s")) % words
    return (gettext("Choose the %(label)s") if choice else gettext("Enter the %(label)s")) % words


def _inside(label: str) -> str:
    """A label inside a sentence: 'Email address' loses its capital, 'NHS body' and 'I agree' keep theirs."""
    word = label.split(" ", 1)[0]
    return label if len(word) < 2 or not word[1:].islower() else label[0].lower() + label[1:]


def limit_message(field: forms.Field, label: str, error: ValidationError) -> str:
    """What to say of a value beyond a limit; '' where it's something else or the field has words of its own for it."""
    params = error.params or {}
    if error.code in field.error_messages or "limit_value" not in params:
        return ""
    words = {"limit": params["limit_value"], "has": params.get("show_value"), "label": label}
    least, most = getattr(field, "min_value", None), getattr(field, "max_value", None)
    if error.code in ("min_value", "max_value") and least is not None and most is not None:
        sentence = gettext("“%(label)s” must be from %(least)s to %(most)s")
        return sentence % (words | {"least": least, "most": most})
    sentences = {
        "max_length": gettext("“%(label)s” must be %(limit)s characters or fewer: you have %(has)s"),
        "min_length": gettext("“%(label)s” must be %(limit)s characters or more: you have %(has)s"),
        "max_value": gettext("“%(label)s” must be %(limit)s or less"),
        "min_value": gettext("“%(label)s” must be %(limit)s or more"),
    }
    return sentences[error.code] % words if error.code in sentences else ""


def error_text(bound: BoundField) -> str:
    """The one error that is shown of a field, at the field and in the summary alike; '' when there is none."""
    if not bound.errors:
        return ""
    text, label = str(bound.errors[0]), str(bound.label)
    if text == DJANGOS_REQUIRED:
        return required_message(bound.field, label)
    if text in DJANGOS_INVALID:
        whole = isinstance(bound.field, forms.IntegerField)
        sentence = gettext("“%(label)s” must be a whole number") if whole else gettext("“%(label)s” must be a number")
        return sentence % {"label": label}
    return limit_message(bound.field, label, bound.errors.as_data()[0]) or text
