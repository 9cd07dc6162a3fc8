#include "model/folding.h"

#include <algorithm>

#include "model/interpret.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 28U;
constexpr std::uint64_t kGrowth = 8;  // int8 weights dequantized, some of them more than once
constexpr double kFreeWork = 5e8;     // half a second
constexpr double kWorkPerByte = 16.0;

}  // namespace

Folding::Folding(const Graph& graph) : budget_(kFreeBytes), work_(kFreeWork) {
  for (const auto& [name, value] : graph.constants) {
    budget_ += kGrowth * value->bytes.size();
    work_ += kWorkPerByte * static_cast<double>(value->bytes.size());
  }
  for (const auto& output : graph.outputs) graph_outputs_.insert(output.name);
}

Result<std::vector<TensorPtr>> Folding::folded(const NodeView& view, std::span<const Tensor* const> constants,
                                               const Types& outputs) {
  using Values = std::vector<TensorPtr>;
  const Node& node = view.node();
  if (std::any_of(node.outputs.begin(), node.outputs.end(),
                  [&](const auto& name) { return graph_outputs_.contains(name); })) {
    return Values{};
  }
  if (auto value = shape_value(node, view.has(0) ? view.shape(0) : Shape{})) {
    return Values{std::make_shared<const Tensor>(std::move(*value))};
  }
  for (std::size_t input = 0; input < node.inputs.size(); ++input) {
    if (!node.inputs[input].empty() && constants[input] == nullptr) return Values{};
  }
  std::uint64_t bytes = 0;
  for (const auto& type : outputs) bytes += checked_bytes(type.type, type.shape).value_or(budget_);
  if (!interpretable(node.op) || bytes > budget_) return Values{};
  const double work = interpretation_cost(view, outputs);
  if (!(work <= work_)) return Values{};
  auto computed = interpreted(node, view.opset(), constants);
  if (!computed) return failed(computed);
  budget_ -= bytes;
  work_ -= work;
  Values values;
  for (auto& tensor : *computed) values.push_back(std::make_shared<const Tensor>(std::move(tensor)));
  return values;
}

void remove_unused(Graph& graph) {
  std::set<std::string, std::less<>> needed;
  for (const auto& output : graph.outputs) needed.insert(output.name);
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool reaches = std::any_of(node->outputs.begin(), node->outputs.end(),
                                     [&](const auto& output) { return !output.empty() && needed.contains(output); });
    if (!reaches) continue;
    needed.insert(node->inputs.begin(), node->inputs.end());
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
  std::erase_if(graph.constants, [&](const auto& entry) { return !needed.contains(entry.first); });
}

}  // namespace quantrail
