"""The bureau of the tests."""

from infra.built_in import BUILT_IN

SAMPLE = BUILT_IN
