"""Run vhtui as ``python -m vhtui``."""

import sys

from vhtui.cli import main

if __name__ == "__main__":
    sys.exit(main())
