"""The corpus: from a folder of anyone's MIDI files to shards of tokens, to train a model on."""
