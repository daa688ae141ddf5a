"""The container files: without an engine they are read, and held against the script whose steps they repeat."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from runtime import frontend, native, postgres, up
from runtime.layout import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {"migrate"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def stages() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, rest in instructions():
        if name == "FROM":
            current = found.setdefault(rest.rpartition(" AS ")[2], [])
        current.append((name, rest))
    return found


def programs(stage: str) -> list[str]:
    return [part.strip() for name, rest in stages()[stage] if name == "RUN" for part in rest.split("&&")]


def images() -> list[str]:
    built = [rest.partition(" AS ")[0] for name, rest in instructions() if name == "FROM"]
    return built + [service["image"] for service in SERVICES.values() if "build" not in service]


def test_every_base_image_has_a_version() -> None:
    assert len(images()) == 7
    assert [image for image in images() if not re.search(r":\d+(\.\d+)*-", image)] == []


@pytest.mark.parametrize("stage", ["portal", "proxy"])
def test_what_runs_is_nobody_special_and_has_a_health_check(stage: str) -> None:
    names = dict(stages()[stage])
    assert names["USER"] not in ("", "root", "0")
    assert "HEALTHCHECK" in names


def test_no_secret_is_built_in() -> None:
    for name, rest in instructions():
        assert not (name in ("ENV", "ARG") and re.search(r"SECRET|PASSWORD|TOKEN|_URL", rest)), rest


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_held_short(name: str) -> None:
    service = SERVICES[name]
    assert str(service["user"]).partition(":")[0] not in ("root", "0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ONE_SHOT and name != "web"])
def test_every_service_has_a_health_check_of_its_own(name: str) -> None:
    """Web has the image's, which asks GET /health/."""
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_servers_of_data_are_out_of_reach() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "broker", "cache"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_every_named_volume_and_dependency_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]
        for dependency, wanted in service.get("depends_on", {}).items():
            needs_health = wanted["condition"] == "service_healthy"
            assert not needs_health or dependency == "web" or "healthcheck" in SERVICES[dependency]


def test_no_password_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    used = set(re.findall(r"\$\{([A-Z_]+)", text))
    described = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "env.example").read_text(), re.M))
    assert used == described
    secret = [name for name in used if re.search(r"PASSWORD|SECRET", name) and name != "BATON_SMTP_PASSWORD"]
    assert len(secret) == 7
    for name in secret:
        assert re.findall(rf"\$\{{{name}([^}}]*)", text)[0].startswith(":?"), name


def test_the_image_installs_what_the_script_installs() -> None:
    assert any("--require-hashes -r /tmp/base.txt" in line for line in programs("packages"))
    assert ("COPY", "requirements/base.txt /tmp/base.txt") in stages()["packages"]
    assert shlex.join(["npm", *frontend.INSTALL]) in programs("front-end")
    assert shlex.join(["npm", *frontend.BUILD]) in programs("front-end")
    copied = {rest.split()[0] for name, rest in stages()["front-end"] if name == "COPY"} | {"package-lock.json"}
    assert copied == set(frontend.SOURCES)
    assert f"apt-get install -q -y --no-install-recommends {native.PANGO}" in programs("portal")


def test_the_programs_are_started_as_the_script_starts_them() -> None:
    command = dict(stages()["portal"])["CMD"]
    assert yaml.safe_load(command) == ["python", *up.web_command()[1:]]
    assert SERVICES["worker"]["command"] == ["python", *up.worker_command()[1:]]
    assert SERVICES["beat"]["command"] == ["python", *up.beat_command("/tmp/beat-schedule")[1:]]
    assert SERVICES["migrate"]["command"][1:] == ["manage.py", "migrate", "--database", "owner", "--no-input"]


def test_the_database_is_made_as_the_script_makes_it() -> None:
    environment = SERVICES["postgres"]["environment"]
    assert tuple(environment["POSTGRES_INITDB_ARGS"].split()) == postgres.INITDB_OPTIONS
    assert f"./{postgres.ROLES_SQL.relative_to(ROOT)}:/baton/roles.sql:ro" in SERVICES["postgres"]["volumes"]
    asked = set(re.findall(r"\\getenv \w+ (\w+)", postgres.ROLES_SQL.read_text()))
    assert asked == {name for name in environment if name.startswith("PORTAL_")}


def test_the_image_leaves_out_what_is_not_the_portal() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().split())
    assert {".git", ".env", ".baton", "node_modules", "tests"} <= ignored


def test_the_proxy_speaks_modern_tls_only() -> None:
    caddyfile = (ROOT / "deploy" / "proxy" / "Caddyfile").read_text()
    assert "protocols tls1.2 tls1.3" in caddyfile
    assert "admin off" in caddyfile
    assert SERVICES["web"]["environment"]["BATON_PROXIES"] == "1"
