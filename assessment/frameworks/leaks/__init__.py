"""The leak test of a scope: who stands outside and yet reaches, shares with, or decides over what stands inside."""
