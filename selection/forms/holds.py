"""Keeping records beyond their period."""

from __future__ import annotations

from django import forms

from selection.forms.assessment import ReasonForm


class HoldForm(ReasonForm):
    """`lift` is what the page offered: whoever presses its button twice holds twice, and lifts nothing."""

    lift = forms.BooleanField(required=False, widget=forms.HiddenInput)
