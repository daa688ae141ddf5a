"""What the error summary says about a form, or about a formset."""

from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from engine.forms.bound import first_input_id
from engine.forms.components import render_component
from engine.forms.wording import error_text


def error_list(form: BaseForm | BaseFormSet) -> list[dict[str, Any]]:
    """Every error in the order of the page: those of the whole form first, then one per field, each with the address
    of the input to mend. Errors of hidden fields have no address."""
    if isinstance(form, BaseFormSet):
        found = [{"text": text, "href": None} for text in form.non_form_errors()]
        return found + [item for member in form.forms for item in error_list(member)]
    if not form.errors:
        return []
    found = [{"text": text, "href": None} for text in form.non_field_errors()]
    for bound in form:
        text = error_text(bound)
        if text and bound.is_hidden:
            words = {"label": bound.label, "text": text}
            found.append({"text": gettext("%(label)s: %(text)s") % words, "href": None})
        elif text:
            found.append({"text": text, "href": f"#{first_input_id(bound)}"})
    return found


def error_summary(form: Any) -> SafeString:
    """The summary of a form's errors, once: a second call for the same form gives nothing, so that a layout may put
    it above the heading and the form needn't know."""
    if form is None or not getattr(form, "is_bound", False) or getattr(form, "error_summary_shown", False):
        return SafeString("")
    found = error_list(form)
    form.error_summary_shown = True
    return render_component("error_summary", {"error_list": found}) if found else SafeString("")
