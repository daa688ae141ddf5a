"""Names in the documentation are names in the code: classes of the glossary, variables of the environment."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLASS = re.compile(r"`([a-z_]+(?:\.[a-z_]+)+)\.([A-Z]\w+)`")
DOTTED = re.compile(r"`([a-z_]+(?:\.(?!py\b|md\b|html\b|sql\b|yml\b|txt\b)[A-Za-z_]+)+)(?:\(\))?`")
READ = re.compile(r"""(?:environ(?:\.get)?[\[(]|required\(|flag\(|database\()\s*"([A-Z_]{6,})\"""")


@pytest.mark.parametrize("name", CLASS.findall((ROOT / "docs" / "glossary.md").read_text()), ids=".".join)
def test_a_class_of_the_glossary_exists(name: tuple[str, str]) -> None:
    module, cls = name
    assert isinstance(getattr(importlib.import_module(module), cls), type)


@pytest.mark.parametrize("page", ["architecture.md", "operations.md", "testing.md"])
def test_a_dotted_name_of_the_code_exists(page: str) -> None:
    found = [
        name
        for name in DOTTED.findall((ROOT / "docs" / page).read_text())
        if (ROOT / name.split(".")[0] / "__init__.py").is_file()
    ]
    assert found or page != "architecture.md"
    for name in found:
        parts = name.split(".")
        module = next(".".join(parts[:n]) for n in range(len(parts), 0, -1) if find_spec_of(".".join(parts[:n])))
        thing = importlib.import_module(module)
        for attribute in parts[len(module.split(".")) :]:
            assert hasattr(thing, attribute), f"{page} names {name}"
            thing = getattr(thing, attribute)


def find_spec_of(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_every_variable_of_the_settings_is_explained() -> None:
    told = set(re.findall(r"`([A-Z_]{6,})`", (ROOT / "docs" / "operations.md").read_text()))
    sources = [ROOT / "portal" / "settings.py", ROOT / "deploy" / "gunicorn.conf.py"]
    read = {name for source in sources for name in READ.findall(source.read_text())}
    assert {"SECRET_KEY", "DATABASE_URL", "BATON_BIND"} <= read
    assert read - told == set()
