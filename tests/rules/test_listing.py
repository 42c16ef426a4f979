"""docs/functions.md lists what the registry holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"


def test_page_is_current() -> None:
    """In a process of its own, so that rules which tests register are not listed."""
    made = subprocess.run([sys.executable, "-m", "s2sad.rules.listing"], capture_output=True, text=True, check=True)
    assert made.stdout == PAGE.read_text(), "run python -m s2sad.rules.listing > docs/functions.md"
