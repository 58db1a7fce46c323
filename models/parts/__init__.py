"""What every part of the machine side is called, does and can be told; imports no torch."""
