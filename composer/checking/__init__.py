"""The hard rules as named predicates: writers, masks and the report ask the same ones."""
