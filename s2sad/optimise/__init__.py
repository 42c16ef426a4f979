"""Passes that make programs smaller and faster, and `Motion`, the one gate for every motion of code."""

from s2sad.optimise.motion import Motion
from s2sad.optimise.passes import PASSES, optimise, switched_off

__all__ = ["PASSES", "Motion", "optimise", "switched_off"]
