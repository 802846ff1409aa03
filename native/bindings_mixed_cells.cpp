// neuromanifold._core.mixed_cells and hermite_forms: shapes are checked in Python, by the only caller.
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "hermite.hpp"
#include "mixed_cells.hpp"

namespace neuromanifold {

namespace {

nb::dict python_mixed_cells(Array<std::int32_t, 1> sizes, Array<std::int64_t, 2> exponents, Array<std::int64_t, 1> lifting,
                            Array<std::int64_t, 2> simplex_lifting, std::int64_t most_volume, bool big_integers) {
    LiftedSupports supports{static_cast<std::int32_t>(exponents.shape(1)), as_vector(sizes), as_vector(exponents), as_vector(lifting),
                            as_vector(simplex_lifting)};
    MixedCells cells;
    {
        nb::gil_scoped_release release;
        cells = mixed_cells(supports, most_volume, big_integers, no_signal);
    }
    if (cells.is_interrupted) throw nb::python_error();
    std::size_t n = exponents.shape(1), count = cells.points.size() / (2 * n);
    bool known = cells.volumes.size() == count;
    nb::dict result;
    result["points"] = to_numpy(std::move(cells.points), {count, n, 2});
    result["normals"] = known ? to_numpy(std::move(cells.normals), {count, n}) : nb::none();
    result["volumes"] = known ? to_numpy(std::move(cells.volumes), {count}) : nb::none();
    result["n_flips"] = cells.n_flips;
    result["is_too_large"] = cells.is_too_large;
    return result;
}

nb::tuple python_hermite_forms(Array<std::int64_t, 3> matrices) {
    std::size_t count = matrices.shape(0), n = matrices.shape(1);
    auto forms = as_vector(matrices);
    std::vector<std::uint64_t> unimodular(forms.size());
    std::vector<std::uint8_t> is_known(count);
    {
        nb::gil_scoped_release release;
        for (std::size_t k = 0; k < count; ++k) {
            is_known[k] = to_hermite_form(&forms[k * n * n], &unimodular[k * n * n], static_cast<std::int64_t>(n));
        }
    }
    return nb::make_tuple(to_numpy(std::move(forms), {count, n, n}), to_numpy(std::move(unimodular), {count, n, n}),
                          to_numpy(std::move(is_known), {count}));
}

}  // namespace

void bind_mixed_cells(nb::module_& m) {
    nb::exception<DegenerateLifting>(m, "DegenerateLifting", PyExc_ArithmeticError);
    m.def("mixed_cells", &python_mixed_cells, "sizes"_a, "exponents"_a, "lifting"_a, "simplex_lifting"_a,
          "most_volume"_a = INT64_MAX, "big_integers"_a = false);
    m.def("hermite_forms", &python_hermite_forms, "matrices"_a);
}

}  // namespace neuromanifold
