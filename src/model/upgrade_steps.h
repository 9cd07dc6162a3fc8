#pragma once

#include "base/error.h"
#include "model/passes.h"

namespace quantrail {

/// One operator's way from an older opset to its form of opset 13.
struct Upgrade {
  Graph& graph;  ///< constants are added here
  Names& names;
  std::int64_t from = 7;  ///< the opset that the node was written for

  /// A new constant list of integers; returns its value name.
  [[nodiscard]] std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  [[nodiscard]] std::string floats(const std::string& name, const std::vector<float>& values);
  [[nodiscard]] std::string scalar(const std::string& name, float value);
};

/// Brings attributes of `node` to where opset 13 has them. Errors: InvalidInput, Unsupported.
[[nodiscard]] Status move_attributes(Upgrade& upgrade, Node& node);

/// Until opset 12, Softmax and LogSoftmax worked on the input made a matrix at `axis`; now they work along one axis.
/// Where that is not the same, the matrix is made explicitly, by new nodes around the old.
void split_softmax(Graph& graph);

}  // namespace quantrail
