from projects.models.objective_tie import ProjectTie, ProjectTieFact
from projects.models.project import Project, ProjectAmbition, ProjectDistrict, ProjectMembership, ProjectUpdate
from projects.models.stakeholder import (
    Level,
    Stakeholder,
    StakeholderEntry,
    StakeholderMove,
    StakeholderShare,
    Stance,
)

__all__ = [
    "Level",
    "Project",
    "ProjectAmbition",
    "ProjectDistrict",
    "ProjectMembership",
    "ProjectTie",
    "ProjectTieFact",
    "ProjectUpdate",
    "Stakeholder",
    "StakeholderEntry",
    "StakeholderMove",
    "StakeholderShare",
    "Stance",
]
