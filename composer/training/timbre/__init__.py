"""The timbre stage learns here: pairs of sounds, codec and prior, and how they are judged."""
