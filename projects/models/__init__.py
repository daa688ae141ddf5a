from projects.models.objective_tie import ProjectTie, ProjectTieFact
from projects.models.project import Project, ProjectAmbition, ProjectDistrict, ProjectMembership, ProjectUpdate

__all__ = [
    "Project",
    "ProjectAmbition",
    "ProjectDistrict",
    "ProjectMembership",
    "ProjectTie",
    "ProjectTieFact",
    "ProjectUpdate",
]
