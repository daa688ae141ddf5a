from projects.models.project import Project, ProjectAmbition, ProjectMembership, ProjectUpdate

__all__ = ["Project", "ProjectAmbition", "ProjectMembership", "ProjectUpdate"]
