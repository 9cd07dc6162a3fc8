#include "conformance/scope.h"

#include <onnx/onnx_pb.h>

#include <fstream>

namespace quantrail::conformance {
namespace {

const std::set<std::string> kControl{"If", "Loop", "Scan", "SequenceMap"};
const std::set<std::string> kSequence{"SequenceAt",     "SequenceConstruct",  "SequenceEmpty",     "SequenceErase",
                                      "SequenceInsert", "SequenceLength",     "SplitToSequence",   "ConcatFromSequence",
                                      "Optional",       "OptionalGetElement", "OptionalHasElement"};

std::string unclaimed_node(const onnx::NodeProto& node) {
  if (node.domain() == "ai.onnx.preview.training") return "training";
  if (kControl.contains(node.op_type())) return "control flow";
  if (kSequence.contains(node.op_type())) return "sequences and optionals";
  return "";
}

std::string unclaimed_type(const onnx::TypeProto& type) {
  if (!type.has_tensor_type()) return "sequences and optionals";
  return type.tensor_type().elem_type() == onnx::TensorProto::STRING ? "strings" : "";
}

}  // namespace

Content content_of(const Case& one) {
  onnx::ModelProto model;
  std::ifstream file(one.folder / "model.onnx", std::ios::binary);
  Content content;
  if (!model.ParseFromIstream(&file)) return content;
  for (const auto& node : model.graph().node()) {
    content.operators.insert(node.op_type());
    if (content.out_of_scope.empty()) content.out_of_scope = unclaimed_node(node);
  }
  for (const auto* values : {&model.graph().input(), &model.graph().output()}) {
    for (const auto& value : *values) {
      if (content.out_of_scope.empty()) content.out_of_scope = unclaimed_type(value.type());
    }
  }
  content.random = content.operators.contains("Bernoulli") || content.operators.contains("RandomUniformLike");
  return content;
}

}  // namespace quantrail::conformance
