"""Tables of derivative rules: one module per topic, entered into `registry` when it is imported."""
