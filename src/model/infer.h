#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

struct TensorType {
  ElementType type = ElementType::Float32;
  Shape shape{};  ///< all sizes known
  bool operator==(const TensorType&) const = default;
};

/// A graph at one concrete input shape.
struct Specialised {
  /// Same inputs and outputs; nodes whose outputs follow from shapes and constants alone (Shape, and what is computed
  /// from it) are gone, their values moved to `constants`.
  Graph graph{};
  std::map<std::string, TensorType, std::less<>> types{};  ///< of every value: inputs, constants, node outputs
};

/// Every value's type and shape when the inputs have `input_shapes` (one for each graph input, all sizes known).
/// Errors: InvalidInput when shapes do not fit each other, Unsupported for an operator that we do not know; both name
/// the node, its operator and the opset.
[[nodiscard]] Result<Specialised> specialised(const Graph& graph, const std::map<std::string, Shape>& input_shapes);

/// The inputs' shapes at `batch` samples: declared sizes with axis 0 replaced where it is symbolic, -1 or (batch ==
/// declared size). Errors: InvalidInput, naming the input, when another axis is unknown or a fixed batch differs.
[[nodiscard]] Result<std::map<std::string, Shape>> input_shapes(const Graph& graph, std::int64_t batch);

/// Axis 0 of the inputs where it is fixed; nothing when it is symbolic or -1.
[[nodiscard]] std::optional<std::int64_t> fixed_batch(const Graph& graph);

}  // namespace quantrail
