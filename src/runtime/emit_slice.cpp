#include "model/shape_math.h"
#include "model/slicing.h"
#include "runtime/emit_moving.h"
#include "runtime/kernels_move.h"

namespace quantrail {
namespace {

/// Adds the step that copies the part of input 0 that begins at `begin` into output `output`.
Status emit_part(const Emission& e, const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& step,
                 std::size_t output) {
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  const Shape& result = e.builder().shape(e.node().outputs[output]);
  return emit_words(
      e, layout,
      [source_shape = stored_shape(e.shape(0), layout), result_shape = stored_shape(result, layout),
       from = in_stored_order(begin, layout), by = in_stored_order(step, layout)](auto source, auto target) {
        kernels::slice(source, {source_shape, result_shape, from, by}, target);
      },
      output);
}

}  // namespace

Status emit_slice(const Emission& e) {
  if (e.shape(0).size() > kernels::kMaxRank) return emit_interpreted(e);
  const NodeFacts facts(e);
  auto slices = slice_of(facts.view());
  if (!slices) return failed(slices, e.where());
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> step;
  for (const auto& axis : *slices) {
    begin.push_back(axis.start);
    step.push_back(axis.step);
  }
  return emit_part(e, begin, step, 0);
}

Status emit_split(const Emission& e) {
  const std::size_t rank = e.shape(0).size();
  if (rank > kernels::kMaxRank) return emit_interpreted(e);
  auto axis = normal_axis(int_attribute(e.node(), "axis", 0), rank);
  if (!axis) return failed(axis, e.where());
  std::vector<std::int64_t> begin(rank, 0);
  const std::vector<std::int64_t> step(rank, 1);
  for (std::size_t output = 0; output < e.node().outputs.size(); ++output) {
    const auto& value = e.node().outputs[output];
    // What the outputs left out would have taken is what the others leave over: shapes are known for named ones only.
    if (value.empty()) return emit_interpreted(e);
    if (auto done = emit_part(e, begin, step, output); !done) return done;
    begin[*axis] += e.builder().shape(value)[*axis];
  }
  return {};
}

}  // namespace quantrail
