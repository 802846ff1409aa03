// neuromanifold._core: NumPy arrays in, NumPy arrays out. Shapes are checked here, meaning is documented in _core.pyi.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "dispatch.hpp"
#include "solver.hpp"
#include "tape.hpp"

namespace neuromanifold {

namespace {

template <class T>
using AnyArray = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;
using Axis = std::int64_t;

std::string shape_text(const std::vector<Axis>& shape) {
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i > 0 ? ", " : "") + (shape[i] < 0 ? std::string("any") : std::to_string(shape[i]));
    }
    return text + (shape.size() == 1 ? ",)" : ")");
}

// Any array-like as a contiguous array of T with the given shape, where -1 means any length.
template <class T>
AnyArray<T> as_array(nb::handle value, const char* name, const char* dtype, const std::vector<Axis>& shape) {
    auto numpy = nb::module_::import_("numpy");
    nb::object array = numpy.attr("asarray")(value);
    // An empty list has no type of its own; anything else must convert without losing a fraction.
    if (nb::cast<Axis>(array.attr("size")) == 0) {
        array = array.attr("astype")(dtype);
    } else {
        try {
            array = array.attr("astype")(dtype, "casting"_a = "same_kind");
        } catch (nb::python_error&) {
            throw std::invalid_argument(std::string(name) + " cannot be read as an array of " + dtype + ".");
        }
    }
    array = numpy.attr("ascontiguousarray")(array);
    auto result = nb::cast<AnyArray<T>>(array);
    bool fits = result.ndim() == shape.size();
    for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i] < 0 || static_cast<Axis>(result.shape(i)) == shape[i];
    if (!fits) {
        std::vector<Axis> actual;
        for (std::size_t i = 0; i < result.ndim(); ++i) actual.push_back(static_cast<Axis>(result.shape(i)));
        throw std::invalid_argument(std::string(name) + " has shape " + shape_text(actual) + "; it needs " + shape_text(shape) + ".");
    }
    return result;
}

AnyArray<Scalar> complex_array(nb::handle value, const char* name, const std::vector<Axis>& shape) {
    return as_array<Scalar>(value, name, "complex128", shape);
}

// Parameters given once for all points, or one row for each.
struct Parameters {
    AnyArray<Scalar> array;
    Points points;
};

Parameters parameters(nb::handle value, const char* name, const Tape& tape, Axis count) {
    auto dimensions = nb::cast<int>(nb::module_::import_("numpy").attr("ndim")(value));
    Axis m = tape.n_parameters;
    auto array = complex_array(value, name, dimensions == 2 ? std::vector<Axis>{count, m} : std::vector<Axis>{m});
    return {array, {array.data(), dimensions == 2 ? m : 0}};
}

void require_square(const Tape& tape) {
    if (tape.n_equations() != tape.n_variables) {
        throw std::invalid_argument("the tape has " + std::to_string(tape.n_equations()) + " equations in " +
                                    std::to_string(tape.n_variables) + " variables; Newton's method and tracking need a square system.");
    }
}

auto python_evaluate(const Tape& tape, nb::handle x, nb::handle p, int lanes) {
    const auto& kernel = kernel_with(lanes);
    std::size_t n = tape.n_variables, m = tape.n_equations();
    auto points = complex_array(x, "x", {-1, tape.n_variables});
    auto count = static_cast<Axis>(points.shape(0));
    auto given = parameters(p, "p", tape, count);
    std::vector<Scalar> values(points.shape(0) * m), jacobian(points.shape(0) * m * n);
    {
        nb::gil_scoped_release release;
        evaluate(kernel, tape.view(), {given.points, points.data(), count, values.data(), jacobian.data()});
    }
    return nb::make_tuple(to_numpy(std::move(values), {points.shape(0), m}), to_numpy(std::move(jacobian), {points.shape(0), m, n}));
}

auto python_taylor(const Tape& tape, nb::handle x, nb::handle p, int order, int lanes) {
    const auto& kernel = kernel_with(lanes);
    if (order < 1 || order > 3) throw std::invalid_argument("order is " + std::to_string(order) + "; it may be 1, 2 or 3.");
    auto points = complex_array(x, "x", {-1, tape.n_variables, order});
    auto given = complex_array(p, "p", {2, tape.n_parameters});
    std::size_t m = tape.n_equations();
    std::vector<Scalar> coefficient(points.shape(0) * m);
    taylor(kernel, tape.view(Motion::linear), {points.data(), given.data(), static_cast<Axis>(points.shape(0)), order, coefficient.data()});
    return to_numpy(std::move(coefficient), {points.shape(0), m});
}

