from mentoring.models.match import MenteeRequest, MentorMatch, MentorProfile
from mentoring.models.notes import MentoringNote, MentoringNoteFact
from mentoring.models.session import AvailabilitySlot, MentoringSession

__all__ = [
    "AvailabilitySlot",
    "MenteeRequest",
    "MentorMatch",
    "MentorProfile",
    "MentoringNote",
    "MentoringNoteFact",
    "MentoringSession",
]
