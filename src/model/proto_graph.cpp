#include "model/proto_graph.h"

#include <onnx/onnx_pb.h>

#include <algorithm>

#include "base/text.h"
#include "model/proto_node.h"
#include "model/proto_tensor.h"

namespace quantrail {
namespace {

Status add_constant(Graph& graph, const std::string& name, TensorPtr value) {
  if (name.empty()) return fail(Cause::InvalidInput, "a constant without a name");
  if (!graph.constants.emplace(name, std::move(value)).second) {
    return fail(Cause::InvalidInput, "value '{}' is defined twice", printable(name));
  }
  return {};
}

Status read_initializers(Graph& graph, const onnx::GraphProto& proto, ExternalData& external) {
  if (proto.sparse_initializer_size() > 0) return fail(Cause::Unsupported, "sparse tensors are not supported");
  for (const auto& initializer : proto.initializer()) {
    auto tensor = tensor_from(initializer, external);
    if (!tensor) return failed(tensor);
    auto added = add_constant(graph, initializer.name(), std::make_shared<const Tensor>(std::move(*tensor)));
    if (!added) return added;
  }
  return {};
}

Status read_nodes(Graph& graph, const onnx::GraphProto& proto, ExternalData& external) {
  for (const auto& message : proto.node()) {
    auto node = node_from(message, graph.opset, external);
    if (!node) return failed(node);
    if (node->op != "Constant") {
      graph.nodes.push_back(std::move(*node));
      continue;
    }
    const std::string context = described(*node, graph.opset);
    if (node->outputs.size() != 1) return fail(Cause::InvalidInput, "{}: a Constant has one output", context);
    auto value = constant_value(*node);
    if (!value) return failed(value, context);
    auto added = add_constant(graph, node->outputs[0], std::move(*value));
    if (!added) return failed(added, context);
  }
  return {};
}

void read_shape(ValueInfo& info, const onnx::TensorShapeProto& shape) {
  for (const auto& axis : shape.dim()) {
    const bool known = axis.has_dim_value() && axis.dim_value() >= 0;
    info.shape.push_back(known ? axis.dim_value() : -1);
    info.symbols.push_back(axis.has_dim_param() ? axis.dim_param() : std::string());
  }
}

Result<ValueInfo> declared(const onnx::ValueInfoProto& proto, std::string_view what, bool must_have_shape) {
  ValueInfo info;
  info.name = proto.name();
  const std::string context = fmt::format("{} '{}'", what, printable(info.name));
  if (info.name.empty()) return fail(Cause::InvalidInput, "{} without a name", what);
  if (proto.has_type() && !proto.type().has_tensor_type() &&
      proto.type().value_case() != onnx::TypeProto::VALUE_NOT_SET) {
    return fail(Cause::Unsupported, "{}: only tensors are supported, no sequences, maps or sparse tensors", context);
  }
  const auto& type = proto.type().tensor_type();
  if (must_have_shape || type.elem_type() != onnx::TensorProto::UNDEFINED) {
    const auto element = element_type(type.elem_type());
    if (!element) return failed(element, context);
    info.type = *element;
  }
  if (!type.has_shape() && must_have_shape) return fail(Cause::InvalidInput, "{}: its shape is not declared", context);
  read_shape(info, type.shape());
  return info;
}

}  // namespace

Result<Graph> graph_from(const onnx::GraphProto& proto, std::int64_t opset, ExternalData& external) {
  Graph graph;
  graph.name = proto.name();
  graph.opset = opset;
  if (auto done = read_initializers(graph, proto, external); !done) return failed(done);
  for (const auto& message : proto.input()) {
    if (graph.constants.find(message.name()) != graph.constants.end()) continue;  // IR < 4 lists initializers here too
    auto input = declared(message, "input", true);
    if (!input) return failed(input);
    graph.inputs.push_back(std::move(*input));
  }
  for (const auto& message : proto.output()) {
    auto output = declared(message, "output", false);
    if (!output) return failed(output);
    const bool again = std::any_of(graph.outputs.begin(), graph.outputs.end(),
                                   [&](const auto& other) { return other.name == output->name; });
    if (!again) graph.outputs.push_back(std::move(*output));
  }
  if (auto done = read_nodes(graph, proto, external); !done) return failed(done);
  return graph;
}

}  // namespace quantrail
