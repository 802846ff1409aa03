#include "expansion.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

namespace neuromanifold {

namespace {

// A complex number and how far it may be from the true one; 0 says that it is exact.
struct Number {
    double re, im, error;
};

double magnitude(const Number& a) { return std::abs(a.re) + std::abs(a.im); }

struct Rounded {
    double value, error;
};

Rounded sum(double a, double b) {
    double s = a + b, part = s - a;
    return {s, std::abs((a - (s - part)) + (b - part))};
}

constexpr double underflow = 0x1p-1022;

Rounded product(double a, double b) {
    constexpr double safe = 0x1p-960;  // above it the error is a double
    double p = a * b, error = std::abs(std::fma(a, b, -p));
    return {p, std::abs(p) < safe && a != 0 && b != 0 ? underflow : error};
}

Number operator+(const Number& a, const Number& b) {
    Rounded re = sum(a.re, b.re), im = sum(a.im, b.im);
    return {re.value, im.value, a.error + b.error + re.error + im.error};
}

Number operator-(const Number& a) { return {-a.re, -a.im, a.error}; }

Number operator*(const Number& a, const Number& b) {
    Rounded p = product(a.re, b.re), q = product(a.im, b.im), r = product(a.re, b.im), s = product(a.im, b.re);
    Rounded re = sum(p.value, -q.value), im = sum(r.value, s.value);
    double own = p.error + q.error + r.error + s.error + re.error + im.error;
    return {re.value, im.value, own + magnitude(a) * b.error + a.error * (magnitude(b) + b.error)};
}

Number exact(std::complex<double> z) { return {z.real(), z.imag(), 0.0}; }

// A constant of a tape is a rational number other than 0, rounded where it has many binary digits or is tiny.
Number constant(std::complex<double> z) {
    constexpr double digits = 0x1p20, rounding = 0x1p-53;
    double scaled = z.real() * digits;
    bool is_short = z != 0.0 && z.imag() == 0 && std::abs(scaled) < 0x1p52 && scaled == std::nearbyint(scaled);
    return {z.real(), z.imag(), is_short ? 0.0 : underflow + 2 * rounding * (std::abs(z.real()) + std::abs(z.imag()))};
}

struct Power {
    std::int32_t variable, exponent;
    bool operator==(const Power&) const = default;
};

// Monomials by number; 0 is the monomial 1.
class Monomials {
   public:
    Monomials() { number_of({}); }

    const std::vector<Power>& powers(std::int32_t monomial) const { return powers_[static_cast<std::size_t>(monomial)]; }
    std::int32_t variable(std::int32_t j) { return number_of({{j, 1}}); }

    std::int32_t product(std::int32_t a, std::int32_t b) {
        if (a == 0 || b == 0) return a + b;
        std::vector<Power> both;
        auto p = powers(a).begin(), p_end = powers(a).end(), q = powers(b).begin(), q_end = powers(b).end();
        while (p != p_end || q != q_end) {
            if (q == q_end || (p != p_end && p->variable < q->variable)) {
                both.push_back(*p++);
            } else if (p == p_end || q->variable < p->variable) {
                both.push_back(*q++);
            } else {
                if (p->exponent > INT32_MAX - q->exponent) throw TooManyTerms();
                both.push_back({p->variable, p->exponent + q->exponent});
                ++p, ++q;
            }
        }
        return number_of(std::move(both));
    }

   private:
    struct Hash {
        std::size_t operator()(const std::vector<Power>& powers) const {
            std::uint64_t word = 0;
            for (auto [variable, exponent] : powers) {
                word = (word ^ (static_cast<std::uint64_t>(variable) << 32) ^ static_cast<std::uint64_t>(exponent)) * 0x9e3779b97f4a7c15u;
                word ^= word >> 29;
            }
            return static_cast<std::size_t>(word);
        }
    };

    std::int32_t number_of(std::vector<Power> powers) {
        auto [place, is_new] = numbers_.try_emplace(std::move(powers), static_cast<std::int32_t>(powers_.size()));
        if (is_new) powers_.push_back(place->first);
        return place->second;
    }

    std::vector<std::vector<Power>> powers_;
    std::unordered_map<std::vector<Power>, std::int32_t, Hash> numbers_;
};

struct Term {
    std::int32_t monomial;
    Number coefficient;
};

using Polynomial = std::vector<Term>;  // by monomials

class Expansion {
   public:
    explicit Expansion(std::int64_t most_terms) : most_terms_(static_cast<std::size_t>(most_terms)) {}

    const Monomials& monomials() const { return monomials_; }

    Polynomial variable(std::int32_t j) { return {{monomials_.variable(j), {1, 0, 0}}}; }

    static Polynomial number(Number a) { return a.re == 0 && a.im == 0 && a.error == 0 ? Polynomial{} : Polynomial{{0, a}}; }

    Polynomial add(const Polynomial& a, const Polynomial& b) const {
        Polynomial result;
        result.reserve(a.size() + b.size());
        auto p = a.begin(), q = b.begin();
        while (p != a.end() || q != b.end()) {
            if (q == b.end() || (p != a.end() && p->monomial < q->monomial)) {
                result.push_back(*p++);
            } else if (p == a.end() || q->monomial < p->monomial) {
                result.push_back(*q++);
            } else {
                append(result, {p->monomial, p->coefficient + q->coefficient});
                ++p, ++q;
            }
        }
        return checked(std::move(result));
    }

