"""Who judged or backed somebody's application: what walls keep out of what that person shows to others."""

from __future__ import annotations

from tenancy.grounds import Ground, grounds

grounds.register(
    "assessor",
    Ground(
        "EXISTS (SELECT 1 FROM selection_assessorallocation pile JOIN selection_application judged"
        " ON judged.id = pile.application_id WHERE judged.applicant_id = {owner} AND pile.assessor_id = {me})"
    ),
)
grounds.register(
    "backer",
    Ground(
        "EXISTS (SELECT 1 FROM selection_application backed LEFT JOIN selection_endorsement word"
        " ON word.application_id = backed.id WHERE backed.applicant_id = {owner}"
        " AND {me} IN (backed.line_manager_id, backed.sponsor_id, word.endorser_id))"
    ),
)
