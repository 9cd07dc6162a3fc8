#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/interpret.h"

namespace quantrail::testing {

/// Stands for an optional input that a node leaves out.
inline Tensor left_out() { return Tensor{.shape = {-1}}; }

/// All outputs of one operator on `inputs`, computed by the interpreter. `outputs`: how many the node has.
inline Result<std::vector<Tensor>> all_computed(const std::string& op, const std::vector<Tensor>& inputs,
                                                std::map<std::string, Attribute> attributes = {},
                                                std::int64_t opset = 13, std::size_t outputs = 1) {
  Node node{.name = "n", .op = op, .attributes = std::move(attributes)};
  for (std::size_t at = 0; at < outputs; ++at) node.outputs.push_back("y" + std::to_string(at));
  std::vector<const Tensor*> pointers;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const bool absent = inputs[at].shape == left_out().shape;
    node.inputs.push_back(absent ? "" : "i" + std::to_string(at));
    pointers.push_back(absent ? nullptr : &inputs[at]);
  }
  return interpreted(node, opset, pointers);
}

/// The first of them.
inline Result<Tensor> computed(const std::string& op, const std::vector<Tensor>& inputs,
                               std::map<std::string, Attribute> attributes = {}, std::int64_t opset = 13) {
  auto outputs = all_computed(op, inputs, std::move(attributes), opset);
  if (!outputs) return failed(outputs);
  return std::move(outputs->front());
}

/// Why the operator does not compute; empty when it does.
inline std::string refusal(const std::string& op, const std::vector<Tensor>& inputs,
                           std::map<std::string, Attribute> attributes = {}, std::int64_t opset = 13) {
  const auto result = computed(op, inputs, std::move(attributes), opset);
  return result ? "" : result.error().message;
}

}  // namespace quantrail::testing
