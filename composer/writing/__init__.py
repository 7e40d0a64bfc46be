"""From the brief to the plan, and from the plan to the score: the rule layer."""
