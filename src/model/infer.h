#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// Shapes of a graph's inputs by name, all sizes known.
using InputShapes = std::map<std::string, Shape>;

struct TensorType {
  ElementType type = ElementType::Float32;
  Shape shape{};  ///< all sizes known
  bool operator==(const TensorType&) const = default;
};

/// What can only be computed node by node once the data is there: nodes whose results have shapes that depend on values
/// (NonMaxSuppression, NonZero, a Reshape to a computed shape, ...), and all that reads their results.
struct Late {
  std::vector<Node> nodes{};                                  ///< in topological order
  std::map<std::string, TensorPtr, std::less<>> constants{};  ///< that they read
  std::vector<std::string> reads{};    ///< other values that they read: inputs of the graph, or computed before
  std::vector<std::string> outputs{};  ///< outputs of the whole graph that they compute
};

/// A graph at one concrete input shape.
struct Specialised {
  /// Same inputs, and the outputs but `late.outputs`, followed by what only `late` reads. Nodes whose outputs follow
  /// from shapes and constants alone (Shape, and what is computed from it) are gone, their values moved to `constants`.
  Graph graph{};
  std::size_t own_outputs = 0;  ///< how many of graph.outputs, from the first, are outputs of the whole
  std::map<std::string, TensorType, std::less<>> types{};  ///< of every value: inputs, constants, node outputs
  Late late{};
};

/// Every value's type and shape when the inputs have `input_shapes` (one for each graph input, all sizes known).
/// Errors: InvalidInput when shapes do not fit each other, Unsupported for an operator that we do not know; both name
/// the node, its operator and the opset.
[[nodiscard]] Result<Specialised> specialised(const Graph& graph, const InputShapes& input_shapes);

/// Whether `inputs` have no axis in common that counts samples, so that a network takes one at a time, each array as a
/// whole: an input is a single number, or the first axes are of different sizes (the states of two layers beside one
/// step of sound; a list of points beside an image).
[[nodiscard]] bool takes_whole_samples(std::span<const ValueInfo> inputs);

/// The inputs' shapes at `batch` samples: declared sizes with axis 0 replaced where it is symbolic, -1 or (batch ==
/// declared size). Errors: InvalidInput, naming the input, when another axis is unknown, a fixed batch differs, or
/// several samples are asked for where the network takes whole ones.
[[nodiscard]] Result<InputShapes> input_shapes(const Graph& graph, std::int64_t batch);

/// Axis 0 of the inputs where it is fixed, 1 where the network takes whole samples; nothing when it is symbolic or -1.
[[nodiscard]] std::optional<std::int64_t> fixed_batch(const Graph& graph);

}  // namespace quantrail
