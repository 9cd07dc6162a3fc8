#include "quantize/moves.h"

#include "model/code_moves.h"

namespace quantrail {

std::size_t moved_inputs(const Graph& graph, const Node& node) {
  if (node.op == "Pad" || node.op == "GlobalMaxPool" || node.op == "SpaceToDepth") return 0;
  return moved_values(graph, node);
}

std::optional<std::size_t> Tracer::origin(const std::string& value) const {
  auto at = index_.producer(value);
  while (at && moved_inputs(graph_, graph_.nodes[*at]) > 0) {
    if (graph_.nodes[*at].op == "Concat") return std::nullopt;
    at = index_.producer(graph_.nodes[*at].inputs[0]);
  }
  return at;
}

std::optional<std::size_t> Tracer::origin(const std::string& value, std::string_view op) const {
  const auto at = origin(value);
  return at && graph_.nodes[*at].op == op ? at : std::nullopt;
}

}  // namespace quantrail
