#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "model/graph.h"

namespace quantrail::testing {

inline int onnx_type(ElementType type) {
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
  return 0;
}

inline void fill(onnx::TensorProto& proto, const std::string& name, const Tensor& tensor) {
  proto.set_name(name);
  proto.set_data_type(onnx_type(tensor.type));
  for (const auto size : tensor.shape) proto.add_dims(size);
  proto.set_raw_data(tensor.bytes.data(), tensor.bytes.size());
}

inline void fill(onnx::ValueInfoProto& proto, const ValueInfo& info) {
  proto.set_name(info.name);
  auto* type = proto.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx_type(info.type));
  auto* shape = type->mutable_shape();
  for (std::size_t axis = 0; axis < info.shape.size(); ++axis) {
    auto* dim = shape->add_dim();
    if (info.shape[axis] >= 0)
      dim->set_dim_value(info.shape[axis]);
    else if (!info.symbols[axis].empty())
      dim->set_dim_param(info.symbols[axis]);
  }
}

struct FillAttribute {
  onnx::AttributeProto& proto;
  void operator()(std::int64_t value) const { proto.set_type(onnx::AttributeProto::INT), proto.set_i(value); }
  void operator()(float value) const { proto.set_type(onnx::AttributeProto::FLOAT), proto.set_f(value); }
  void operator()(const std::string& value) const { proto.set_type(onnx::AttributeProto::STRING), proto.set_s(value); }
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
  void operator()(const TensorPtr& value) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    fill(*proto.mutable_t(), "", *value);
  }
};

/// The graph as an ONNX message, to be changed by a test or written.
inline onnx::ModelProto onnx_model(const Graph& graph, std::int64_t ir_version = 7) {
  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.add_opset_import()->set_version(graph.opset);
  auto& proto = *model.mutable_graph();
  proto.set_name(graph.name.empty() ? "graph" : graph.name);
  for (const auto& info : graph.inputs) fill(*proto.add_input(), info);
  for (const auto& info : graph.outputs) fill(*proto.add_output(), info);
  for (const auto& [name, value] : graph.constants) fill(*proto.add_initializer(), name, *value);
  for (const auto& node : graph.nodes) {
    auto& message = *proto.add_node();
    message.set_name(node.name);
    message.set_op_type(node.op);
    for (const auto& value : node.inputs) message.add_input(value);
    for (const auto& value : node.outputs) message.add_output(value);
    for (const auto& [key, value] : node.attributes) {
      auto& attribute = *message.add_attribute();
      attribute.set_name(key);
      std::visit(FillAttribute{attribute}, value);
    }
  }
  return model;
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline void write_model(const std::filesystem::path& path, const onnx::ModelProto& model) {
  write_bytes(path, model.SerializeAsString());
}

/// Writes a graph as an ONNX file.
inline void write_model(const std::filesystem::path& path, const Graph& graph) { write_model(path, onnx_model(graph)); }

/// A folder for one test, removed with it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "quantrail-model-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_{};
};

}  // namespace quantrail::testing
