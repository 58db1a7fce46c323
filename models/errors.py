"""What every error of the models is; apart from the interfaces, for it is caught without torch."""


class ModelError(ValueError):
    """A part cannot do what was asked of it."""
