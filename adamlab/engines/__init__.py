"""How a game is played: step by step on any array library (`reference`)."""
