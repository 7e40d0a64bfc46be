"""Commands that learn tables from corpora; nothing here is needed to compose."""
