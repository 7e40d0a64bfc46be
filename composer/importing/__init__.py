"""Material that the user brings: files → the fields of a brief that they fill."""
