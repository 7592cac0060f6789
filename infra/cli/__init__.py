"""The command line: `mingjian`."""

from infra.cli.main import main

__all__ = ["main"]
