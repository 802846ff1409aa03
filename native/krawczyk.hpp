// Krawczyk's test on a block of approximate zeros.
//
// For a box B = c +- r, an approximate inverse C of the Jacobian and K(B) = c - C F(c) + (I - C F'(B))(B - c): if K(B) lies
// in the interior of B and ||I - C F'(B)|| < 1/sqrt(2) then F has exactly one zero in B, and it lies in K(B). The norm is the
// maximum norm weighted by r, which is the theorem for the system in the unknowns x_i / r_i.
#pragma once

#include "certify.hpp"
#include "interval.hpp"
#include "linear_algebra.hpp"
#include "machine.hpp"
#include "unfused.hpp"

namespace neuromanifold::NM_ISA {

// A tape whose inputs are balls: slots and loading.
template <class M>
class BallProgram {
   public:
    using B = Complex<Ball<M>>;

    BallProgram(Arena& arena, const TapeView& tape, const ProgramView& program)
        : tape_(tape), program_(program), slots_(arena.take<B>(program.n_slots)) {}

    void set_constants(const Remainders& remainders) {
        for (int k = 0; k < tape_.n_constants; ++k) {
            const auto& value = tape_.constants[k];
            Complex<Lanes> leading{Lanes::broadcast(value.real()), Lanes::broadcast(value.imag())};
            slots_[tape_.n_variables + tape_.n_parameters + k] =
                enclose(leading, Lanes::broadcast(remainders.trailing[k]), Lanes::broadcast(remainders.radius[k]));
        }
    }
    void set_parameter(int k, Complex<Lanes> leading, Lanes trailing, Lanes radius) {
        slots_[tape_.n_variables + k] = enclose(leading, trailing, radius);
    }

    B* variables() { return slots_; }
    void run() { NM_ISA::run(program_, slots_); }
    const B& value(int i) const { return slots_[program_.values[i]]; }

    // visit(row, first, last) for each row of the Jacobian; `partial` gives the values of its entries.
    template <class Visit>
    NM_INLINE void visit_jacobian(Visit visit) const {
        visit_rows(program_, tape_.n_equations, visit);
    }
    NM_INLINE const B& partial(const JacobianEntry& entry) const { return slots_[entry.slot]; }

   private:
    NM_INLINE static B enclose(Complex<Lanes> leading, Lanes trailing, Lanes radius) {
        auto im = Ball<M>::exactly(leading.im);
        if constexpr (sizeof(M) == sizeof(Lanes)) return {{leading.re, grown(abs(trailing) + radius)}, im};
        else return {{{leading.re, trailing}, radius}, im};
    }

    TapeView tape_;
    ProgramView program_;
    B* slots_;
};

using Point = Complex<Unfused>;

// F and its Jacobian at points, without error bounds, rounded in the same way on every processor.
class PointProgram {
   public:
    PointProgram(Arena& arena, const TapeView& tape) : tape_(tape), slots_(arena.take<Point>(tape.full.n_slots)) {
        if (!slots_) return;  // only measuring
        for (int k = 0; k < tape.n_constants; ++k) {
            slots_[tape.n_variables + tape.n_parameters + k] = Point::broadcast(tape.constants[k].real(), tape.constants[k].imag());
        }
    }

    void set_parameter(int k, Complex<Lanes> leading, Lanes, Lanes) { slots_[tape_.n_variables + k] = {{leading.re}, {leading.im}}; }

    Point* variables() { return slots_; }
    void run() { NM_ISA::run(tape_.full, slots_); }

    template <class Visit>
    NM_INLINE void visit_jacobian(Visit visit) const {
        visit_rows(tape_.full, tape_.n_equations, visit);
    }
    NM_INLINE const Point& partial(const JacobianEntry& entry) const { return slots_[entry.slot]; }

   private:
    TapeView tape_;
    Point* slots_;
};

class Krawczyk {
   public:

    Krawczyk(Arena& arena, const TapeView& tape)
        : n_(tape.n_variables),
          values_(arena, tape, tape.values),
          full_(arena, tape, tape.full),
          point_(arena, tape),
          lu_(arena, n_),
          inverse_(arena.take<Point>(std::int64_t{n_} * n_)),
          inverse_size_(arena.take<Lanes>(std::int64_t{n_} * n_)),
          x_(arena.take<Point>(n_)),
          given_(arena.take<Point>(n_)),
          column_(arena.take<Point>(n_)),
          row_scale_(arena.take<Unfused>(n_)),
          step_(arena.take<Complex<Ball<Lanes>>>(n_)),
          row_(arena.take<Point>(n_)),
          wobble_(arena.take<Lanes>(n_)),
          base_(arena.take<Lanes>(n_)),
          radius_(arena.take<Lanes>(n_)),
          required_(arena.take<Lanes>(n_)),
          spread_(arena.take<Lanes>(n_)) {}

