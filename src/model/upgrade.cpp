#include "model/upgrade.h"

#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

constexpr std::int64_t kTarget = 13;
constexpr std::int64_t kOwnBroadcasting = 7;  // the first opset whose operands broadcast by their shapes

}  // namespace

Result<Graph> upgraded(Graph graph) {
  if (graph.opset >= kTarget) return graph;
  const std::int64_t from = std::exchange(graph.opset, kTarget);
  graph.upgraded_from = from;
  const bool first_opsets = from < kOwnBroadcasting;
  Names names(graph);
  LearnedTypes types(graph, declared_shapes(graph));
  Upgrade upgrade{graph, names, from, first_opsets ? &types : nullptr, {}};
  std::vector<Node> nodes;
  for (auto& node : graph.nodes) {
    const std::string context = described(node, from);
    if (first_opsets) {
      if (auto ok = leave_first_opsets(upgrade, node); !ok) return failed(ok, context);
    }
    if (auto ok = move_attributes(upgrade, node); !ok) return failed(ok, context);
    if (auto ok = leave_experiments(upgrade, node); !ok) return failed(ok, context);
    for (auto& added : std::exchange(upgrade.before, {})) {
      if (first_opsets) types.learn(graph, added);
      nodes.push_back(std::move(added));
    }
    if (first_opsets) types.learn(graph, node);
    nodes.push_back(std::move(node));
  }
  graph.nodes = std::move(nodes);
  split_softmax(graph);
  return graph;
}

}  // namespace quantrail
