#pragma once

#include <set>
#include <span>
#include <vector>

#include "base/error.h"
#include "model/shape_rules.h"

namespace quantrail {

/// Computes nodes whose outputs are known before anything runs. Bounded: what it adds in total stays within a multiple
/// of the graph's own constants, and so does what it computes, beyond half a second (a graph is folded several times),
/// so that a small hostile file can neither fill memory nor keep a processor busy.
class Folding {
 public:
  explicit Folding(const Graph& graph);

  /// The outputs of a node that follow from constants, or from its inputs' shapes (Shape, Size); empty when they do
  /// not, when nobody computes this operator, when one of them is a graph output, or when they are too large or costly.
  /// `constants`: per input, null when not constant. Errors: what the operator says about its values.
  [[nodiscard]] Result<std::vector<TensorPtr>> folded(const NodeView& view, std::span<const Tensor* const> constants,
                                                      const Types& outputs);

 private:
  std::set<std::string, std::less<>> graph_outputs_{};
  std::uint64_t budget_ = 0;  ///< bytes that may still be added
  double work_ = 0.0;         ///< multiply-adds that may still be done
};

/// Removes nodes that reach no graph output, and constants that nobody reads.
void remove_unused(Graph& graph);

}  // namespace quantrail
