#include <algorithm>
#include <map>

#include "model/reduction.h"
#include "runtime/axis_shape.h"
#include "runtime/emit_moving.h"
#include "runtime/kernels_reduce.h"
#include "runtime/kernels_unary.h"

namespace quantrail {
namespace {

using kernels::AxisShape;
using kernels::Reduction;

/// What is left of a tensor, in memory, when some of its axes are reduced.
struct Reduced {
  Layout source = Layout::Plain;
  Layout result = Layout::Plain;
  Shape shape{};                    ///< of the source, as stored
  std::vector<std::size_t> axes{};  ///< as stored, ascending
};

/// Channels-last stays where it was found, unless the result would come out in another order than its shape says.
Reduced reduced(const Emission& e, const std::vector<std::size_t>& axes) {
  const Shape& shape = e.shape(0);
  const Layout found = e.builder().layout(e.node().inputs[0]);
  const bool keeps = e.result_shape().size() == shape.size();
  const auto gone = [&](std::size_t axis) { return std::binary_search(axes.begin(), axes.end(), axis); };
  bool spatial_left = false;
  for (std::size_t axis = 2; axis < shape.size(); ++axis) spatial_left = spatial_left || !gone(axis);
  const bool in_order = keeps || gone(1) || !spatial_left;
  Reduced made;
  made.source = in_order ? found : Layout::Plain;
  made.result = keeps ? made.source : Layout::Plain;
  made.shape = stored_shape(shape, made.source);
  for (const auto axis : axes) made.axes.push_back(stored_axis(axis, shape.size(), made.source));
  std::sort(made.axes.begin(), made.axes.end());
  return made;
}

/// Neighbouring axes, reduced in one pass.
struct Pass {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// From the innermost on, so that later passes have less to read.
std::vector<Pass> passes(const std::vector<std::size_t>& axes) {
  std::vector<Pass> made;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (!made.empty() && made.back().first == axes[i] + 1)
      made.back().first = axes[i];
    else
      made.push_back({axes[i], axes[i] + 1});
  }
  return made;
}

struct Recipe {
  Reduction first = Reduction::Sum;
  Reduction further = Reduction::Sum;
  std::optional<kernels::UnaryOp> finish{};
};

const Recipe* recipe_of(const std::string& op) {
  using kernels::UnaryOp;
  static const std::map<std::string_view, Recipe> kRecipes{
      {"ReduceMean", {Reduction::Mean, Reduction::Mean, {}}},
      {"ReduceSum", {Reduction::Sum, Reduction::Sum, {}}},
      {"ReduceMax", {Reduction::Max, Reduction::Max, {}}},
      {"ReduceMin", {Reduction::Min, Reduction::Min, {}}},
      {"ReduceProd", {Reduction::Prod, Reduction::Prod, {}}},
      {"ReduceL1", {Reduction::L1, Reduction::Sum, {}}},
      {"ReduceL2", {Reduction::SumSquare, Reduction::Sum, UnaryOp::Sqrt}},
      {"ReduceSumSquare", {Reduction::SumSquare, Reduction::Sum, {}}},
      {"ReduceLogSum", {Reduction::Sum, Reduction::Sum, UnaryOp::Log}},
  };
  const auto found = kRecipes.find(op);
  return found == kRecipes.end() ? nullptr : &found->second;
}

Status emit_passes(const Emission& e, Reduced job, const Recipe& recipe) {
  auto source = e.read_float(0, job.source);
  if (!source) return failed(source);
  StorageId from = *source;
  const auto all = passes(job.axes);
  for (std::size_t at = 0; at < all.size(); ++at) {
    const AxisShape along = around(job.shape, all[at].first, all[at].last);
    std::fill(job.shape.begin() + static_cast<std::ptrdiff_t>(all[at].first),
              job.shape.begin() + static_cast<std::ptrdiff_t>(all[at].last), 1);
    const bool last = at + 1 == all.size();
    const auto bytes = static_cast<std::size_t>(element_count(job.shape)) * sizeof(float);
    const StorageId to =
        last ? e.builder().write(e.result(), {Numeric::Float, job.result}) : e.builder().temporary(bytes);
    const Reduction op = at == 0 ? recipe.first : recipe.further;
    e.step({from}, {to}, [=, finish = last ? recipe.finish : std::nullopt](const Bindings& bindings) {
      return action([=, source = bindings.source<float>(from), target = bindings.target<float>(to)] {
        kernels::reduce(op, source, along, target);
        if (finish) kernels::unary({*finish}, target, target);
      });
    });
    from = to;
  }
  return {};
}

}  // namespace

Status emit_reduce(const Emission& e) {
  const NodeFacts facts(e);
  const auto axes = reduced_axes(facts.view());
  const Recipe* recipe = recipe_of(e.node().op);
  // An axis without elements, and a node that passes its input on, are for the interpreter.
  if (!e.is_float(0) || !axes || axes->empty() || recipe == nullptr || element_count(e.shape(0)) == 0)
    return emit_interpreted(e);
  return emit_passes(e, reduced(e, *axes), *recipe);
}

Status emit_arg(const Emission& e) {
  const NodeFacts facts(e);
  const auto axes = reduced_axes(facts.view());
  if (!e.is_float(0) || !axes || axes->size() != 1 || element_count(e.shape(0)) == 0) return emit_interpreted(e);
  // int64 results have no layout: where the order of axes would differ, the source is read plain.
  const Shape& shape = e.shape(0);
  const Layout layout = axes->front() == 1 ? e.builder().layout(e.node().inputs[0]) : Layout::Plain;
  const std::size_t axis = stored_axis(axes->front(), shape.size(), layout);
  const AxisShape along = around(stored_shape(shape, layout), axis, axis + 1);
  auto source = e.read_float(0, layout);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {});
  const auto kernel = e.node().op == "ArgMax" ? kernels::arg_max : kernels::arg_min;
  const auto tie = int_attribute(e.node(), "select_last_index", 0) != 0 ? kernels::Tie::Last : kernels::Tie::First;
  e.step({*source}, {result}, [=, from = *source](const Bindings& at) {
    return action([=, source = at.source<float>(from), target = at.target<std::int64_t>(result)] {
      kernel(source, along, tie, target);
    });
  });
  return {};
}

}  // namespace quantrail
