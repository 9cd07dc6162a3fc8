#include <algorithm>

#include "model/shape_math.h"
#include "model/slicing.h"
#include "runtime/emit_moving.h"
#include "runtime/kernels_move.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

/// [0, 2, ..., n - 1, 1]: what channels-last does to the axes.
bool puts_channels_last(const std::vector<std::int64_t>& perm) {
  for (std::size_t axis = 0; axis < perm.size(); ++axis) {
    if (stored_axis(static_cast<std::size_t>(perm[axis]), perm.size(), Layout::ChannelsLast) != axis) return false;
  }
  return perm.size() >= 3;
}

/// [0, n - 1, 1, ..., n - 2]: what undoes it.
bool puts_channels_first(const std::vector<std::int64_t>& perm) {
  for (std::size_t axis = 0; axis < perm.size(); ++axis) {
    if (stored_axis(axis, perm.size(), Layout::ChannelsLast) != static_cast<std::size_t>(perm[axis])) return false;
  }
  return perm.size() >= 3;
}

/// The source axis of each axis of the result, counted from the front.
std::vector<std::int64_t> permutation(const Emission& e) {
  const auto rank = static_cast<std::int64_t>(e.shape(0).size());
  std::vector<std::int64_t> order;
  for (std::int64_t axis = rank; axis-- > 0;) order.push_back(axis);
  order = ints_attribute(e.node(), "perm", std::move(order));
  for (auto& axis : order) axis += axis < 0 ? rank : 0;
  return order;
}

/// The result is the same memory, seen in another shape or layout.
Status emit_view(const Emission& e, Layout from, Layout to) {
  const bool codes = moves_codes(e);
  auto source = codes ? e.read_codes(0, from) : e.read_float(0, from);
  if (!source) return failed(source);
  e.builder().place(e.result(), {codes ? Numeric::Codes : Numeric::Float, to}, *source);
  return {};
}

}  // namespace

NodeFacts::NodeFacts(const Emission& e) : node(e.node()), opset(e.builder().graph().opset) {
  for (std::size_t at = 0; at < node.inputs.size(); ++at) {
    types.push_back(e.has_input(at) ? &e.builder().type(node.inputs[at]) : nullptr);
    constants.push_back(e.constant(at).get());
  }
}

bool moves_codes(const Emission& e, std::size_t output) {
  const auto& result = e.node().outputs[output];
  const auto* from = e.builder().params(e.node().inputs[0]);
  return e.integer() && e.leaves_as_codes(result) && from != nullptr && *from == e.params(result);
}

Status emit_reshape(const Emission& e) { return emit_view(e, Layout::Plain, Layout::Plain); }

Status emit_identity(const Emission& e) {
  const bool leaves = e.builder().context().shaped.index.is_output(e.result());
  const Layout layout = leaves ? Layout::Plain : e.builder().layout(e.node().inputs[0]);
  return emit_view(e, layout, layout);
}

Status emit_transpose(const Emission& e) {
  if (e.shape(0).size() > kernels::kMaxRank) return emit_interpreted(e);
  const auto perm = permutation(e);
  if (puts_channels_last(perm) && e.builder().layout(e.node().inputs[0]) == Layout::ChannelsLast) {
    return emit_view(e, Layout::ChannelsLast, Layout::Plain);
  }
  if (puts_channels_first(perm) && e.is_float(0)) return emit_view(e, Layout::Plain, Layout::ChannelsLast);
  return emit_words(e, Layout::Plain, [shape = e.shape(0), perm, threads = e.threads()](auto source, auto target) {
    const std::size_t pieces = worthwhile_threads(threads, source.size());
    shared_work(pieces, pieces, 1, [&](std::size_t, std::size_t, std::size_t piece) {
      kernels::transpose(source, shape, perm, target,
                         {static_cast<std::int64_t>(piece), static_cast<std::int64_t>(pieces)});
    });
  });
}

Status emit_pad(const Emission& e) {
  const NodeFacts facts(e);
  auto padding = padding_of(facts.view());
  if (!padding) return failed(padding, e.where());
  const bool known_value = !e.has_input(2) || e.constant(2) != nullptr;
  if (!e.is_float(0) || !known_value || padding->mode == "wrap" || e.shape(0).size() > kernels::kMaxRank)
    return emit_interpreted(e);
  const auto mode = padding->mode == "reflect" ? kernels::PadMode::Reflect
                    : padding->mode == "edge"  ? kernels::PadMode::Edge
                                               : kernels::PadMode::Constant;
  const float value = e.has_input(2) && !e.constant(2)->bytes.empty() ? floats_of(*e.constant(2))[0] : 0.0F;
  const std::uint8_t code = moves_codes(e) ? activation_code(value, e.params(e.result())) : std::uint8_t{0};
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  return emit_moving(
      e, layout,
      [=, source_shape = stored_shape(e.shape(0), layout), begin = in_stored_order(padding->begin, layout),
       end = in_stored_order(padding->end, layout)](auto source, auto target) {
        const kernels::PadShape shape{source_shape, begin, end, mode};
        if constexpr (sizeof(source[0]) == 1)
          kernels::pad(source, shape, code, target);
        else
          kernels::pad(source, shape, value, target);
      });
}

}  // namespace quantrail
