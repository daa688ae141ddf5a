from projects.models.objective_tie import ProjectTie, ProjectTieFact
from projects.models.project import Project, ProjectAmbition, ProjectMembership, ProjectUpdate

__all__ = ["Project", "ProjectAmbition", "ProjectMembership", "ProjectTie", "ProjectTieFact", "ProjectUpdate"]
