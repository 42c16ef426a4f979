"""From live functions to the intermediate representation: source text, syntax trees, lowering."""
