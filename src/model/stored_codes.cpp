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

/// The result of a node of constants, of which input 0 is replaced by `first`.
Result<TensorPtr> computed(const Graph& graph, const Node& node, const TensorPtr& first) {
  std::vector<TensorPtr> operands{first};
  std::vector<const Tensor*> inputs{first.get()};
  for (std::size_t input = 1; input < node.inputs.size(); ++input) {
    operands.push_back(constant_input(graph, node, input));
    inputs.push_back(operands.back().get());
  }
  auto values = interpreted(node, graph.opset, inputs);
  if (!values) return failed(values);
  return std::make_shared<const Tensor>(std::move(values->front()));
}

/// The rule of codes behind a node that rearranges them; nothing for other nodes.
std::optional<CodeRule> rearranged(const Graph& graph, const Node& node, CodeRule rule, std::size_t rank) {
  constexpr std::array<std::string_view, 4> kViews{"Reshape", "Flatten", "Squeeze", "Unsqueeze"};
  for (std::size_t input = 1; input < node.inputs.size(); ++input) {
    if (constant_input(graph, node, input) == nullptr) return std::nullopt;
  }
  const bool views = std::find(kViews.begin(), kViews.end(), node.op) != kViews.end();
  if (views && rule.scale.size() == 1) return rule;
  if (node.op != "Transpose") return std::nullopt;
  std::vector<std::int64_t> perm(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) perm[axis] = static_cast<std::int64_t>(rank - 1 - axis);
  perm = ints_attribute(node, "perm", perm);
  if (rule.axis < 0) rule.axis += static_cast<std::int64_t>(rank);
  const auto place = std::find(perm.begin(), perm.end(), rule.axis);
  if (rule.scale.size() > 1 && place == perm.end()) return std::nullopt;
  rule.axis = place - perm.begin();
  return rule;
}

/// Takes in the nodes that give stored constants.
class Reader {
 public:
  explicit Reader(Graph& graph) : graph_(graph), index_(graph), budget_(kFreeBytes) {
    for (const auto& [name, value] : graph.constants) budget_ += kGrowth * value->bytes.size();
  }

  Result<StoredConstants> run() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      auto found = graph_.nodes[at].op == "DequantizeLinear" ? read(graph_.nodes[at]) : moved(graph_.nodes[at]);
      if (!found) return failed(found);
      if (*found) gone_.insert(at);
    }
    erase_nodes(graph_, gone_);
    return std::move(stored_);
  }

 private:
  /// Whether a constant of this many elements may be added as the node's result.
  [[nodiscard]] bool affordable(const Node& node, const Shape& shape) {
    const std::uint64_t bytes = sizeof(float) * static_cast<std::uint64_t>(element_count(shape));
    if (bytes > budget_ || index_.is_output(node.outputs[0])) return false;
    budget_ -= bytes;
    return true;
  }

  Result<bool> read(const Node& node) {
    const auto codes = constant_input(graph_, node, 0);
    if (codes == nullptr || !stores_codes(codes->type)) return false;
    auto rule = code_rule(graph_, node);
    if (!rule) return failed(rule);
    if (!*rule || !affordable(node, codes->shape)) return false;
    auto reals = computed(graph_, node, codes);
    if (!reals) return failed(reals);
    keep(node.outputs[0], {std::move(**rule), codes}, std::move(*reals));
    return true;
  }

  Result<bool> moved(const Node& node) {
    const auto from = node.inputs.empty() ? stored_.end() : stored_.find(node.inputs[0]);
    if (from == stored_.end() || node.outputs.size() != 1) return false;
    const auto& codes = from->second.codes;
    auto rule = rearranged(graph_, node, from->second.rule, codes->shape.size());
    if (!rule || !affordable(node, codes->shape)) return false;
    auto moved_codes = computed(graph_, node, codes);
    if (!moved_codes) return failed(moved_codes);
    auto reals = computed(graph_, node, graph_.constants.at(node.inputs[0]));
    if (!reals) return failed(reals);
    keep(node.outputs[0], {std::move(*rule), std::move(*moved_codes)}, std::move(*reals));
    return true;
  }

  void keep(const std::string& value, StoredCodes stored, TensorPtr reals) {
    graph_.constants[value] = std::move(reals);
    stored_[value] = std::move(stored);
  }

  Graph& graph_;
  GraphIndex index_;
  std::uint64_t budget_;
  StoredConstants stored_{};
  std::set<std::size_t> gone_{};
};

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

Result<StoredConstants> dequantize_constants(Graph& graph) { return Reader(graph).run(); }

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
