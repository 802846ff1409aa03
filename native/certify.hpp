// The interface of the certifying kernels: plain data, like kernel.hpp.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

#include "program.hpp"

namespace neuromanifold {

// Exact numbers near doubles: |exact - (leading + trailing)| <= radius for the real part; the imaginary part is exact.
struct Remainders {
    const double* trailing;
    const double* radius;
};

struct ExactInputs {
    const std::complex<double>* p;  // parameters of point i start at i * p_stride
    Remainders p_remainders;        // in the same layout
    std::int64_t p_stride;
    Remainders constants;           // of the tape, the final 1 included
};

struct CertifyBatch {
    const std::complex<double>* x;  // count x n: approximate zeros
    std::int64_t count;
    ExactInputs inputs;
    const TapeView* image;          // functions of the same inputs to be enclosed on certified boxes, or null
    Remainders image_constants;
    std::complex<double>* center;   // count x n
    double* radius;                 // count x n
    bool* certified;
    bool* real;
    std::complex<double>* image_midpoint;  // count x (equations of the image)
    double* image_radius;                  // infinite where nothing is certified
};

// What F takes on boxes x +- radius: enclosures leading + trailing +- radius, in balls around double-doubles or around doubles.
struct EncloseBatch {
    const std::complex<double>* x;  // count x n
    const double* x_radius;         // count x n
    std::int64_t count;
    ExactInputs inputs;
    bool extended;
    std::complex<double>* leading;  // count x m
    std::complex<double>* trailing;
    std::complex<double>* radius;   // of real and imaginary part
};

// Memory as for Kernel; certify serves the points from `first` to `last`, a multiple of `lanes`, enclose `lanes` points from `first`.
struct CertifyKernel {
    int lanes;
    std::size_t (*bytes)(const TapeView& system, const TapeView* image);
    void (*certify)(const TapeView& system, std::byte* memory, const CertifyBatch&, std::int64_t first, std::int64_t last);
    void (*enclose)(const TapeView& system, std::byte* memory, const EncloseBatch&, std::int64_t first);
};

}  // namespace neuromanifold
