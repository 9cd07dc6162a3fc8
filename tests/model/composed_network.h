#pragma once

#include <onnx/onnx_pb.h>

#include <initializer_list>
#include <string>

#include "model/graph_builder.h"
#include "model/onnx_file.h"

namespace quantrail::testing {

using ValueNames = std::initializer_list<const char*>;

inline onnx::NodeProto node_proto(const std::string& op, const std::string& name, ValueNames inputs, ValueNames outputs,
                                  const std::string& domain = "") {
  onnx::NodeProto node;
  node.set_op_type(op);
  node.set_name(name);
  node.set_domain(domain);
  for (const auto* value : inputs) node.add_input(value);
  for (const auto* value : outputs) node.add_output(value);
  return node;
}

inline onnx::AttributeProto float_proto(const std::string& name, float value) {
  onnx::AttributeProto attribute;
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
  return attribute;
}

/// An attribute of a function's node that takes the value of the call's.
inline void refer(onnx::NodeProto& node, const std::string& name, onnx::AttributeProto::AttributeType type,
                  const std::string& to) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  attribute.set_ref_attr_name(to);
}

inline onnx::FunctionProto& add_function(onnx::ModelProto& model, const std::string& name, ValueNames inputs,
                                         ValueNames outputs) {
  auto& function = *model.add_functions();
  function.set_name(name);
  function.set_domain("blocks");
  for (const auto* value : inputs) function.add_input(value);
  for (const auto* value : outputs) function.add_output(value);
  *function.mutable_opset_import() = model.opset_import();
  return function;
}

/// A value that a function's attribute has where a call does not give it: field 11, which libonnx 1.12 does not know.
inline void set_default(onnx::FunctionProto& function, const onnx::AttributeProto& attribute) {
  constexpr int kDefaults = 11;
  auto& fields = *function.GetReflection()->MutableUnknownFields(&function);
  fields.AddLengthDelimited(kDefaults, attribute.SerializeAsString());
}

/// An If with these nodes as branches, whose results are called "taken" in both.
inline onnx::NodeProto if_proto(const std::string& name, const std::string& condition, const std::string& output,
                                const onnx::NodeProto& then_node, const onnx::NodeProto& else_node) {
  auto node = node_proto("If", name, {}, {});
  node.add_input(condition);
  node.add_output(output);
  const auto add = [&](const char* which, const onnx::NodeProto& inner) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(which);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    auto& graph = *attribute.mutable_g();
    graph.set_name(which);
    *graph.add_node() = inner;
    auto& result = *graph.add_output();
    result.set_name(inner.output(0));
    result.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  };
  add("then_branch", then_node);
  add("else_branch", else_node);
  return node;
}

/// x [N,3,8,8] through two calls of "Block" (a convolution with the call's strides, and "Leaky", a function as well,
/// whose slope is a default unless given), a global pool, and an If that squeezes the spatial axes since both are 1.
inline onnx::ModelProto composed_network() {
  GraphBuilder b(17);
  const auto x = b.input("x", {-1, 3, 8, 8});
  b.conv("one", x, 3, 8, 3);
  b.conv("two", x, 8, 8, 3);
  b.integers("spatial", {2, 3});
  b.integers("one_one", {1, 1});
  b.output("y", {-1, 8});
  auto graph = b.graph();
  graph.nodes.clear();
  auto model = onnx_model(graph, 8);
  auto& import = *model.add_opset_import();
  import.set_domain("blocks");
  import.set_version(1);

  auto& leaky = add_function(model, "Leaky", {"x"}, {"y"});
  leaky.add_attribute("slope");
  refer(*leaky.add_node() = node_proto("LeakyRelu", "relu", {"x"}, {"y"}), "alpha", onnx::AttributeProto::FLOAT,
        "slope");
  auto& block = add_function(model, "Block", {"x", "w", "bias"}, {"y"});
  block.add_attribute("strides");
  block.add_attribute("group");
  auto conv = node_proto("Conv", "conv", {"x", "w", "bias"}, {"t"});
  refer(conv, "strides", onnx::AttributeProto::INTS, "strides");
  refer(conv, "group", onnx::AttributeProto::INT, "group");
  auto& pads = *conv.add_attribute();
  pads.set_name("pads");
  pads.set_type(onnx::AttributeProto::INTS);
  for (int at = 0; at < 4; ++at) pads.add_ints(1);
  *block.add_node() = conv;
  auto inner = node_proto("Leaky", "act", {"t"}, {"y"}, "blocks");
  refer(inner, "slope", onnx::AttributeProto::FLOAT, "slope");
  *block.add_node() = inner;
  set_default(block, float_proto("slope", 0.25F));

  auto& nodes = *model.mutable_graph()->mutable_node();
  auto first = node_proto("Block", "first", {"x", "one_w", "one_b"}, {"a"}, "blocks");
  auto& strides = *first.add_attribute();
  strides.set_name("strides");
  strides.set_type(onnx::AttributeProto::INTS);
  strides.add_ints(2);
  strides.add_ints(2);
  *nodes.Add() = first;
  auto second = node_proto("Block", "second", {"a", "two_w", "two_b"}, {"b"}, "blocks");
  *second.add_attribute() = float_proto("slope", 0.5F);
  *nodes.Add() = second;
  *nodes.Add() = node_proto("GlobalAveragePool", "pool", {"b"}, {"c"});
  *nodes.Add() = node_proto("Shape", "shape", {"c"}, {"sizes"});
  auto gather = node_proto("Gather", "spatial_sizes", {"sizes", "spatial"}, {"of_space"});
  *nodes.Add() = gather;
  *nodes.Add() = node_proto("Equal", "equal", {"of_space", "one_one"}, {"each_is_one"});
  auto as_int = node_proto("Cast", "as_int", {"each_is_one"}, {"ones"});
  auto& to = *as_int.add_attribute();
  to.set_name("to");
  to.set_type(onnx::AttributeProto::INT);
  to.set_i(onnx::TensorProto::INT32);
  *nodes.Add() = as_int;
  auto least = node_proto("ReduceMin", "least", {"ones"}, {"all_ones"});
  auto& keep = *least.add_attribute();
  keep.set_name("keepdims");
  keep.set_type(onnx::AttributeProto::INT);
  keep.set_i(0);
  *nodes.Add() = least;
  auto as_bool = node_proto("Cast", "as_bool", {"all_ones"}, {"flat"});
  *as_bool.add_attribute() = to;
  as_bool.mutable_attribute(0)->set_i(onnx::TensorProto::BOOL);
  *nodes.Add() = as_bool;
  *nodes.Add() = if_proto("squeezes", "flat", "y", node_proto("Squeeze", "squeeze", {"c", "spatial"}, {"taken"}),
                          node_proto("Identity", "keep", {"c"}, {"taken"}));
  return model;
}

}  // namespace quantrail::testing
