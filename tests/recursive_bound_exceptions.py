"""(widths, exponent) → (dimension, smaller of the recursive and the expected dimension), where
they differ, among all the architectures of test_theory_recursive_bound.py."""

NOT_SHARP = {
    # five binary quartics from four squares: det = 0
    ((2, 3, 4, 5), 2): (24, 25),
    ((2, 4, 4, 5), 2): (24, 25),
    ((2, 5, 4, 5), 2): (24, 25),
    # c₁q₁² + c₂q₂² is a product of two quadratic forms, in three and in four variables
    ((3, 4, 2, 1), 2): (11, 12),
    ((3, 5, 2, 1), 2): (11, 12),
    ((4, 5, 2, 1), 2): (19, 20),
    # nets of quadrics inside five squares have dimension 20, not 21: (4, 5, 3) is defective;
    # a quadratic form on the net adds 6
    ((4, 5, 3, 1), 2): (26, 27),
}