    BallProgram<DoubleDouble>& values() { return values_; }
    BallProgram<Lanes>& full() { return full_; }
    PointProgram& point() { return point_; }

    Mask certified, real;
    Point* center() { return x_; }
    const Point* center() const { return x_; }
    const Lanes* radius() const { return radius_; }

    // Improves the given points and tests boxes around them. `is_real` tells in which lanes all parameters are real.
    void certify(Mask is_real) {
        certified = real = Mask{};
        for (int i = 0; i < n_; ++i) radius_[i] = required_[i] = spread_[i] = Lanes::zero();
        Mask contracted = refine();
        for (int i = 0; i < n_; ++i) given_[i] = x_[i];
        Mask near_real = contracted & is_real & almost_real();
        if (any(near_real)) {
            Mask unlike{};
            for (int i = 0; i < n_; ++i) {
                x_[i].im.v = select(near_real, Lanes::zero(), given_[i].im.v);
                unlike = unlike | ~(abs(given_[i].im.v) <= Lanes::zero());
            }
            if (any(unlike & near_real)) residual();
            test(near_real);
        }
        Mask left = contracted & ~certified;
        if (any(left)) {
            for (int i = 0; i < n_; ++i) x_[i] = select(left, given_[i], x_[i]);
            if (any(left & near_real)) residual();
            test(left);
        }
        real = certified & is_real & meets_conjugate();
    }

    // K(B) of coordinate i: it contains the zero and is much smaller than B.
    Complex<Ball<DoubleDouble>> contracted(int i) const {
        return {{two_sum(x_[i].re.v, -step_[i].re.mid), grown(step_[i].re.rad + spread_[i])},
                {two_sum(x_[i].im.v, -step_[i].im.mid), grown(step_[i].im.rad + spread_[i])}};
    }

   private:
    // Newton's method with residuals in double-double: a step with the Jacobian of the given point and, unless the next one
    // would only be rounding, that one too and more with the Jacobian of each point reached. The lanes where the second
    // step is much smaller than the first, and the point reached not much farther away than that: the zero belongs to the
    // given point (Kantorovich). `step_` belongs to the point reached.
    Mask refine() {
        constexpr int n_steps = 8;
        const Lanes rounding = Lanes::broadcast(0x1p-48);
        for (int i = 0; i < n_; ++i) given_[i] = x_[i];
        invert_jacobian(~Mask{});
        residual();
        Lanes first = length();
        move(~Mask{});
        residual();
        Lanes second = length();
        Mask contracts = (second <= Lanes::broadcast(0.125) * first) | (second <= Lanes::broadcast(0x1p-40) * scale());
        Mask moving = contracts & ~is_rounding();
        if (any(moving)) {
            move(moving);
            moving = moving & ~(second <= rounding * scale());
            for (int step = 0; step < n_steps && any(moving); ++step) {
                invert_jacobian(moving);
                residual();
                Mask last = length() <= rounding * scale();
                move(moving);
                moving = moving & ~last;
            }
            residual();
        }
        Lanes way = Lanes::zero();
        for (int i = 0; i < n_; ++i) way = max(largest(x_[i] - given_[i]), way);
        return contracts & (way <= Lanes::broadcast(2.0) * first + Lanes::broadcast(0x1p-40) * scale());
    }

    // A step would change every coordinate by a few units in its last place.
    Mask is_rounding() const {
        Lanes least = Lanes::broadcast(0x1p-20) * scale();
        Mask result = ~Mask{};
        for (int i = 0; i < n_; ++i) {
            Lanes step = max(abs(step_[i].re.mid), abs(step_[i].im.mid));
            result = result & (step <= Lanes::broadcast(0x1p-48) * max(largest(x_[i]), least));
        }
        return result;
    }

    // Moves x by -C F(x) in the given lanes.
    void move(Mask lanes) {
        for (int i = 0; i < n_; ++i) x_[i] = select(lanes, x_[i] - Point{{step_[i].re.mid}, {step_[i].im.mid}}, x_[i]);
    }
    Lanes length() const {
        Lanes result = Lanes::zero();
        for (int i = 0; i < n_; ++i) result = max(max(abs(step_[i].re.mid), abs(step_[i].im.mid)), result);
        return result;
    }

