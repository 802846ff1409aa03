// 64-bit integers that say when a result does not fit.
#pragma once

#include <cstdint>

namespace neuromanifold {

struct IntegerOverflow {};

class CheckedInteger {
   public:
    CheckedInteger(std::int64_t value = 0) : value_(value) {}

    std::int64_t value() const { return value_; }
    int sign() const { return (value_ > 0) - (value_ < 0); }

    friend CheckedInteger operator+(CheckedInteger a, CheckedInteger b) {
        if (__builtin_add_overflow(a.value_, b.value_, &a.value_)) throw IntegerOverflow{};
        return a;
    }
    friend CheckedInteger operator-(CheckedInteger a, CheckedInteger b) {
        if (__builtin_sub_overflow(a.value_, b.value_, &a.value_)) throw IntegerOverflow{};
        return a;
    }
    friend CheckedInteger operator*(CheckedInteger a, CheckedInteger b) {
        if (__builtin_mul_overflow(a.value_, b.value_, &a.value_)) throw IntegerOverflow{};
        return a;
    }
    friend CheckedInteger operator-(CheckedInteger a) { return CheckedInteger(0) - a; }

    // a / b where b divides a.
    friend CheckedInteger exact_quotient(CheckedInteger a, CheckedInteger b) {
        if (b.value_ == 1) return a;
        if (b.value_ == -1) return -a;
        return {a.value_ / b.value_};
    }

   private:
    std::int64_t value_;
};

// The sign of ab - cd: products of two 64-bit integers always fit into 128 bits.
inline int compare_products(CheckedInteger a, CheckedInteger b, CheckedInteger c, CheckedInteger d) {
    __extension__ typedef __int128 Wide;
    Wide left = static_cast<Wide>(a.value()) * b.value(), right = static_cast<Wide>(c.value()) * d.value();
    return (left > right) - (left < right);
}

}  // namespace neuromanifold
