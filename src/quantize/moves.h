#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/graph.h"

namespace quantrail {

/// Whether `op` moves or selects values without computing, so that it can run on codes: MaxPool, Reshape, Concat, ...
[[nodiscard]] bool moves_values(const std::string& op);

/// How many leading inputs of such an operator are the values that it moves: all of a Concat, one of the others.
[[nodiscard]] std::size_t moved_inputs(const Node& node);

/// Follows a value to where it is computed. Both look through moves with one moved input only.
class Tracer {
 public:
  /// Both must outlive this.
  Tracer(const Graph& graph, const GraphIndex& index) : graph_(graph), index_(index) {}
  /// The node that computes `value`; nothing for graph inputs, constants and results of Concat.
  [[nodiscard]] std::optional<std::size_t> origin(const std::string& value) const;
  /// The same when that node's operator is `op`.
  [[nodiscard]] std::optional<std::size_t> origin(const std::string& value, std::string_view op) const;

 private:
  const Graph& graph_;
  const GraphIndex& index_;
};

}  // namespace quantrail
