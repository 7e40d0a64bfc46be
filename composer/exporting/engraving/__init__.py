"""A score as it stands on paper: staves, voices, note values, beams. Clock: quarters."""
