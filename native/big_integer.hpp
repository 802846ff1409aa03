// Integers of any size with just the operations that exact determinants and comparisons of fractions need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace neuromanifold {

// Sign and magnitude, 32-bit limbs from the lowest; zero has no limbs.
class BigInteger {
   public:
    BigInteger(std::int64_t value = 0) : negative_(value < 0) {
        auto rest = negative_ ? -static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
        for (; rest; rest >>= 32) limbs_.push_back(static_cast<std::uint32_t>(rest));
    }

    int sign() const { return limbs_.empty() ? 0 : negative_ ? -1 : 1; }

    friend BigInteger operator-(BigInteger a) {
        a.negative_ = !a.negative_ && !a.limbs_.empty();
        return a;
    }
    friend BigInteger operator+(const BigInteger& a, const BigInteger& b) { return sum(a, b, b.negative_); }
    friend BigInteger operator-(const BigInteger& a, const BigInteger& b) { return sum(a, b, !b.negative_); }
    friend BigInteger operator*(const BigInteger& a, const BigInteger& b) {
        BigInteger product;
        product.limbs_.assign(a.limbs_.size() + b.limbs_.size(), 0);
        for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
            std::uint64_t carry = 0;
            for (std::size_t j = 0; j < b.limbs_.size(); ++j) {
                carry += product.limbs_[i + j] + std::uint64_t{a.limbs_[i]} * b.limbs_[j];
                product.limbs_[i + j] = static_cast<std::uint32_t>(carry);
                carry >>= 32;
            }
            product.limbs_[i + b.limbs_.size()] = static_cast<std::uint32_t>(carry);
        }
        product.negative_ = a.negative_ != b.negative_;
        return product.trimmed();
    }

    // a / b where b divides a. From the lowest limb up: modulo 2^32 an odd divisor can be inverted.
    friend BigInteger exact_quotient(BigInteger a, BigInteger b) {
        bool negative = a.negative_ != b.negative_;
        while (b.limbs_[0] == 0) {
            a.limbs_.erase(a.limbs_.begin(), a.limbs_.begin() + (a.limbs_.empty() ? 0 : 1));
            b.limbs_.erase(b.limbs_.begin());
        }
        int shift = __builtin_ctz(b.limbs_[0]);
        a.shift_down(shift);
        b.shift_down(shift);
        std::uint32_t inverse = b.limbs_[0];  // correct to 3 bits, which each round doubles
        for (int round = 0; round < 4; ++round) inverse *= 2 - b.limbs_[0] * inverse;
        BigInteger quotient;
        if (a.limbs_.size() >= b.limbs_.size()) quotient.limbs_.assign(a.limbs_.size() - b.limbs_.size() + 1, 0);
        for (std::size_t i = 0; i < quotient.limbs_.size(); ++i) {
            std::uint32_t digit = a.limbs_[i] * inverse;
            quotient.limbs_[i] = digit;
            std::uint64_t carry = 0;
            for (std::size_t j = 0; i + j < a.limbs_.size(); ++j) {
                if (j < b.limbs_.size()) carry += std::uint64_t{digit} * b.limbs_[j];
                std::uint64_t limb = a.limbs_[i + j];
                std::uint64_t low = carry & 0xffffffffu;
                a.limbs_[i + j] = static_cast<std::uint32_t>(limb - low);
                carry = (carry >> 32) + (limb < low ? 1 : 0);
                if (j >= b.limbs_.size() && carry == 0) break;
            }
        }
        quotient.negative_ = negative;
        return quotient.trimmed();
    }

   private:
    static BigInteger sum(const BigInteger& a, const BigInteger& b, bool b_negative) {
        BigInteger result;
        if (a.negative_ == b_negative || a.limbs_.empty() || b.limbs_.empty()) {
            std::uint64_t carry = 0;
            for (std::size_t i = 0; i < a.limbs_.size() || i < b.limbs_.size() || carry; ++i) {
                carry += std::uint64_t{a.limb(i)} + b.limb(i);
                result.limbs_.push_back(static_cast<std::uint32_t>(carry));
                carry >>= 32;
            }
            result.negative_ = a.limbs_.empty() ? b_negative : a.negative_;
            return result.trimmed();
        }
        bool swap = smaller_magnitude(a, b);
        const BigInteger& large = swap ? b : a;
        const BigInteger& small = swap ? a : b;
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < large.limbs_.size(); ++i) {
            std::uint64_t taken = std::uint64_t{small.limb(i)} + borrow;
            borrow = large.limbs_[i] < taken ? 1 : 0;
            result.limbs_.push_back(static_cast<std::uint32_t>(large.limbs_[i] - taken));
        }
        result.negative_ = swap ? b_negative : a.negative_;
        return result.trimmed();
    }

    static bool smaller_magnitude(const BigInteger& a, const BigInteger& b) {
        if (a.limbs_.size() != b.limbs_.size()) return a.limbs_.size() < b.limbs_.size();
        for (std::size_t i = a.limbs_.size(); i-- > 0;) {
            if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] < b.limbs_[i];
        }
        return false;
    }

    std::uint32_t limb(std::size_t i) const { return i < limbs_.size() ? limbs_[i] : 0; }

    void shift_down(int bits) {
        if (bits == 0) return;
        for (std::size_t i = 0; i < limbs_.size(); ++i) limbs_[i] = limbs_[i] >> bits | limb(i + 1) << (32 - bits);
        *this = std::move(*this).trimmed();
    }

    BigInteger trimmed() && {
        while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
        if (limbs_.empty()) negative_ = false;
        return std::move(*this);
    }
    BigInteger trimmed() & { return std::move(*this).trimmed(); }

    bool negative_ = false;
    std::vector<std::uint32_t> limbs_;
};

// The sign of ab - cd.
inline int compare_products(const BigInteger& a, const BigInteger& b, const BigInteger& c, const BigInteger& d) {
    return (a * b - c * d).sign();
}

}  // namespace neuromanifold