auto python_newton(const Tape& tape, nb::handle x, nb::handle p, int max_iterations, double tolerance, int lanes) {
    const auto& kernel = kernel_with(lanes);
    require_square(tape);
    if (max_iterations < 1) throw std::invalid_argument("max_iterations is " + std::to_string(max_iterations) + "; give at least 1.");
    auto points = complex_array(x, "x", {-1, tape.n_variables});
    auto count = points.shape(0);
    auto given = parameters(p, "p", tape, static_cast<Axis>(count));
    auto refined = as_vector(points);
    std::vector<double> accuracy(count), moved(count), condition(count);
    {
        nb::gil_scoped_release release;
        refine(kernel, tape.view(), {given.points, refined.data(), static_cast<Axis>(count), max_iterations, accuracy.data(), moved.data(),
                                     condition.data()});
    }
    auto accuracy_array = to_numpy(std::move(accuracy), {count});
    nb::dict result;
    result["solutions"] = to_numpy(std::move(refined), {count, static_cast<std::size_t>(tape.n_variables)});
    result["accuracy"] = accuracy_array;
    result["moved"] = to_numpy(std::move(moved), {count});
    result["condition"] = to_numpy(std::move(condition), {count});
    result["converged"] = nb::module_::import_("numpy").attr("less_equal")(accuracy_array, tolerance);
    return result;
}

// Takes the GIL now and then to look for signals and to report progress.
class Watcher {
   public:
    Watcher(nb::object on_progress, Axis total) : on_progress_(std::move(on_progress)), total_(total) {}

    bool operator()(Axis done) {
        nb::gil_scoped_acquire acquire;
        try {
            if (PyErr_CheckSignals() != 0) throw nb::python_error();
            if (!on_progress_.is_none()) on_progress_(done, total_);
        } catch (nb::python_error& error) {
            if (!error.matches(PyExc_KeyboardInterrupt)) throw;
            interrupted = true;
        }
        return !interrupted;
    }

    bool interrupted = false;

   private:
    nb::object on_progress_;
    Axis total_;
};

auto python_track(const Tape& tape, nb::handle starts, nb::handle p_start, nb::handle p_target, const TrackerOptions& options, int threads,
                  int lanes, nb::object on_progress) {
    const auto& kernel = kernel_with(lanes);
    require_square(tape);
    if (threads < 1) throw std::invalid_argument("threads is " + std::to_string(threads) + "; give at least 1.");
    auto points = complex_array(starts, "starts", {-1, tape.n_variables});
    auto count = points.shape(0);
    auto from = parameters(p_start, "p_start", tape, static_cast<Axis>(count));
    auto to = parameters(p_target, "p_target", tape, static_cast<Axis>(count));
    Watcher watcher(on_progress, static_cast<Axis>(count));
    TrackResult tracked;
    {
        nb::gil_scoped_release release;
        tracked = track(kernel, tape.view(Motion::linear), points.data(), static_cast<Axis>(count), from.points, to.points, options, threads,
                        [&](Axis done) { return watcher(done); });
    }
    if (!watcher.interrupted) watcher(static_cast<Axis>(count));
    std::vector<std::int8_t> status;
    for (auto s : tracked.status) status.push_back(static_cast<std::int8_t>(s));
    nb::dict result;
    result["solutions"] = to_numpy(std::move(tracked.x), {count, static_cast<std::size_t>(tape.n_variables)});
    result["status"] = to_numpy(std::move(status), {count});
    result["t_reached"] = to_numpy(std::move(tracked.t), {count});
    result["steps_accepted"] = to_numpy(std::move(tracked.accepted), {count});
    result["steps_rejected"] = to_numpy(std::move(tracked.rejected), {count});
    result["accuracy"] = to_numpy(std::move(tracked.accuracy), {count});
    result["condition"] = to_numpy(std::move(tracked.condition), {count});
    result["winding_number"] = to_numpy(std::move(tracked.winding_number), {count});
    result["interrupted"] = watcher.interrupted;
    return result;
}

std::vector<std::int32_t> flat(const std::vector<SourceInstruction>& instructions) {
    std::vector<std::int32_t> rows;
    for (const auto& i : instructions) rows.insert(rows.end(), {i.opcode, i.a, i.b, i.immediate});
    return rows;
}

void construct(Tape* place, int n_variables, int n_parameters, nb::handle constants, nb::handle instructions, nb::handle values,
               nb::handle jacobian) {
    // An empty list has no second axis to speak of.
    auto numpy = nb::module_::import_("numpy");
    bool none = nb::cast<Axis>(numpy.attr("size")(instructions)) == 0;
    auto rows = as_array<std::int32_t>(none ? numpy.attr("empty")(nb::make_tuple(0, 4), "int32") : nb::borrow(instructions),
                                       "instructions", "int32", {-1, 4});
    std::vector<SourceInstruction> source;
    for (std::size_t i = 0; i < rows.shape(0); ++i) {
        const auto* row = rows.data() + 4 * i;
        source.push_back({row[0], row[1], row[2], row[3]});
    }
    auto equations = as_array<std::int32_t>(values, "values", "int32", {-1});
    std::optional<std::vector<std::int32_t>> partials;
    if (!jacobian.is_none()) {
        partials = as_vector(as_array<std::int32_t>(jacobian, "jacobian", "int32",
                                                    {static_cast<Axis>(equations.shape(0)), n_variables > 0 ? n_variables : -1}));
    }
    new (place) Tape(n_variables, n_parameters, as_vector(complex_array(constants, "constants", {-1})), std::move(source),
                     as_vector(equations), std::move(partials));
}

}  // namespace

