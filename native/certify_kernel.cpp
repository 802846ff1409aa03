// Compiled once per instruction set, with NM_LANES and NM_ISA given by the build.
#include "krawczyk.hpp"

namespace neuromanifold::NM_ISA {

static int block_size(std::int64_t first, std::int64_t count) {
    return count - first < K ? static_cast<int>(count - first) : K;
}

// The points of a block; lanes beyond the end repeat the last one.
struct Members {
    std::int64_t index[K];

    Members(std::int64_t first, std::int64_t count) {
        for (int lane = 0; lane < K; ++lane) index[lane] = first + lane < count ? first + lane : count - 1;
    }
};

static Complex<Lanes> read(const std::complex<double>* x, std::int64_t stride, std::int64_t offset, const Members& members) {
    Complex<Lanes> z = Complex<Lanes>::zero();
    for (int lane = 0; lane < K; ++lane) {
        const double* parts = reinterpret_cast<const double*>(x + members.index[lane] * stride + offset);
        z.re.set(lane, parts[0]);
        z.im.set(lane, parts[1]);
    }
    return z;
}

// Loads the parameters of the block into every program; the lanes in which all of them are real.
template <class... Programs>
static Mask load_parameters(const TapeView& tape, const ExactInputs& inputs, const Members& members, Programs*... programs) {
    Mask real = ~Mask{};
    for (int k = 0; k < tape.n_parameters; ++k) {
        Complex<Lanes> leading = Complex<Lanes>::zero();
        Lanes trailing = Lanes::zero(), radius = Lanes::zero();
        for (int lane = 0; lane < K; ++lane) {
            auto at = members.index[lane] * inputs.p_stride + k;
            leading.re.set(lane, inputs.p[at].real());
            leading.im.set(lane, inputs.p[at].imag());
            trailing.set(lane, inputs.p_remainders.trailing[at]);
            radius.set(lane, inputs.p_remainders.radius[at]);
        }
        real = real & (abs(leading.im) <= Lanes::zero());
        (programs->set_parameter(k, leading, trailing, radius), ...);
    }
    return real;
}

static Mask constants_are_real(const TapeView& tape) {
    for (int k = 0; k < tape.n_constants; ++k) {
        if (tape.constants[k].imag() != 0) return Mask{};
    }
    return ~Mask{};
}

static void enclose_image(BallProgram<DoubleDouble>& image, const Krawczyk& krawczyk, const TapeView& tape, const CertifyBatch& batch,
                          std::int64_t first) {
    std::int64_t m = batch.image->n_equations;
    for (int i = 0; i < tape.n_variables; ++i) image.variables()[i] = krawczyk.contracted(i);
    image.run();
    for (std::int64_t i = 0; i < m; ++i) {
        auto value = narrow(image.value(static_cast<int>(i)));
        for (int lane = 0; lane < block_size(first, batch.count); ++lane) {
            auto at = (first + lane) * m + i;
            double re = value.re.rad[lane], im = value.im.rad[lane];
            bool known = krawczyk.certified[lane] && re < __builtin_inf() && im < __builtin_inf();
            double* midpoint = reinterpret_cast<double*>(batch.image_midpoint + at);
            midpoint[0] = known ? value.re.mid[lane] : 0.0;
            midpoint[1] = known ? value.im.mid[lane] : 0.0;
            batch.image_radius[at] = known ? (re < im ? im : re) : __builtin_inf();
        }
    }
}

static void write(const Krawczyk& krawczyk, std::int64_t n, const CertifyBatch& batch, std::int64_t first) {
    for (int lane = 0; lane < block_size(first, batch.count); ++lane) {
        for (int i = 0; i < n; ++i) {
            auto at = (first + lane) * n + i;
            double* z = reinterpret_cast<double*>(batch.center + at);
            z[0] = krawczyk.center()[i].re.v[lane];
            z[1] = krawczyk.center()[i].im.v[lane];
            batch.radius[at] = krawczyk.radius()[i][lane];
        }
        batch.certified[first + lane] = krawczyk.certified[lane];
        batch.real[first + lane] = krawczyk.real[lane];
    }
}

static void certify(const TapeView& tape, std::byte* memory, const CertifyBatch& batch, std::int64_t first, std::int64_t last) {
    std::int64_t n = tape.n_variables;
    Arena arena(memory);
    Krawczyk krawczyk(arena, tape);
    krawczyk.values().set_constants(batch.inputs.constants);
    krawczyk.full().set_constants(batch.inputs.constants);
    Mask real_constants = constants_are_real(tape);
    const TapeView none{};
    BallProgram<DoubleDouble> image(arena, batch.image ? *batch.image : none, batch.image ? batch.image->values : none.values);
    if (batch.image) image.set_constants(batch.image_constants);
    for (; first < last; first += K) {
        Members members(first, batch.count);
        for (int i = 0; i < n; ++i) {
            auto z = read(batch.x, n, i, members);
            krawczyk.center()[i] = {{z.re}, {z.im}};
        }
        Mask real = load_parameters(tape, batch.inputs, members, &krawczyk.values(), &krawczyk.full(), &krawczyk.point());
        if (batch.image) load_parameters(tape, batch.inputs, members, &image);
        krawczyk.certify(real & real_constants);
        if (batch.image) enclose_image(image, krawczyk, tape, batch, first);
        write(krawczyk, n, batch, first);
    }
}

template <class M>
static void enclose_with(const TapeView& tape, Arena& arena, const EncloseBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables, m = tape.n_equations;
    Members members(first, batch.count);
    BallProgram<M> program(arena, tape, tape.values);
    program.set_constants(batch.inputs.constants);
    load_parameters(tape, batch.inputs, members, &program);
    for (int i = 0; i < n; ++i) {
        auto z = read(batch.x, n, i, members);
        Lanes radius = Lanes::zero();
        for (int lane = 0; lane < K; ++lane) radius.set(lane, batch.x_radius[members.index[lane] * n + i]);
        program.variables()[i] = {{Midpoint<M>::exactly(z.re), radius}, {Midpoint<M>::exactly(z.im), radius}};
    }
    program.run();
    for (int i = 0; i < m; ++i) {
        const auto& value = program.value(i);
        for (int lane = 0; lane < block_size(first, batch.count); ++lane) {
            auto at = (first + lane) * m + i;
            double* leading = reinterpret_cast<double*>(batch.leading + at);
            double* trailing = reinterpret_cast<double*>(batch.trailing + at);
            double* radius = reinterpret_cast<double*>(batch.radius + at);
            leading[0] = Midpoint<M>::leading(value.re.mid)[lane];
            leading[1] = Midpoint<M>::leading(value.im.mid)[lane];
            trailing[0] = Midpoint<M>::trailing(value.re.mid)[lane];
            trailing[1] = Midpoint<M>::trailing(value.im.mid)[lane];
            radius[0] = value.re.rad[lane];
            radius[1] = value.im.rad[lane];
        }
    }
}

static void enclose(const TapeView& tape, std::byte* memory, const EncloseBatch& batch, std::int64_t first) {
    Arena arena(memory);
    if (batch.extended) enclose_with<DoubleDouble>(tape, arena, batch, first);
    else enclose_with<Lanes>(tape, arena, batch, first);
}

// Enough for each of the functions above.
static std::size_t bytes(const TapeView& tape, const TapeView* image) {
    Arena arena(nullptr);
    Krawczyk krawczyk(arena, tape);
    if (image) BallProgram<DoubleDouble>(arena, *image, image->values);
    return arena.used() + 64;
}

extern const CertifyKernel certify_kernel;
const CertifyKernel certify_kernel{K, bytes, certify, enclose};

}  // namespace neuromanifold::NM_ISA
