"""What the app tells the lower floors when asked."""

from __future__ import annotations

from selection import (
    face_applications,
    face_assessment,
    face_centre,
    face_cohorts,
    face_engagement,
    face_interest,
    face_nominating,
    face_offers,
    grounds,
    retention,
)

__all__ = [
    "face_applications",
    "face_assessment",
    "face_centre",
    "face_cohorts",
    "face_engagement",
    "face_interest",
    "face_nominating",
    "face_offers",
    "grounds",
    "retention",
]