    NM_INLINE static Lanes largest(const Point& z) { return max(abs(z.re.v), abs(z.im.v)); }
    Lanes scale() const {
        Lanes result = Lanes::zero();
        for (int i = 0; i < n_; ++i) result = max(largest(x_[i]), result);
        return result;
    }

    // C = J(x)^-1 in double precision, in the given lanes. Any C keeps the proof valid.
    void invert_jacobian(Mask lanes) {
        for (int i = 0; i < n_; ++i) point_.variables()[i] = x_[i];
        point_.run();
        point_.visit_jacobian([&](int row, const JacobianEntry* first, const JacobianEntry* last) NM_LAMBDA {
            Lanes largest = Lanes::zero();
            for (auto* entry = first; entry != last; ++entry) largest = max(Krawczyk::largest(point_.partial(*entry)), largest);
            Unfused scale = row_scale_[row] = {reciprocal_power_of_two(largest)};
            lu_.set_row(row, first, last, [&](const JacobianEntry& entry) NM_LAMBDA { return scale * point_.partial(entry); });
        });
        lu_.factor();
        for (int j = 0; j < n_; ++j) {
            for (int i = 0; i < n_; ++i) column_[i] = Point::zero();
            column_[j].re = row_scale_[j];
            lu_.solve(column_);
            for (int i = 0; i < n_; ++i) {
                Point& entry = inverse_[std::int64_t{i} * n_ + j];
                entry = select(lanes, column_[i], entry);
                inverse_size_[std::int64_t{i} * n_ + j] = grown(abs(entry.re.v) + abs(entry.im.v));
            }
        }
    }

    // step = C F(x), an enclosure; F(x) is computed in double-double.
    void residual() {
        for (int i = 0; i < n_; ++i) {
            values_.variables()[i] = {Ball<DoubleDouble>::exactly(x_[i].re.v), Ball<DoubleDouble>::exactly(x_[i].im.v)};
        }
        values_.run();
        for (int k = 0; k < n_; ++k) {
            auto value = narrow(values_.value(k));
            row_[k] = {{value.re.mid}, {value.im.mid}};
            wobble_[k] = wobble(value);
        }
        for (int i = 0; i < n_; ++i) {
            const Point* inverse = inverse_ + std::int64_t{i} * n_;
            Point sum = Point::zero();
            for (int k = 0; k < n_; ++k) sum = fma(inverse[k], row_[k], sum);
            Lanes radius = weighted_wobble(i);
            step_[i] = {{sum.re.v, radius}, {sum.im.v, radius}};
        }
    }

    // Let s be the real or imaginary part of sum_k c_k z_k + d, computed without fused operations for the midpoints of balls
    // z_k and |d| <= 1. All exact values for numbers in the balls lie within sum_k (|re c_k| + |im c_k|) wobble(z_k) of s
    // plus the rounding of d: these are 2n products and at most 2n + 1 sums, (1 + 2^-53)^(2n + 2) - 1 <= (n + 2) 2^-52.
    NM_INLINE Lanes wobble(const Complex<Ball<Lanes>>& z) const {
        Lanes size = max(abs(z.re.mid), abs(z.im.mid));
        Lanes undefined = z.re.rad - z.re.rad;  // 0, unless the maximum would hide it
        return grown(max(z.re.rad, z.im.rad) + undefined + unit() * size + Lanes::broadcast(tiny));
    }
    NM_INLINE Lanes unit() const { return Lanes::broadcast((n_ + 2) * 0x1p-52); }
    // sum_k (|re C_ik| + |im C_ik|) wobble_k
    NM_INLINE Lanes weighted_wobble(int i) const {
        const Lanes* size = inverse_size_ + std::int64_t{i} * n_;
        Lanes sum = Lanes::broadcast(tiny);
        for (int k = 0; k < n_; ++k) sum = grown(sum + size[k] * wobble_[k]);
        return sum;
    }

    // All imaginary parts are so small that the zero may be real.
    Mask almost_real() const {
        Lanes least = Lanes::broadcast(0x1p-10) * scale();
        Mask result = ~Mask{};
        for (int i = 0; i < n_; ++i) {
            Lanes size = max(largest(x_[i]), least);
            result = result & (abs(x_[i].im.v) <= Lanes::broadcast(0x1p-36) * size);
        }
        return result;
    }

