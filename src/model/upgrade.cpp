#include "model/upgrade.h"

#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

constexpr std::int64_t kTarget = 13;

}  // namespace

Result<Graph> upgraded(Graph graph) {
  if (graph.opset >= kTarget) return graph;
  Names names(graph);
  Upgrade upgrade{graph, names, graph.opset};
  for (auto& node : graph.nodes) {
    const std::string context = described(node, graph.opset);
    if (auto ok = move_attributes(upgrade, node); !ok) return failed(ok, context);
  }
  graph.opset = kTarget;
  split_softmax(graph);
  return graph;
}

}  // namespace quantrail
