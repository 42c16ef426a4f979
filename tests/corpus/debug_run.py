"""One cell of every construct, to be run as a process of its own under S2SAD_DEBUG=1."""

from __future__ import annotations

import contextlib
import io
import random
import sys
import tempfile
import traceback
from pathlib import Path

from corpus.build import POSITIONS, arguments, kinds_for, program
from corpus.constructs import CONSTRUCTS
from support import check, load


def main(seed: int) -> int:
    """Run the cells, print what failed; 1 if anything did."""
    rng = random.Random(seed)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for construct in CONSTRUCTS:
            position, kind = rng.choice(POSITIONS), rng.choice(kinds_for(construct))
            module = load(program(construct, position), Path(folder))
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    check(module.f, arguments(kind), probes=1)
            except Exception:  # every failure is counted and printed
                failed += 1
                print(f"{construct.name} in {position} of {kind}\n{traceback.format_exc(limit=-3)}")
    print(f"{len(CONSTRUCTS)} constructs, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(20))
