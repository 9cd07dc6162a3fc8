#include "model/stored_codes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "model/codes.h"
#include "model/interpret.h"
#include "model/passes.h"

namespace quantrail {
namespace {

constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 28U;
constexpr std::uint64_t kGrowth = 8;  // int8 weights become four times as large, some of them more than once

bool stores_codes(ElementType type) {
  return type == ElementType::Int8 || type == ElementType::Uint8 || type == ElementType::Int32;
}

Result<TensorPtr> dequantized(const Graph& graph, const Node& node) {
  std::vector<TensorPtr> operands;
  std::vector<const Tensor*> inputs;
  for (std::size_t input = 0; input < node.inputs.size(); ++input) {
    operands.push_back(constant_input(graph, node, input));
    inputs.push_back(operands.back().get());
  }
  auto values = interpreted(node, graph.opset, inputs);
  if (!values) return failed(values);
  return std::make_shared<const Tensor>(std::move(values->front()));
}

/// The codes' zero point, and the code of the lowest int8 weight in units of it.
struct Symmetric {
  std::int64_t zero = 0;
  bool reaches_lowest = false;
};

std::optional<Symmetric> symmetric(const StoredCodes& stored) {
  Symmetric result;
  if (stored.codes->type == ElementType::Uint8)
    result.zero = 128;
  else if (stored.codes->type != ElementType::Int8)
    return std::nullopt;
  const auto& zeros = stored.rule.zero;
  if (!std::all_of(zeros.begin(), zeros.end(), [&](auto zero) { return zero == result.zero; })) return std::nullopt;
  const auto lowest = result.zero == 0 ? std::byte{0x80} : std::byte{0};
  const auto& bytes = stored.codes->bytes;
  result.reaches_lowest = std::find(bytes.begin(), bytes.end(), lowest) != bytes.end();
  return result;
}

}  // namespace

Result<StoredConstants> dequantize_constants(Graph& graph) {
  const GraphIndex index(graph);
  StoredConstants stored;
  std::uint64_t budget = kFreeBytes;
  for (const auto& [name, value] : graph.constants) budget += kGrowth * value->bytes.size();
  std::set<std::size_t> gone;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const auto codes = node.op == "DequantizeLinear" ? constant_input(graph, node, 0) : nullptr;
    if (codes == nullptr || !stores_codes(codes->type) || index.is_output(node.outputs[0])) continue;
    auto rule = code_rule(graph, node);
    if (!rule) return failed(rule);
    const std::uint64_t bytes = sizeof(float) * static_cast<std::uint64_t>(element_count(codes->shape));
    if (!*rule || bytes > budget) continue;
    auto reals = dequantized(graph, node);
    if (!reals) return failed(reals);
    budget -= bytes;
    graph.constants[node.outputs[0]] = std::move(*reals);
    stored[node.outputs[0]] = {std::move(**rule), codes};
    gone.insert(at);
  }
  erase_nodes(graph, gone);
  return stored;
}

std::optional<WeightParams> weight_params(const Node& node, const StoredCodes& stored) {
  constexpr std::int32_t kLowest = -128;
  const auto form = symmetric(stored);
  const auto rank = static_cast<std::int64_t>(stored.codes->shape.size());
  const bool right_rank = node.op == "Conv" ? rank == 3 || rank == 4 : rank == 2;
  if (!form || !right_rank || stored.codes->bytes.empty()) return std::nullopt;
  const auto& scale = stored.rule.scale;
  const std::int64_t axis = output_channel_axis(node, *stored.codes);
  const std::int64_t given = stored.rule.axis < 0 ? stored.rule.axis + rank : stored.rule.axis;
  const auto limit = std::numeric_limits<float>::max() / static_cast<float>(-kLowest);
  if (std::any_of(scale.begin(), scale.end(), [&](float one) { return one > limit; })) return std::nullopt;
  if (!stored.rule.uniform() && given != axis) return std::nullopt;
  WeightParams params{axis, stored.rule.uniform() ? std::vector{scale[0]} : scale};
  if (form->reaches_lowest) params.lowest = kLowest;
  return params;
}

}  // namespace quantrail
