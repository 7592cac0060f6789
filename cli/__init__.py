"""The command line: `mingjian`."""

from cli.root import main

__all__ = ["main"]
