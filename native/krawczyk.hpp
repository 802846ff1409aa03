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

class Krawczyk {
   public:
    using Point = Complex<Unfused>;

    Krawczyk(Arena& arena, const TapeView& tape)
        : n_(tape.n_variables),
          values_(arena, tape, tape.values),
          full_(arena, tape, tape.full),
          lu_(arena, n_),
          inverse_(arena.take<Point>(std::int64_t{n_} * n_)),
          x_(arena.take<Point>(n_)),
          given_(arena.take<Point>(n_)),
          column_(arena.take<Point>(n_)),
          row_scale_(arena.take<Unfused>(n_)),
          step_(arena.take<Complex<Ball<Lanes>>>(n_)),
          row_(arena.take<Complex<Ball<Lanes>>>(n_)),
          base_(arena.take<Lanes>(n_)),
          radius_(arena.take<Lanes>(n_)),
          required_(arena.take<Lanes>(n_)),
          spread_(arena.take<Lanes>(n_)) {}

    BallProgram<DoubleDouble>& values() { return values_; }
    BallProgram<Lanes>& full() { return full_; }

    Mask certified, real;
    Point* center() { return x_; }
    const Lanes* radius() const { return radius_; }

    // Improves the given points and tests boxes around them. `is_real` tells in which lanes all parameters are real.
    void certify(Mask is_real) {
        certified = real = Mask{};
        Mask contracted = refine();
        for (int i = 0; i < n_; ++i) given_[i] = x_[i];
        Mask near_real = contracted & is_real & almost_real();
        if (any(near_real)) {
            for (int i = 0; i < n_; ++i) x_[i].im.v = select(near_real, Lanes::zero(), given_[i].im.v);
            test(near_real);
        }
        Mask left = contracted & ~certified;
        if (any(left)) {
            for (int i = 0; i < n_; ++i) x_[i] = select(left, given_[i], x_[i]);
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
    // Newton's method with residuals in double-double: two steps with the Jacobian of the given point, then, unless the second
    // was only rounding, with that of each point reached. The lanes where the second step is much smaller than the first,
    // and the point reached not much farther away than that: the zero belongs to the given point (Kantorovich).
    Mask refine() {
        constexpr int n_steps = 8;
        const Lanes rounding = Lanes::broadcast(0x1p-48);
        Mask moving = ~Mask{};
        for (int i = 0; i < n_; ++i) given_[i] = x_[i];
        invert_jacobian(moving);
        Lanes first = newton_step(moving);
        Lanes second = newton_step(moving);
        Mask contracts = (second <= Lanes::broadcast(0.125) * first) | (second <= Lanes::broadcast(0x1p-40) * scale());
        moving = contracts & ~(second <= rounding * scale());
        for (int step = 0; step < n_steps && any(moving); ++step) {
            invert_jacobian(moving);
            Lanes length = newton_step(moving);
            moving = moving & ~(length <= rounding * scale());
        }
        Lanes way = Lanes::zero();
        for (int i = 0; i < n_; ++i) way = max(largest(x_[i] - given_[i]), way);
        return contracts & (way <= Lanes::broadcast(2.0) * first + Lanes::broadcast(0x1p-40) * scale());
    }

    // Moves x by -C F(x) in the given lanes; returns the length of the step.
    Lanes newton_step(Mask lanes) {
        residual();
        Lanes length = Lanes::zero();
        for (int i = 0; i < n_; ++i) {
            Point update{{step_[i].re.mid}, {step_[i].im.mid}};
            x_[i] = select(lanes, x_[i] - update, x_[i]);
            length = max(largest(update), length);
        }
        return length;
    }

    NM_INLINE static Lanes largest(const Point& z) { return max(abs(z.re.v), abs(z.im.v)); }
    Lanes scale() const {
        Lanes result = Lanes::zero();
        for (int i = 0; i < n_; ++i) result = max(largest(x_[i]), result);
        return result;
    }

    // C = J(x)^-1 in double precision, in the given lanes. Any C keeps the proof valid.
    void invert_jacobian(Mask lanes) {
        for (int i = 0; i < n_; ++i) {
            full_.variables()[i] = {Ball<Lanes>::exactly(x_[i].re.v), Ball<Lanes>::exactly(x_[i].im.v)};
        }
        full_.run();
        full_.visit_jacobian([&](int row, const JacobianEntry* first, const JacobianEntry* last) NM_LAMBDA {
            Lanes largest = Lanes::zero();
            for (auto* entry = first; entry != last; ++entry) {
                const auto& value = full_.partial(*entry);
                largest = max(max(abs(value.re.mid), abs(value.im.mid)), largest);
            }
            Unfused scale = row_scale_[row] = {reciprocal_power_of_two(largest)};
            lu_.set_row(row, first, last, [&](const JacobianEntry& entry) NM_LAMBDA {
                const auto& value = full_.partial(entry);
                return scale * Point{{value.re.mid}, {value.im.mid}};
            });
        });
        lu_.factor();
        for (int j = 0; j < n_; ++j) {
            for (int i = 0; i < n_; ++i) column_[i] = Point::zero();
            column_[j].re = row_scale_[j];
            lu_.solve(column_);
            for (int i = 0; i < n_; ++i) {
                Point& entry = inverse_[std::int64_t{i} * n_ + j];
                entry = select(lanes, column_[i], entry);
            }
        }
    }

    // step = C F(x), an enclosure; F(x) is computed in double-double.
    void residual() {
        for (int i = 0; i < n_; ++i) {
            values_.variables()[i] = {Ball<DoubleDouble>::exactly(x_[i].re.v), Ball<DoubleDouble>::exactly(x_[i].im.v)};
        }
        values_.run();
        for (int k = 0; k < n_; ++k) row_[k] = narrow(values_.value(k));
        for (int i = 0; i < n_; ++i) {
            auto sum = Complex<Ball<Lanes>>::zero();
            for (int k = 0; k < n_; ++k) sum = fma(ball(inverse_[std::int64_t{i} * n_ + k]), row_[k], sum);
            step_[i] = sum;
        }
    }

    NM_INLINE static Complex<Ball<Lanes>> ball(const Point& z) {
        return {Ball<Lanes>::exactly(z.re.v), Ball<Lanes>::exactly(z.im.v)};
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

    // Tests boxes of several sizes around x in the given lanes.
    void test(Mask lanes) {
        constexpr int n_attempts = 4;
        constexpr double inflation = 64.0, least_inflation = 3.0, growth = 8.0;
        residual();
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
        Mask result = ~Mask{};
        for (int i = 0; i < n_; ++i) {
            for (int j = 0; j < n_; ++j) row_[j] = Complex<Ball<Lanes>>::broadcast(i == j ? 1.0 : 0.0, 0.0);
            const Point* inverse = inverse_ + std::int64_t{i} * n_;
            full_.visit_jacobian([&](int k, const JacobianEntry* entry, const JacobianEntry* last) NM_LAMBDA {
                const auto factor = ball(inverse[k]);
                for (; entry != last; ++entry) row_[entry->column] = fnma(factor, full_.partial(*entry), row_[entry->column]);
            });
            // |re(m z)|, |im(m z)| <= (|re m| + |im m|) r for z in +-r +-ir.
            Lanes spread = Lanes::zero();
            for (int j = 0; j < n_; ++j) spread = grown(spread + (magnitude(row_[j].re) + magnitude(row_[j].im)) * radius_[j]);
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
    LU<Unfused> lu_;
    Point* inverse_;
    Point* x_;
    Point* given_;
    Point* column_;
    Unfused* row_scale_;
    Complex<Ball<Lanes>>* step_;
    Complex<Ball<Lanes>>* row_;
    Lanes* base_;
    Lanes* radius_;
    Lanes* required_;
    Lanes* spread_;
};

}  // namespace neuromanifold::NM_ISA