NB_MODULE(_core, m) {
    m.doc() = "The tape machine and the path tracker.";
    nb::set_leak_warnings(false);  // caches of the process outlive the module

    nb::enum_<Opcode>(m, "Opcode", nb::is_arithmetic())
        .value("ADD", Opcode::add)
        .value("SUB", Opcode::sub)
        .value("MUL", Opcode::mul)
        .value("DIV", Opcode::div)
        .value("NEG", Opcode::neg)
        .value("SQUARE", Opcode::square)
        .value("POWER", Opcode::power);

    nb::enum_<PathStatus>(m, "PathStatus", nb::is_arithmetic())
        .value("SUCCESS", PathStatus::success)
        .value("INVALID_START", PathStatus::invalid_start)
        .value("STEP_TOO_SMALL", PathStatus::step_too_small)
        .value("MAX_STEPS", PathStatus::max_steps)
        .value("DIVERGED", PathStatus::diverged)
        .value("SINGULAR", PathStatus::singular)
        .value("ACCURACY_LIMIT", PathStatus::accuracy_limit)
        .value("INTERRUPTED", PathStatus::interrupted);

    nb::class_<TrackerOptions>(m, "TrackerOptions")
        .def(nb::init<>())
        .def_rw("max_steps", &TrackerOptions::max_steps)
        .def_rw("min_step", &TrackerOptions::min_step)
        .def_rw("initial_step", &TrackerOptions::initial_step)
        .def_rw("contraction", &TrackerOptions::contraction)
        .def_rw("beta_omega", &TrackerOptions::beta_omega)
        .def_rw("beta_tau", &TrackerOptions::beta_tau)
        .def_rw("beta_tau_strict", &TrackerOptions::beta_tau_strict)
        .def_rw("divergence_bound", &TrackerOptions::divergence_bound)
        .def_rw("endgame_start", &TrackerOptions::endgame_start)
        .def_rw("max_winding_number", &TrackerOptions::max_winding_number)
        .def_rw("max_condition", &TrackerOptions::max_condition)
        .def_rw("max_accuracy", &TrackerOptions::max_accuracy);

    nb::class_<Tape>(m, "Tape")
        .def("__init__", &construct, "n_variables"_a, "n_parameters"_a, "constants"_a, "instructions"_a, "values"_a, "jacobian"_a = nb::none())
        .def("__getstate__",
             [](const Tape& t) {
                 nb::object jacobian = nb::none();
                 if (t.jacobian) jacobian = to_numpy(*t.jacobian, {t.values.size(), static_cast<std::size_t>(t.n_variables)});
                 return nb::make_tuple(t.n_variables, t.n_parameters, to_numpy(t.constants, {t.constants.size()}),
                                       to_numpy(flat(t.instructions), {t.instructions.size(), 4}),
                                       to_numpy(t.values, {t.values.size()}), jacobian);
             })
        .def("__setstate__",
             [](Tape& t, nb::tuple state) {
                 construct(&t, nb::cast<int>(state[0]), nb::cast<int>(state[1]), state[2], state[3], state[4], state[5]);
             })
        .def_ro("n_variables", &Tape::n_variables)
        .def_ro("n_parameters", &Tape::n_parameters)
        .def_prop_ro("n_equations", &Tape::n_equations)
        .def_prop_ro("n_instructions", [](const Tape& t) { return t.full_program().n_operations(); })
        .def_prop_ro("n_slots", [](const Tape& t) { return t.full_program().n_slots; })
        .def_prop_ro("n_value_instructions", [](const Tape& t) { return t.values_program().n_operations(); })
        .def("__repr__", [](const Tape& t) {
            return "Tape(" + std::to_string(t.n_equations()) + " equations, " + std::to_string(t.n_variables) + " variables, " +
                   std::to_string(t.n_parameters) + " parameters, " + std::to_string(t.full_program().n_operations()) +
                   " instructions)";
        });

    m.def("lane_widths", [] {
        std::vector<int> widths;
        for (const auto* kernel : kernels()) widths.push_back(kernel->lanes);
        return widths;
    });
    m.def("evaluate", &python_evaluate, "tape"_a, "x"_a, "p"_a, "lanes"_a = 0);
    m.def("taylor", &python_taylor, "tape"_a, "x"_a, "p"_a, "order"_a, "lanes"_a = 0);
    m.def("newton", &python_newton, "tape"_a, "x"_a, "p"_a, "max_iterations"_a = 20, "tolerance"_a = 1e-9, "lanes"_a = 0);
    m.def("track", &python_track, "tape"_a, "starts"_a, "p_start"_a, "p_target"_a, "options"_a = TrackerOptions{}, "threads"_a = 1,
          "lanes"_a = 0, "on_progress"_a = nb::none());

    void bind_certify(nb::module_&);
    bind_certify(m);
    void bind_initial_forms(nb::module_&);
    bind_initial_forms(m);
    void bind_mixed_cells(nb::module_&);
    bind_mixed_cells(m);
    void bind_rays(nb::module_&);
    bind_rays(m);
}

}  // namespace neuromanifold