    // Tests boxes of several sizes around x in the given lanes, where `step_` belongs to x.
    void test(Mask lanes) {
        constexpr int n_attempts = 4;
        constexpr double inflation = 64.0, least_inflation = 3.0, growth = 8.0;
        Lanes size = scale();
        size = select(Lanes::zero() < size, size, Lanes::broadcast(1.0));
        for (int i = 0; i < n_; ++i) {
            Lanes floor = max(Lanes::broadcast(0x1p-53) * largest(x_[i]), Lanes::broadcast(0x1p-73) * size);
            base_[i] = max(max(magnitude(step_[i].re), magnitude(step_[i].im)), floor);
            radius_[i] = select(lanes, Lanes::broadcast(inflation) * base_[i], radius_[i]);
        }
        for (int attempt = 0; attempt < n_attempts && any(lanes); ++attempt) {
            Mask proved = is_contracted(lanes) & lanes;
            certified = certified | proved;
            lanes = lanes & ~proved;
            for (int i = 0; i < n_; ++i) {
                // Coordinates that move because others vary need wider boxes; a nearly singular zero needs a small one.
                Lanes wider = max(radius_[i], Lanes::broadcast(growth) * required_[i]);
                Lanes next = attempt + 2 < n_attempts ? wider : Lanes::broadcast(least_inflation) * base_[i];
                radius_[i] = select(lanes, next, radius_[i]);
            }
        }
    }

    // The lanes where K(B) lies in the interior of B and I - C J(B) is small. Other lanes' required and spread are kept.
    Mask is_contracted(Mask lanes) {
        const Lanes norm_bound = Lanes::broadcast(0.7);  // < 1/sqrt(2)
        for (int i = 0; i < n_; ++i) {
            full_.variables()[i] = {{x_[i].re.v, radius_[i]}, {x_[i].im.v, radius_[i]}};
        }
        full_.run();
        // What the radii of F'(B) and all roundings add to the sums of the rows of I - C F'(B), weighted by the radii of B.
        full_.visit_jacobian([&](int k, const JacobianEntry* entry, const JacobianEntry* last) NM_LAMBDA {
            Lanes sum = Lanes::broadcast(tiny);
            for (; entry != last; ++entry) sum = grown(sum + wobble(full_.partial(*entry)) * radius_[entry->column]);
            wobble_[k] = sum;
        });
        Mask result = ~Mask{};
        for (int i = 0; i < n_; ++i) {
            for (int j = 0; j < n_; ++j) row_[j] = Point::broadcast(i == j ? 1.0 : 0.0, 0.0);
            const Point* inverse = inverse_ + std::int64_t{i} * n_;
            full_.visit_jacobian([&](int k, const JacobianEntry* entry, const JacobianEntry* last) NM_LAMBDA {
                const Point factor = inverse[k];
                for (; entry != last; ++entry) {
                    const auto& partial = full_.partial(*entry);
                    row_[entry->column] = fnma(factor, Point{{partial.re.mid}, {partial.im.mid}}, row_[entry->column]);
                }
            });
            // |re(m z)|, |im(m z)| <= (|re m| + |im m|) r for z in +-r +-ir.
            Lanes spread = grown(Lanes::broadcast(2.0) * weighted_wobble(i) + unit() * radius_[i]);
            for (int j = 0; j < n_; ++j) {
                Lanes size = abs(row_[j].re.v) + abs(row_[j].im.v) + Lanes::broadcast(tiny);
                spread = grown(spread + size * radius_[j]);
            }
            spread = spread + Lanes::broadcast(tiny);
            Lanes re = grown(magnitude(step_[i].re) + spread), im = grown(magnitude(step_[i].im) + spread);
            result = result & (re < radius_[i]) & (im < radius_[i]) & (spread < norm_bound * radius_[i]);
            spread_[i] = select(lanes, spread, spread_[i]);
            required_[i] = select(lanes, max(re, im), required_[i]);
        }
        return result;
    }

    // The complex conjugate of K(B) lies in B, so that the conjugate of the zero is the same zero when the system is real.
    Mask meets_conjugate() const {
        Mask result = ~Mask{};
        for (int i = 0; i < n_; ++i) {
            Lanes reach = grown(Lanes::broadcast(2.0) * abs(x_[i].im.v) + required_[i]);
            result = result & (reach < radius_[i]);
        }
        return result;
    }

    int n_;
    BallProgram<DoubleDouble> values_;
    BallProgram<Lanes> full_;
    PointProgram point_;
    LU<Unfused> lu_;
    Point* inverse_;
    Lanes* inverse_size_;  // |re| + |im| of its entries
    Point* x_;
    Point* given_;
    Point* column_;
    Unfused* row_scale_;
    Complex<Ball<Lanes>>* step_;
    Point* row_;
    Lanes* wobble_;
    Lanes* base_;
    Lanes* radius_;
    Lanes* required_;
    Lanes* spread_;
};

}  // namespace neuromanifold::NM_ISA
