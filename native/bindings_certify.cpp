// neuromanifold._core.certify: shapes and remainders are checked here, meaning is documented in _core.pyi.
#include <algorithm>
#include <cfenv>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "certify.hpp"
#include "dispatch.hpp"
#include "tape.hpp"
#include "workers.hpp"

namespace neuromanifold {

#ifdef NM_X86
namespace avx512 {
extern const CertifyKernel certify_kernel;
}
namespace avx2 {
extern const CertifyKernel certify_kernel;
}
#endif
namespace baseline {
extern const CertifyKernel certify_kernel;
}

namespace {

const CertifyKernel& certify_kernel_with(int lanes) {
    int width = kernel_with(lanes).lanes;
#ifdef NM_X86
    if (width == avx512::certify_kernel.lanes) return avx512::certify_kernel;
    if (width == avx2::certify_kernel.lanes) return avx2::certify_kernel;
#endif
    if (width == baseline::certify_kernel.lanes) return baseline::certify_kernel;
    throw std::logic_error("no certifying kernel of this width");
}

// Round to nearest with gradual underflow while it lives, whatever the caller's mode is.
class StandardArithmetic {
   public:
    StandardArithmetic() {
        std::fegetenv(&before_);
        std::fesetenv(FE_DFL_ENV);
    }
    ~StandardArithmetic() { std::fesetenv(&before_); }
    StandardArithmetic(const StandardArithmetic&) = delete;
    StandardArithmetic& operator=(const StandardArithmetic&) = delete;

   private:
    std::fenv_t before_;
};

[[noreturn]] void refuse(const std::string& sentence) { throw std::invalid_argument(sentence); }

// A wrong enclosure would prove what is false: leading must be what the tape holds, and the nearest double to the sum.
void check_enclosure(const std::string& name, double leading, double trailing, double radius) {
    if (!(radius >= 0) || std::isinf(radius)) refuse(name + " has a radius that is negative or not finite.");
    if (!std::isfinite(leading) || leading + trailing != leading) refuse(name + " is not split into a nearest double and a remainder.");
}

// The exact constants of a tape: rows (leading, trailing, radius), to which the integers of the tape's own are appended.
struct ExactConstants {
    std::vector<double> trailing, radius;

