"""Tables of many architectures, and searches in them."""
