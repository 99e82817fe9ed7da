"""Build the bundle into dist/desktop-llm, and test it where it has to work: outside this checkout."""

from __future__ import annotations

import sys

from tools.environment import PYTHON
from tools.selftest_package import self_test
from tools.steps import ROOT, Log, StepFailedError, announced

_LOG = ROOT / "build" / "package.log"
_BUNDLE = ROOT / "dist" / "desktop-llm"


def main() -> int:
    """Returns the exit status."""
    log = Log(_LOG)
    try:
        with announced("Building the bundle (about 2 minutes)"):
            folders = ["--distpath", str(_BUNDLE.parent), "--workpath", str(_LOG.parent / "pyinstaller")]
            log.run([str(PYTHON), "-m", "PyInstaller", "--noconfirm", *folders, str(ROOT / "build.spec")])
    except StepFailedError as error:
        log.print()
        print(f"The bundle could not be built: {error}. Its log, shown above, is in {_LOG}.", file=sys.stderr)
        return 1
    size_mb = sum(path.stat().st_size for path in _BUNDLE.rglob("*") if not path.is_symlink()) / 1e6
    print(f"{_BUNDLE} holds {size_mb:.0f} MB")
    return self_test(_BUNDLE)


if __name__ == "__main__":
    sys.exit(main())
