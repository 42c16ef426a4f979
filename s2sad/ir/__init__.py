"""The intermediate representation: nodes, kinds of values, and rewriting."""
