"""Changes of parameters that change no function."""
