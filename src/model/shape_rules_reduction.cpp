#include <numeric>

#include "model/reduction.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

Result<Types> reduce(const NodeView& view) {
  const auto axes = reduced_axes(view);
  if (!axes) return failed(axes);
  TensorType type = view.type(0);
  const bool keep = view.integer("keepdims", 1) != 0;
  for (auto axis = axes->rbegin(); axis != axes->rend(); ++axis) {
    const auto at = type.shape.begin() + static_cast<std::ptrdiff_t>(*axis);
    if (keep)
      *at = 1;
    else
      type.shape.erase(at);
  }
  if (view.node().op.starts_with("Arg")) {
    if (view.shape(0)[axes->front()] == 0) return fail(Cause::InvalidInput, "axis {} is empty", axes->front());
    type.type = ElementType::Int64;
  }
  return Types{std::move(type)};
}

Result<Types> softmax(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", -1), view.rank(0));
  if (!axis) return failed(axis);
  return Types{view.type(0)};
}

}  // namespace

Result<std::vector<std::size_t>> reduced_axes(const NodeView& view) {
  if (view.node().op.starts_with("Arg")) return normal_axes(std::vector{view.integer("axis", 0)}, view.rank(0));
  std::vector<std::int64_t> axes = view.ints("axes");
  if (view.has(1)) {
    auto given = view.integers(1, "its axes");
    if (!given) return failed(given);
    axes = std::move(*given);
  }
  if (axes.empty() && view.integer("noop_with_empty_axes", 0) == 0) {
    axes.resize(view.rank(0));
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
  }
  return normal_axes(axes, view.rank(0));
}

void add_reduction_rules(ShapeRules& rules) {
  for (const auto op : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                        "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"}) {
    rules[op] = {reduce, 1, 2};
  }
  for (const auto op : {"ArgMax", "ArgMin"}) rules[op] = {reduce, 1, 1};
  for (const auto op : {"Softmax", "LogSoftmax", "Hardmax"}) rules[op] = {softmax, 1, 1};
}

}  // namespace quantrail
