"""What the first version of the shop left behind."""


class Money(float):
    """Amounts as floats; kept for the old exports."""
