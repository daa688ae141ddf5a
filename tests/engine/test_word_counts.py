"""Page and server count words alike, and as a reader does: one table for both."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from engine.forms import count_words

ROOT = Path(__file__).parents[2]
TABLE: list[tuple[str, int]] = [tuple(row) for row in json.loads((ROOT / "tests/engine/word_counts.json").read_text())]


def test_the_server_counts_as_the_table_says():
    assert len(TABLE) == 40
    assert {text: count_words(text) for text, _words in TABLE} == dict(TABLE)


def test_the_page_counts_as_the_server_does():
    """The script that pages run, in Node, over the table and over every character that might part two words."""
    node = shutil.which("node")
    assert node, "the front end is built with Node"
    every = ["a" + chr(code) + "b" for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000]
    texts = [text for text, _words in TABLE] + every
    program = (
        "import {countWords} from './static/src/scripts/words.js'; import {readFileSync} from 'node:fs';"
        "console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(countWords)))"
    )
    run = subprocess.run(
        [node, "--input-type=module", "-e", program],
        input=json.dumps(texts), capture_output=True, text=True, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    assert dict(zip(texts, json.loads(run.stdout), strict=True)) == {text: count_words(text) for text in texts}
