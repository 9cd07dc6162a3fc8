#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/folding.h"
#include "model/infer.h"

namespace quantrail {

/// Types of values at made-up input sizes, learned node by node while a graph is rewritten.
class LearnedTypes {
 public:
  /// `inputs`: shapes of the graph's inputs; what is open in one gets a size that any will do.
  LearnedTypes(const Graph& graph, const InputShapes& inputs);
  /// Takes in a node of opset >= 13 whose inputs were taken in before; one that cannot be inferred teaches nothing.
  void learn(const Graph& graph, const Node& node);
  /// Null where nothing was learned.
  [[nodiscard]] const TensorType* of(const std::string& value) const;

 private:
  std::map<std::string, TensorType, std::less<>> types_{};
  std::map<std::string, TensorPtr, std::less<>> values_{};
  Folding folding_;
};

/// The same at two different choices of what is open: what both agree on is known.
class LearnedSizes {
 public:
  LearnedSizes(const Graph& graph, const InputShapes& first, const InputShapes& second);
  void learn(const Graph& graph, const Node& node);
  [[nodiscard]] std::optional<ElementType> type(const std::string& value) const;
  /// Sizes that are open are -1. Nothing where not even the rank is known.
  [[nodiscard]] std::optional<Shape> shape(const std::string& value) const;

 private:
  LearnedTypes first_;
  LearnedTypes second_;
};

/// Shapes of the inputs as they are declared.
[[nodiscard]] InputShapes declared_shapes(const Graph& graph);

}  // namespace quantrail
