from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, LongTextField, SeenField


class IssueTagsForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    tags = LongTextField(label=_("Kinds of issue"), help_text=_("One a line, in a few words"), rows=8, required=False)
    seen = SeenField()