    ExactConstants(const Tape& tape, const Array<double, 2>& rows, const std::string& name) {
        if (rows.shape(0) != tape.constants.size() || rows.shape(1) != 3) {
            refuse(name + " needs one row (leading, trailing, radius) for each of the " + std::to_string(tape.constants.size()) + " constants of the tape.");
        }
        for (std::size_t k = 0; k < tape.constants.size(); ++k) {
            const double* row = rows.data() + 3 * k;
            if (row[0] != tape.constants[k].real()) refuse(name + "[" + std::to_string(k) + "] is not a constant of this tape.");
            check_enclosure(name + "[" + std::to_string(k) + "]", row[0], row[1], row[2]);
            if (tape.constants[k].imag() != 0 && !std::isfinite(tape.constants[k].imag())) refuse(name + " is not finite.");
            trailing.push_back(row[1]);
            radius.push_back(row[2]);
        }
        trailing.resize(tape.all_constants().size(), 0.0);
        radius.resize(tape.all_constants().size(), 0.0);
    }
    Remainders view() const { return {trailing.data(), radius.data()}; }
};

using Points2 = Array<Scalar, 2>;
using Table = Array<double, 2>;

ExactInputs exact_inputs(const Tape& tape, const Points2& x, const Points2& p, const Table& p_trailing, const Table& p_radius,
                         const ExactConstants& constants) {
    std::size_t count = x.shape(0);
    auto n_parameters = static_cast<std::size_t>(tape.n_parameters);
    if (x.shape(1) != static_cast<std::size_t>(tape.n_variables)) refuse("x needs one column for each variable of the tape.");
    if ((p.shape(0) != 1 && p.shape(0) != count) || p.shape(1) != n_parameters) {
        refuse("p needs one row, or one for each point, of as many parameters as the tape has.");
    }
    for (const auto* remainder : {&p_trailing, &p_radius}) {
        if (remainder->shape(0) != p.shape(0) || remainder->shape(1) != p.shape(1)) refuse("p, p_trailing and p_radius need the same shape.");
    }
    for (std::size_t i = 0; i < p.size(); ++i) {
        check_enclosure("p", p.data()[i].real(), p_trailing.data()[i], p_radius.data()[i]);
        if (!std::isfinite(p.data()[i].imag())) refuse("p is not finite.");
    }
    auto stride = p.shape(0) == 1 ? 0 : static_cast<std::int64_t>(n_parameters);
    return {p.data(), {p_trailing.data(), p_radius.data()}, stride, constants.view()};
}

void certify_blocks(const CertifyKernel& kernel, const TapeView& tape, const CertifyBatch& batch, int threads) {
    const std::int64_t length = 4 * kernel.lanes;  // of a row of points
    constexpr std::int64_t worth_a_thread = 4;     // rows: fewer take less time than starting it
    std::int64_t n_rows = (batch.count + length - 1) / length;
    Queue queue(n_rows);
    auto bytes = kernel.bytes(tape, batch.image);
    auto work = [&](std::byte* memory) {
        StandardArithmetic standard;
        for (auto row = queue.claim(); row >= 0; row = queue.claim()) {
            kernel.certify(tape, memory, batch, row * length, std::min(batch.count, (row + 1) * length));
        }
    };
    threads = static_cast<int>(std::min<std::int64_t>(threads, n_rows / worth_a_thread));
    run_threads(bytes, threads, queue, [](std::int64_t) { return true; }, work);
}

nb::dict python_certify(const Tape& tape, Points2 x, Points2 p, Table p_trailing, Table p_radius, Table constants, const Tape* image,
                        Table image_constants, int lanes, int threads) {
    StandardArithmetic standard;
    const auto& kernel = certify_kernel_with(lanes);
    if (threads < 1) refuse("threads is " + std::to_string(threads) + "; give at least 1.");
    if (tape.n_equations() != tape.n_variables) refuse("the tape is not square; a certificate needs as many equations as variables.");
    if (image && (image->n_variables != tape.n_variables || image->n_parameters != tape.n_parameters)) {
        refuse("the image needs the variables and the parameters of the system.");
    }
    ExactConstants exact(tape, constants, "constants");
    ExactConstants exact_image = image ? ExactConstants(*image, image_constants, "image_constants") : exact;
    auto inputs = exact_inputs(tape, x, p, p_trailing, p_radius, exact);
    std::size_t count = x.shape(0), n = x.shape(1), m = image ? image->values.size() : 0;
    TapeView view = tape.view(), image_view{};
    if (image) image_view = image->view();
    const TapeView* image_pointer = image ? &image_view : nullptr;
    auto center = std::make_unique<Scalar[]>(count * n);
    auto radius = std::make_unique<double[]>(count * n);
    auto certified = std::make_unique<bool[]>(count), real = std::make_unique<bool[]>(count);
    auto midpoint = std::make_unique<Scalar[]>(count * m);
    auto image_radius = std::make_unique<double[]>(count * m);
    CertifyBatch batch{x.data(), static_cast<std::int64_t>(count), inputs, image_pointer, exact_image.view(), center.get(), radius.get(),
                       certified.get(), real.get(), midpoint.get(), image_radius.get()};
    {
        nb::gil_scoped_release release;
        certify_blocks(kernel, view, batch, threads);
    }
    nb::dict result;
    result["center"] = to_numpy(std::move(center), {count, n});
    result["radius"] = to_numpy(std::move(radius), {count, n});
    result["certified"] = to_numpy(std::move(certified), {count});
    result["real"] = to_numpy(std::move(real), {count});
    result["image_midpoint"] = to_numpy(std::move(midpoint), {count, m});
    result["image_radius"] = to_numpy(std::move(image_radius), {count, m});
    return result;
}

nb::dict python_enclose(const Tape& tape, Points2 x, Table x_radius, Points2 p, Table p_trailing, Table p_radius, Table constants,
                        bool extended, int lanes) {
    StandardArithmetic standard;
    const auto& kernel = certify_kernel_with(lanes);
    ExactConstants exact(tape, constants, "constants");
    auto inputs = exact_inputs(tape, x, p, p_trailing, p_radius, exact);
    if (x_radius.shape(0) != x.shape(0) || x_radius.shape(1) != x.shape(1)) refuse("x and x_radius need the same shape.");
    std::size_t count = x.shape(0), m = tape.values.size();
    auto leading = std::make_unique<Scalar[]>(count * m), trailing = std::make_unique<Scalar[]>(count * m),
         radius = std::make_unique<Scalar[]>(count * m);
    EncloseBatch batch{x.data(), x_radius.data(), static_cast<std::int64_t>(count), inputs, extended, leading.get(), trailing.get(), radius.get()};
    auto view = tape.view();
    {
        nb::gil_scoped_release release;
        auto memory = workspace(kernel.bytes(view, nullptr));
        for (std::int64_t first = 0; first < batch.count; first += kernel.lanes) kernel.enclose(view, memory.get(), batch, first);
    }
    nb::dict result;
    result["leading"] = to_numpy(std::move(leading), {count, m});
    result["trailing"] = to_numpy(std::move(trailing), {count, m});
    result["radius"] = to_numpy(std::move(radius), {count, m});
    return result;
}

}  // namespace

void bind_certify(nb::module_& m) {
    m.def("certify", &python_certify, "tape"_a, "x"_a, "p"_a, "p_trailing"_a, "p_radius"_a, "constants"_a, "image"_a.none(), "image_constants"_a,
          "lanes"_a = 0, "threads"_a = 1);
    m.def("enclose", &python_enclose, "tape"_a, "x"_a, "x_radius"_a, "p"_a, "p_trailing"_a, "p_radius"_a, "constants"_a, "extended"_a,
          "lanes"_a = 0);
}

}  // namespace neuromanifold