    static Polynomial negative(Polynomial a) {
        for (auto& term : a) term.coefficient = -term.coefficient;
        return a;
    }

    Polynomial multiply(const Polynomial& a, const Polynomial& b) {
        if (a.size() * b.size() > pairs_per_term * most_terms_) throw TooManyTerms();
        Polynomial all, result;
        all.reserve(a.size() * b.size());
        for (const auto& p : a) {
            for (const auto& q : b) all.push_back({monomials_.product(p.monomial, q.monomial), p.coefficient * q.coefficient});
        }
        std::stable_sort(all.begin(), all.end(), [](const Term& p, const Term& q) { return p.monomial < q.monomial; });
        for (auto first = all.begin(); first != all.end();) {
            Term total = *first++;
            for (; first != all.end() && first->monomial == total.monomial; ++first) total.coefficient = total.coefficient + first->coefficient;
            append(result, total);
        }
        return checked(std::move(result));
    }

    Polynomial power(Polynomial a, std::int32_t exponent) {
        if (exponent < 0) throw LossOfPrecision();
        Polynomial result = number({1, 0, 0});
        for (; exponent > 0; exponent /= 2) {
            if (exponent % 2) result = multiply(result, a);
            if (exponent > 1) a = multiply(a, a);
        }
        return result;
    }

   private:
    static constexpr std::size_t pairs_per_term = 16;

    static void append(Polynomial& terms, const Term& term) {
        const auto& [re, im, error] = term.coefficient;
        if (re != 0 || im != 0 || error != 0) terms.push_back(term);
    }

    Polynomial checked(Polynomial a) const {
        if (a.size() > most_terms_) throw TooManyTerms();
        return a;
    }

    std::size_t most_terms_;
    Monomials monomials_;
};

bool is_binary(Opcode opcode) { return opcode <= Opcode::div; }

std::vector<bool> needed(const Tape& tape, std::size_t n_inputs) {
    std::vector<bool> marks(n_inputs + tape.instructions.size(), false);
    for (auto value : tape.values) marks[static_cast<std::size_t>(value)] = true;
    for (std::size_t i = tape.instructions.size(); i-- > 0;) {
        if (!marks[n_inputs + i]) continue;
        const auto& instruction = tape.instructions[i];
        marks[static_cast<std::size_t>(instruction.a)] = true;
        if (is_binary(static_cast<Opcode>(instruction.opcode))) marks[static_cast<std::size_t>(instruction.b)] = true;
    }
    return marks;
}

}  // namespace

SparsePolynomials expanded_segment(const Tape& tape, const std::complex<double>* start, const std::complex<double>* target,
                                   std::int64_t most_terms, double accuracy) {
    Expansion ring(most_terms);
    const std::int32_t n = tape.n_variables;
    std::vector<Polynomial> values;
    for (std::int32_t j = 0; j < n; ++j) values.push_back(ring.variable(j));
    const Polynomial t = ring.variable(n);
    for (std::int32_t k = 0; k < tape.n_parameters; ++k) {
        auto change = ring.number(exact(start[k]) + -exact(target[k]));
        values.push_back(ring.add(ring.number(exact(target[k])), ring.multiply(change, t)));
    }
    for (auto c : tape.constants) values.push_back(ring.number(constant(c)));
    const auto is_needed = needed(tape, values.size());
    for (const auto& [opcode, first, second, immediate] : tape.instructions) {
        if (!is_needed[values.size()]) {
            values.emplace_back();
            continue;
        }
        const auto& a = values[static_cast<std::size_t>(first)];
        const auto& b = values[static_cast<std::size_t>(is_binary(static_cast<Opcode>(opcode)) ? second : first)];
        Polynomial value;
        switch (static_cast<Opcode>(opcode)) {
            case Opcode::add: value = ring.add(a, b); break;
            case Opcode::sub: value = ring.add(a, ring.negative(b)); break;
            case Opcode::mul: value = ring.multiply(a, b); break;
            case Opcode::div: throw LossOfPrecision();
            case Opcode::neg: value = ring.negative(a); break;
            case Opcode::square: value = ring.multiply(a, a); break;
            case Opcode::power: value = ring.power(a, immediate); break;
        }
        values.push_back(std::move(value));
    }
    SparsePolynomials result{n + 1, {}, {}, {}};
    for (auto output : tape.values) {
        const auto& polynomial = values[static_cast<std::size_t>(output)];
        result.sizes.push_back(static_cast<std::int64_t>(polynomial.size()));
        for (const auto& [monomial, c] : polynomial) {
            if (!(c.error <= accuracy * magnitude(c)) || !std::isfinite(magnitude(c))) throw LossOfPrecision();
            result.coefficients.emplace_back(c.re, c.im);
            auto row = result.exponents.insert(result.exponents.end(), static_cast<std::size_t>(n) + 1, 0);
            for (auto [variable, exponent] : ring.monomials().powers(monomial)) row[variable] = exponent;
        }
    }
    return result;
}

}  // namespace neuromanifold
