"""The transformer: it proposes notes for cells of the plan; masks and the checker dispose."""
