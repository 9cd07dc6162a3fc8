#include "export/onnx_bytes.h"

#include <algorithm>
#include <set>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

namespace quantrail {
namespace {

constexpr std::size_t kLargestMessage = 0x7FFFFFFF;

onnx::TensorProto::DataType onnx_type(ElementType type) {
  switch (type) {
    case ElementType::Float32: return onnx::TensorProto::FLOAT;
    case ElementType::Float64: return onnx::TensorProto::DOUBLE;
    case ElementType::Float16: return onnx::TensorProto::FLOAT16;
    case ElementType::Int8: return onnx::TensorProto::INT8;
    case ElementType::Uint8: return onnx::TensorProto::UINT8;
    case ElementType::Int32: return onnx::TensorProto::INT32;
    case ElementType::Int64: return onnx::TensorProto::INT64;
    case ElementType::Bool: return onnx::TensorProto::BOOL;
    case ElementType::Int16: return onnx::TensorProto::INT16;
    case ElementType::Uint16: return onnx::TensorProto::UINT16;
    case ElementType::Uint32: return onnx::TensorProto::UINT32;
    case ElementType::Uint64: return onnx::TensorProto::UINT64;
    case ElementType::BFloat16: return onnx::TensorProto::BFLOAT16;
  }
  return onnx::TensorProto::UNDEFINED;
}

/// The first IR version that allows `opset`.
std::int64_t ir_version(std::int64_t opset) {
  if (opset <= 14) return 7;
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  return opset <= 22 ? 10 : opset - 12;
}

void write_tensor(const Tensor& tensor, onnx::TensorProto& proto) {
  proto.set_data_type(onnx_type(tensor.type));
  for (const auto size : tensor.shape) proto.add_dims(size);
  proto.set_raw_data(tensor.bytes.data(), tensor.bytes.size());
}

struct AttributeWriter {
  onnx::AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const auto value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const auto value : values) proto.add_floats(value);
  }
  void operator()(const std::vector<std::string>& values) const {
    proto.set_type(onnx::AttributeProto::STRINGS);
    for (const auto& value : values) proto.add_strings(value);
  }
  void operator()(const TensorPtr& tensor) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    write_tensor(*tensor, *proto.mutable_t());
  }
};

void write_node(const Node& node, onnx::NodeProto& proto) {
  proto.set_name(node.name);
  proto.set_op_type(node.op);
  for (const auto& input : node.inputs) proto.add_input(input);
  for (const auto& output : node.outputs) proto.add_output(output);
  for (const auto& [key, value] : node.attributes) {
    auto& attribute = *proto.add_attribute();
    attribute.set_name(key);
    std::visit(AttributeWriter{attribute}, value);
  }
}

void write_value(const ValueInfo& value, onnx::ValueInfoProto& proto) {
  proto.set_name(value.name);
  auto& type = *proto.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx_type(value.type));
  auto& shape = *type.mutable_shape();
  for (std::size_t axis = 0; axis < value.shape.size(); ++axis) {
    auto& dim = *shape.add_dim();
    if (value.shape[axis] >= 0) {
      dim.set_dim_value(value.shape[axis]);
    } else if (axis < value.symbols.size() && !value.symbols[axis].empty()) {
      dim.set_dim_param(value.symbols[axis]);
    }
  }
}

std::set<std::string, std::less<>> read_values(const Graph& graph) {
  std::set<std::string, std::less<>> read;
  for (const auto& node : graph.nodes) read.insert(node.inputs.begin(), node.inputs.end());
  for (const auto& output : graph.outputs) read.insert(output.name);
  return read;
}

void write_graph(const Graph& graph, onnx::GraphProto& proto) {
  proto.set_name(graph.name.empty() ? "graph" : graph.name);
  for (const auto& input : graph.inputs) write_value(input, *proto.add_input());
  for (const auto& output : graph.outputs) write_value(output, *proto.add_output());
  const auto read = read_values(graph);
  for (const auto& [name, tensor] : graph.constants) {
    if (read.find(name) == read.end()) continue;
    auto& initializer = *proto.add_initializer();
    initializer.set_name(name);
    write_tensor(*tensor, initializer);
  }
  for (const auto& node : graph.nodes) write_node(node, *proto.add_node());
}

}  // namespace

Result<std::string> onnx_bytes(const Graph& graph, const std::map<std::string, std::string>& properties) {
  onnx::ModelProto model;
  const auto opset = std::max<std::int64_t>(13, graph.opset);
  model.set_ir_version(ir_version(opset));
  model.set_producer_name("quantrail");
  auto& version = *model.add_opset_import();
  version.set_domain("");
  version.set_version(opset);
  for (const auto& [key, value] : properties) {
    auto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  write_graph(graph, *model.mutable_graph());
  const std::size_t size = model.ByteSizeLong();
  if (size > kLargestMessage) {
    return fail(Cause::Unsupported, "the model takes {} bytes, more than the 2 GiB that one ONNX file holds", size);
  }
  std::string bytes;
  bytes.reserve(size);
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  if (!model.SerializeToCodedStream(&coded)) return fail(Cause::Backend, "protobuf could not write the model");
  coded.Trim();
  return bytes;
}

}  // namespace quantrail
