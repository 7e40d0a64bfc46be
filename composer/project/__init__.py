"""A piece that is kept in a folder and changed part by part, with all that was done to it."""
