"""From programs to derivative programs: the reverse sweep, and what the forward sweep keeps for it."""
