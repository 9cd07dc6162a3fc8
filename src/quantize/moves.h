#pragma once

#include <optional>
#include <string>

#include "model/graph.h"

namespace quantrail {

/// How many leading inputs of `node` are values that it only moves or selects, so that it can run on codes: all of a
/// Concat, one of MaxPool, Reshape, Transpose, Slice, Split, Gather, Expand, Tile, DepthToSpace, Resize to the nearest,
/// ... 0 where it computes, and where ONNX Runtime moves floats only (Pad, GlobalMaxPool, SpaceToDepth).
[[nodiscard]] std::size_t moved_inputs(const Graph& graph, const Node& node);

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
