"""A start is quick and small: what only some pages need is loaded with the first of them."""

import subprocess
import sys

HEAVY = ("numpy", "PIL", "fpdf", "fontTools", "zxingcpp", "pi_heif")


def test_what_makes_pictures_and_pdfs_is_loaded_by_whoever_needs_it() -> None:
    loaded = f"import server.cli, sys; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "[]"
