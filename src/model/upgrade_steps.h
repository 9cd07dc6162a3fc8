#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "model/learned_types.h"
#include "model/passes.h"

namespace quantrail {

/// One operator's way from an older opset to its form of opset 13.
struct Upgrade {
  Graph& graph;  ///< constants are added here
  Names& names;
  std::int64_t from = 7;                ///< the opset that the node was written for
  const LearnedTypes* types = nullptr;  ///< there below opset 7, whose broadcasting depends on ranks
  std::vector<Node> before{};           ///< new nodes that must come before the node

  /// A new constant list of integers; returns its value name.
  [[nodiscard]] std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  [[nodiscard]] std::string floats(const std::string& name, const std::vector<float>& values);
  [[nodiscard]] std::string scalar(const std::string& name, float value);
  /// The attribute `key`, a list of integers, becomes input `input`; nothing happens where the node has none.
  void list_to_input(Node& node, const std::string& key, std::size_t input);
};

using UpgradeStep = Status (*)(Upgrade&, Node&);
using UpgradeSteps = std::map<std::string_view, UpgradeStep>;

/// Puts `value` in place of input `input`, after left-out ones where there are fewer.
void set_input(Node& node, std::size_t input, std::string value);

/// Brings `node` from opset 1 to 6 to its form of opset 7. Errors: InvalidInput, Unsupported.
[[nodiscard]] Status leave_first_opsets(Upgrade& upgrade, Node& node);
/// Whether libonnx does not know this operator of an opset below 10, although ONNX Runtime runs it.
[[nodiscard]] bool is_experimental(const std::string& op, std::int64_t opset);
/// Puts operators of opset 13 in place of an experimental one. Errors: InvalidInput.
[[nodiscard]] Status leave_experiments(Upgrade& upgrade, Node& node);
/// From opset 7 to 12: brings attributes of `node` to where opset 13 has them. Errors: InvalidInput, Unsupported.
[[nodiscard]] Status move_attributes(Upgrade& upgrade, Node& node);

/// Until opset 6, "broadcast" and "axis" said which axes of input 0 input 1 goes along, and PRelu had one slope for
/// each channel: input 1 gets the axes of size 1 behind its own that make it broadcast by itself.
[[nodiscard]] Status align_operand(Upgrade& upgrade, Node& node);

/// Until opset 12, Softmax, LogSoftmax and Hardmax worked on the input made a matrix at `axis`; now they work along one
/// axis. Where that is not the same, the matrix is made explicitly, by new nodes around the old.
void split_softmax(Graph& graph);

}  // namespace quantrail
