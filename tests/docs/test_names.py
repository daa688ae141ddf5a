"""Names in the documentation are names in the code: classes of the glossary, variables of the environment."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLASS = re.compile(r"`([a-z_]+(?:\.[a-z_]+)+)\.([A-Z]\w+)`")
READ = re.compile(r"""(?:environ(?:\.get)?[\[(]|required\(|flag\(|database\()\s*"([A-Z_]{6,})\"""")


@pytest.mark.parametrize("name", CLASS.findall((ROOT / "docs" / "glossary.md").read_text()), ids=".".join)
def test_a_class_of_the_glossary_exists(name: tuple[str, str]) -> None:
    module, cls = name
    assert isinstance(getattr(importlib.import_module(module), cls), type)


def test_every_variable_of_the_settings_is_explained() -> None:
    told = set(re.findall(r"`([A-Z_]{6,})`", (ROOT / "docs" / "operations.md").read_text()))
    sources = [ROOT / "portal" / "settings.py", ROOT / "deploy" / "gunicorn.conf.py"]
    read = {name for source in sources for name in READ.findall(source.read_text())}
    assert {"SECRET_KEY", "DATABASE_URL", "BATON_BIND"} <= read
    assert read - told == set()
