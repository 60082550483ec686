"""A release: made once from the checkout, then only copied, unpacked and checked by digest."""
