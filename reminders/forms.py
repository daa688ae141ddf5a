"""Which rows of 'Who owes what' staff want to write about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, Checkboxes

NOTHING = _("Select at least one row that is still owed")


class ChaseForm(BatonForm):
    """The page's table has the boxes, each with the kind, key and person of what is owed."""

    item = forms.Field(label=_("What to remind of"), widget=Checkboxes(), error_messages={"required": NOTHING})
