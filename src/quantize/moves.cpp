#include "quantize/moves.h"

#include <algorithm>
#include <array>

namespace quantrail {

bool moves_values(const std::string& op) {
  constexpr std::array<std::string_view, 8> kMoves{"MaxPool",   "Reshape",   "Flatten", "Squeeze",
                                                   "Unsqueeze", "Transpose", "Slice",   "Concat"};
  return std::find(kMoves.begin(), kMoves.end(), op) != kMoves.end();
}

std::size_t moved_inputs(const Node& node) { return node.op == "Concat" ? node.inputs.size() : 1; }

std::optional<std::size_t> Tracer::origin(const std::string& value) const {
  auto at = index_.producer(value);
  while (at && moves_values(graph_.nodes[*at].op)) {
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
