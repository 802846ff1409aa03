// One system of linear equations, solved by elimination.
#pragma once

#include <complex>
#include <cstddef>
#include <utility>
#include <vector>

#include "scaled.hpp"

namespace neuromanifold {

// A X = B in place, by elimination with row exchanges; B has any number of columns. False where A is singular.
inline bool solve(std::size_t n, std::vector<Scalar>& A, std::vector<Scalar>& B) {
    const std::size_t width = B.size() / n;
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k + 1; i < n; ++i) {
            if (norm(A[i * n + k]) > norm(A[best * n + k])) best = i;
        }
        if (!(norm(A[best * n + k]) > 0)) return false;
        if (best != k) {
            std::swap_ranges(&A[k * n] + k, &A[k * n] + n, &A[best * n] + k);
            std::swap_ranges(&B[k * width], &B[k * width] + width, &B[best * width]);
        }
        const Scalar inverse = quotient(1.0, A[k * n + k]);
        for (std::size_t i = k + 1; i < n; ++i) {
            const Scalar factor = product(A[i * n + k], inverse);
            if (factor == 0.0) continue;
            for (std::size_t j = k + 1; j < n; ++j) A[i * n + j] = difference(A[i * n + j], factor, A[k * n + j]);
            for (std::size_t j = 0; j < width; ++j) B[i * width + j] = difference(B[i * width + j], factor, B[k * width + j]);
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        const Scalar inverse = quotient(1.0, A[k * n + k]);
        for (std::size_t c = 0; c < width; ++c) {
            Scalar value = B[k * width + c];
            for (std::size_t j = k + 1; j < n; ++j) value = difference(value, A[k * n + j], B[j * width + c]);
            B[k * width + c] = product(value, inverse);
        }
    }
    return true;
}

// A x = b in place for a positive definite A of which the lower half is given, by A = L D L*; false where it is not.
inline bool solve_hermitian(std::vector<Scalar>& A, std::vector<Scalar>& b) {
    const std::size_t n = b.size();
    for (std::size_t k = 0; k < n; ++k) {
        const double pivot = A[k * n + k].real();
        if (!(pivot > 0)) return false;
        for (std::size_t i = k + 1; i < n; ++i) {
            const Scalar below = A[i * n + k];
            if (below == 0.0) continue;
            const Scalar factor = below * (1 / pivot);
            for (std::size_t j = k + 1; j <= i; ++j) A[i * n + j] = difference(A[i * n + j], factor, std::conj(A[j * n + k]));
            b[i] = difference(b[i], factor, b[k]);
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        const double inverse = 1 / A[k * n + k].real();
        Scalar value = b[k];
        for (std::size_t i = k + 1; i < n; ++i) value = difference(value, std::conj(A[i * n + k]), b[i]);
        b[k] = value * inverse;
    }
    return true;
}

}  // namespace neuromanifold
