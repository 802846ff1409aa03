// neuromanifold._core.InitialForms and what it is made of: shapes are checked in Python, by the only caller.
#include <stdexcept>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "initial_forms.hpp"

namespace neuromanifold {

namespace {

nb::tuple python_expanded_segment(const Tape& tape, Array<std::complex<double>, 1> start, Array<std::complex<double>, 1> target,
                                  std::int64_t most_terms, double accuracy) {
    SparsePolynomials segment;
    {
        nb::gil_scoped_release release;
        segment = expanded_segment(tape, start.data(), target.data(), most_terms, accuracy);
    }
    std::size_t n = tape.n_variables + 1, count = segment.coefficients.size(), n_equations = segment.sizes.size();
    return nb::make_tuple(to_numpy(std::move(segment.sizes), {n_equations}), to_numpy(std::move(segment.exponents), {count, n}),
                          to_numpy(std::move(segment.coefficients), {count}));
}

void construct(InitialForms* self, Array<std::int64_t, 1> sizes, Array<std::int32_t, 2> exponents, Array<std::complex<double>, 1> coefficients) {
    new (self) InitialForms({static_cast<std::int32_t>(exponents.shape(1)),
                             {sizes.data(), sizes.data() + sizes.size()},
                             {exponents.data(), exponents.data() + exponents.size()},
                             {coefficients.data(), coefficients.data() + coefficients.size()}});
}

nb::tuple python_valuations(const InitialForms& forms, Array<std::complex<double>, 2> points, Array<double, 1> t, int threads) {
    std::size_t count = points.shape(0), n = forms.n_variables();
    if (points.shape(1) != n || t.shape(0) != count || threads < 1) {
        throw std::invalid_argument("the arguments of valuations do not fit together.");
    }
    std::vector<std::int32_t> numerators(count * n), denominators(count);
    auto determined = std::make_unique<bool[]>(count);
    bool done;
    {
        nb::gil_scoped_release release;
        done = forms.valuations(points.data(), t.data(), static_cast<std::int64_t>(count), numerators.data(), denominators.data(),
                                determined.get(), threads, [](std::int64_t) { return no_signal(); });
    }
    if (!done) throw nb::python_error();
    return nb::make_tuple(to_numpy(std::move(numerators), {count, n}), to_numpy(std::move(denominators), {count}),
                          to_numpy(std::move(determined), {count}));
}

}  // namespace

void bind_initial_forms(nb::module_& m) {
    nb::exception<TooManyTerms>(m, "TooManyTerms", PyExc_ArithmeticError);
    nb::exception<LossOfPrecision>(m, "LossOfPrecision", PyExc_ArithmeticError);
    m.def("expanded_segment", &python_expanded_segment, "tape"_a, "p_start"_a, "p_target"_a, "most_terms"_a, "accuracy"_a = 1e-12);
    nb::class_<InitialForms>(m, "InitialForms")
        .def("__init__", &construct, "sizes"_a, "exponents"_a, "coefficients"_a)
        .def("valuations", &python_valuations, "points"_a, "t"_a, "threads"_a = 1);
}

}  // namespace neuromanifold
