"""Maps from latents to images, trained on the pool alone."""
