"""The container files: without an engine they are read, and held against the script whose steps they repeat."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime import frontend, native, postgres, up
from runtime.layout import ROOT, VENV


class Strict(yaml.SafeLoader):
    """YAML lets the second of two equal keys win in silence; here it's an error."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: a key stands twice"
        return super().construct_mapping(node, deep)


DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.load((ROOT / "docker-compose.yml").read_text(), Strict)
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


# What the compose specification allows of the keys used here, and the form of their values.
SECONDS = r"\d+(ms|s|m|h)"
SERVICE_KEYS: dict[str, Any] = {
    "image": r"[a-z]+/?[a-z]+:[\w.-]+", "build": dict, "user": r"\d+:\d+|[a-z]+", "read_only": bool, "tmpfs": list, "volumes": list,
    "networks": list, "restart": r"no|unless-stopped", "cap_drop": list, "security_opt": list, "environment": dict,
    "depends_on": dict, "healthcheck": dict, "command": list, "stop_grace_period": SECONDS, "ports": list,
    "shm_size": r"\d+[bkmg]b?",
}  # fmt: skip
HEALTH_KEYS: dict[str, Any] = {
    "test": list, "interval": SECONDS, "timeout": SECONDS, "start_period": SECONDS, "retries": int, "disable": bool
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def is_of(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return isinstance(value, str) and re.fullmatch(wanted, value) is not None
    return type(value) is wanted


def test_the_compose_file_is_of_the_specifications_form() -> None:
    """What `docker compose config` would refuse: unknown keys, wrong types, odd durations, values that aren't text."""
    assert set(COMPOSE) - {key for key in COMPOSE if key.startswith("x-")} == {
        "name",
        "services",
        "networks",
        "volumes",
    }
    for name, service in SERVICES.items():
        for key, value in service.items():
            assert is_of(value, SERVICE_KEYS[key]), f"{name}.{key}: {value!r}"
        for key, value in service.get("healthcheck", {}).items():
            assert is_of(value, HEALTH_KEYS[key]), f"{name}.healthcheck.{key}: {value!r}"
        assert service.get("healthcheck", {}).get("test", ["CMD"])[0] in ("CMD", "CMD-SHELL")
        assert set(service.get("build", {})) <= {"context", "target"}
        assert service.get("build", {}).get("target", "portal") in stages()
        assert all(isinstance(value, str) for value in service.get("environment", {}).values())
        assert all(isinstance(part, str) for part in service.get("command", []))
        assert all(re.fullmatch(r"\d+:\d+(/udp)?", port) for port in service.get("ports", []))
        assert all(re.fullmatch(r"[./\w-]+:/[\w./-]+(:ro)?", volume) for volume in service.get("volumes", []))
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        for dependency, wanted in service.get("depends_on", {}).items():
            assert dependency in SERVICES and wanted["condition"] in CONDITIONS


def test_with_env_filled_in_nothing_is_left_open_and_a_missing_value_stops_it() -> None:
    described = (ROOT / "deploy" / "env.example").read_text()
    values = {name: value or "filled" for name, value in re.findall(r"^([A-Z_]+)=(.*)$", described, re.M)}
    text = "\n".join(
        line for line in (ROOT / "docker-compose.yml").read_text().splitlines() if not line.lstrip().startswith("#")
    )
    asked = re.findall(r"(?<!\$)\$\{([A-Z_]+)(:[?-])?([^}]*)\}", text)
    assert len(asked) > 20
    for name, operator, rest in asked:
        assert name in values and operator in (":?", ":-"), name
        assert operator == ":-" or rest, f"{name}: says nothing to who forgot it"
    filled = re.sub(r"(?<!\$)\$\{([A-Z_]+)[^}]*\}", lambda found: values[found[1]], text)
    # what is left is for the shells inside the containers
    assert set(re.findall(r"\$+\w+", filled)) == {"$$HOSTNAME", "$$REDISCLI_AUTH"}
    yaml.load(filled, Strict)


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
    assert {".git", ".env*", "*.dump", "deploy/certs", ".baton", "node_modules", "tests"} <= ignored


def context(target: Path) -> None:
    """What `COPY . .` would bring: the checkout's files less what .dockerignore names."""
    ignored = [line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().split()]

    def left_out(folder: str, names: list[str]) -> set[str]:
        place = Path(folder).relative_to(ROOT)
        return {n for n in names for p in ignored if fnmatch.fnmatch(n, p) or fnmatch.fnmatch(str(place / n), p)}

    shutil.copytree(ROOT, target, ignore=left_out, symlinks=True)


def test_the_images_own_step_works_on_the_files_it_copies(tmp_path: Path) -> None:
    """Collecting as the Dockerfile says, from its own context and with its own environment; then all programs load there."""
    app = tmp_path / "app"
    context(app)
    assert not (app / "tests").exists() and not (app / ".git").exists()
    shutil.copytree(frontend.OUTPUT, app / "static" / "dist")
    (declared,) = [rest for name, rest in stages()["portal"] if name == "ENV"]
    env = dict(part.split("=", 1) for part in shlex.split(declared))
    assert env["BATON_ENV"] == "production"
    env |= {
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.defpath}",
        "BATON_STATIC_ROOT": str(app / "collected"),
        "BATON_DATA": str(tmp_path),
    }
    step = next(rest for name, rest in stages()["portal"] if name == "RUN" and "collectstatic" in rest)
    given = step.partition(" python ")[0]
    load = (
        "import django; django.setup(); import portal.wsgi, portal.celery, portal.urls, sys; print(sorted(sys.modules))"
    )
    for command in (
        step,
        f"{given} python -W ignore -c '{load}'",
        "python -c 'import ast; ast.parse(open(\"deploy/healthcheck.py\").read())'",
    ):
        done = subprocess.run(["sh", "-c", command], cwd=app, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        # what only some need is loaded by them: it would slow down every start
        assert not re.search(r"'(numpy|scipy|openpyxl|weasyprint)'", done.stdout), "loaded at every start"
    # compressed whatever stands in front, and what a page needs together small
    hashed = json.loads((app / "collected" / "staticfiles.json").read_text())["paths"]
    sizes = {
        name: (app / "collected" / f"{hashed[name]}.gz").stat().st_size for name in ("app.css", "app.js", "htmx.min.js")
    }
    assert sum(sizes.values()) < 80 * 1024, sizes


def test_the_proxy_speaks_modern_tls_only() -> None:
    caddyfile = (ROOT / "deploy" / "proxy" / "Caddyfile").read_text()
    assert "protocols tls1.2 tls1.3" in caddyfile
    assert "admin off" in caddyfile
    # with every capability dropped, a program that asks for one can't be started
    assert SERVICES["proxy"]["cap_drop"] == ["ALL"] and "setcap -r /usr/bin/caddy" in programs("proxy")
    assert SERVICES["web"]["environment"]["BATON_PROXIES"] == "1"
