"""The corpus: every construct of the input language, at every place of a program, for every kind of argument."""
