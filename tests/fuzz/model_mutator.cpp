#include "fuzz/model_mutator.h"

#include <onnx/onnx_pb.h>

#include <map>
#include <vector>

#include "fuzz/attribute_mutator.h"
#include "fuzz/tensor_mutator.h"

namespace quantrail::fuzz {
namespace {

bool parse(onnx::ModelProto& model, std::string_view bytes) {
  return model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && model.has_graph();
}

std::vector<std::string> values_of(const onnx::GraphProto& graph) {
  std::vector<std::string> names{""};
  for (const auto& input : graph.input()) names.push_back(input.name());
  for (const auto& constant : graph.initializer()) names.push_back(constant.name());
  for (const auto& node : graph.node()) names.insert(names.end(), node.output().begin(), node.output().end());
  return names;
}

std::string fresh_name(const onnx::GraphProto& graph, Dice& dice) {
  return "v" + std::to_string(graph.node_size()) + "_" + std::to_string(dice.below(1000));
}

void change_declared(onnx::ValueInfoProto& value, Dice& dice) {
  auto& type = *value.mutable_type()->mutable_tensor_type();
  auto& dims = *type.mutable_shape()->mutable_dim();
  switch (dice.below(6)) {
    case 0: return type.set_elem_type(any_element_type(dice));
    case 1: return dims.Add()->set_dim_value(dice.integer());
    case 2:
      if (!dims.empty()) dims.RemoveLast();
      return;
    case 3:
      if (!dims.empty()) dice.one_of(dims).set_dim_param("n");
      return;
    default:
      if (!dims.empty()) dice.one_of(dims).set_dim_value(dice.integer());
  }
}

void change_connections(onnx::GraphProto& graph, onnx::NodeProto& node, Dice& dice) {
  const auto names = values_of(graph);
  auto& inputs = *node.mutable_input();
  switch (dice.below(7)) {
    case 0: *inputs.Add() = dice.one_of(names); return;
    case 1:
      if (!inputs.empty()) inputs.RemoveLast();
      return;
    case 2: *node.add_output() = dice.one_in(3) ? "" : fresh_name(graph, dice); return;
    case 3:
      if (node.output_size() > 1) node.mutable_output()->RemoveLast();
      return;
    case 4: {
      auto& constant = *graph.add_initializer();
      constant.set_name(fresh_name(graph, dice));
      constant.set_data_type(any_element_type(dice));
      for (std::size_t rank = dice.below(4); rank > 0; --rank)
        constant.add_dims(static_cast<std::int64_t>(dice.below(5)));
      change_tensor(constant, dice);
      if (!inputs.empty()) dice.one_of(inputs) = constant.name();
      return;
    }
    default:
      if (!inputs.empty()) dice.one_of(inputs) = dice.one_of(names);
  }
}

/// A node of any operator behind all others, mostly as an output of the network.
void add_node(onnx::GraphProto& graph, Dice& dice) {
  const auto names = values_of(graph);
  auto& node = *graph.add_node();
  if (graph.node_size() > 1 && dice.one_in(3)) node = dice.one_of(*graph.mutable_node());
  if (node.op_type().empty()) node.set_op_type(any_operator(dice));
  node.clear_output();
  node.set_name(fresh_name(graph, dice));
  node.add_output(node.name());
  if (node.input().empty() || dice.one_in(2)) {
    node.clear_input();
    for (std::size_t count = 1 + dice.below(4); count > 0; --count) node.add_input(dice.one_of(names));
  }
  if (dice.one_in(2)) change_attribute(node, dice);
  if (graph.output_size() > 0 && dice.one_in(2)) return dice.one_of(*graph.mutable_output()).set_name(node.name());
  graph.add_output()->set_name(node.name());
}

void change_node(onnx::GraphProto& graph, Dice& dice) {
  auto& nodes = *graph.mutable_node();
  auto& node = dice.one_of(nodes);
  switch (dice.below(10)) {
    case 0: return node.set_op_type(any_operator(dice));
    case 1: return add_node(graph, dice);
    case 2: return change_connections(graph, node, dice);
    case 3: return change_connections(graph, node, dice);
    case 4:
      if (dice.one_in(2)) return nodes.SwapElements(0, nodes.size() - 1);
      return nodes.DeleteSubrange(static_cast<int>(dice.below(static_cast<std::size_t>(nodes.size()))), 1);
    default: return change_attribute(node, dice);
  }
}

void change_output(onnx::GraphProto& graph, Dice& dice) {
  const auto names = values_of(graph);
  if (graph.output_size() == 0 || dice.one_in(2)) {
    graph.add_output()->set_name(dice.one_of(names));
  } else if (graph.output_size() > 1 && dice.one_in(2)) {
    graph.mutable_output()->RemoveLast();
  } else {
    change_declared(dice.one_of(*graph.mutable_output()), dice);
  }
}

void change(onnx::ModelProto& model, Dice& dice) {
  auto& graph = *model.mutable_graph();
  const std::size_t part = dice.below(20);
  if (part == 0 && model.opset_import_size() > 0) {
    model.mutable_opset_import(0)->set_version(static_cast<std::int64_t>(1 + dice.below(22)));
  } else if (part == 1) {
    change_output(graph, dice);
  } else if (part < 6 && graph.input_size() > 0) {
    change_declared(dice.one_of(*graph.mutable_input()), dice);
  } else if (part < 11 && graph.initializer_size() > 0) {
    change_tensor(dice.one_of(*graph.mutable_initializer()), dice);
  } else if (graph.node_size() > 0) {
    change_node(graph, dice);
  } else {
    add_node(graph, dice);
  }
}

void rename(std::string& name, const std::map<std::string, std::string>& names) {
  if (const auto found = names.find(name); found != names.end()) name = found->second;
}

}  // namespace

std::string mutated(std::string_view bytes, std::uint32_t seed) {
  onnx::ModelProto model;
  if (!parse(model, bytes)) return {};
  Dice dice(seed);
  for (std::size_t count = 1 + dice.below(dice.one_in(3) ? 5 : 2); count > 0; --count) change(model, dice);
  return model.SerializeAsString();
}

std::string joined(std::string_view first, std::string_view second, std::uint32_t seed) {
  onnx::ModelProto model;
  onnx::ModelProto other;
  if (!parse(model, first) || !parse(other, second)) return {};
  Dice dice(seed);
  auto& graph = *model.mutable_graph();
  auto& added = *other.mutable_graph();
  const std::string prefix = "j" + std::to_string(graph.node_size()) + "_";
  std::map<std::string, std::string> names;
  for (const auto& value : values_of(added)) {
    if (!value.empty()) names[value] = prefix + value;
  }
  for (auto& constant : *added.mutable_initializer()) rename(*constant.mutable_name(), names);
  for (auto& input : *added.mutable_input()) {
    const bool connected = graph.output_size() > 0 && !dice.one_in(4);
    if (connected) names[input.name()] = dice.one_of(*graph.mutable_output()).name();
    rename(*input.mutable_name(), names);
    if (!connected) *graph.add_input() = input;
  }
  for (auto& node : *added.mutable_node()) {
    for (auto& value : *node.mutable_input()) rename(value, names);
    for (auto& value : *node.mutable_output()) rename(value, names);
  }
  for (auto& output : *added.mutable_output()) rename(*output.mutable_name(), names);
  graph.mutable_node()->MergeFrom(added.node());
  graph.mutable_initializer()->MergeFrom(added.initializer());
  if (dice.one_in(2)) graph.clear_output();
  graph.mutable_output()->MergeFrom(added.output());
  return model.SerializeAsString();
}

}  // namespace quantrail::fuzz
