#include "model/proto_node.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/expanders.h"
#include "model/proto_tensor.h"

namespace quantrail {
namespace {

template <std::size_t N>
bool listed(const std::array<std::string_view, N>& list, std::string_view op) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

/// Why an operator of the default domain cannot be read at all; empty when it can.
std::string_view refusal(std::string_view op) {
  constexpr std::array<std::string_view, 4> kControl{"If", "Loop", "Scan", "SequenceMap"};
  constexpr std::array<std::string_view, 11> kSequence{"SequenceAt",         "SequenceConstruct",  "SequenceEmpty",
                                                       "SequenceErase",      "SequenceInsert",     "SequenceLength",
                                                       "SplitToSequence",    "ConcatFromSequence", "Optional",
                                                       "OptionalGetElement", "OptionalHasElement"};
  constexpr std::array<std::string_view, 4> kString{"StringNormalizer", "StringConcat", "StringSplit",
                                                    "RegexFullMatch"};
  if (listed(kControl, op)) return "control flow is not supported";
  if (listed(kSequence, op)) return "sequences and optionals are not supported";
  if (listed(kString, op)) return "strings are not supported";
  return {};
}

Result<Attribute> attribute_from(const onnx::AttributeProto& proto, ExternalData& external) {
  switch (proto.type()) {
    case onnx::AttributeProto::INT: return Attribute(std::int64_t{proto.i()});
    case onnx::AttributeProto::FLOAT: return Attribute(proto.f());
    case onnx::AttributeProto::STRING: return Attribute(proto.s());
    case onnx::AttributeProto::INTS:
      return Attribute(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case onnx::AttributeProto::FLOATS:
      return Attribute(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case onnx::AttributeProto::STRINGS:
      return Attribute(std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
    case onnx::AttributeProto::TENSOR: {
      auto tensor = tensor_from(proto.t(), external);
      if (!tensor) return failed(tensor);
      return Attribute(std::make_shared<const Tensor>(std::move(*tensor)));
    }
    case onnx::AttributeProto::GRAPH:
    case onnx::AttributeProto::GRAPHS: return fail(Cause::Unsupported, "subgraphs (control flow) are not supported");
    default: return fail(Cause::Unsupported, "its kind (number {}) is not supported", static_cast<int>(proto.type()));
  }
}

template <class T>
TensorPtr shared_tensor(Shape shape, std::span<const T> values) {
  return std::make_shared<const Tensor>(Tensor::of<T>(std::move(shape), values));
}

}  // namespace

Result<Node> node_from(const onnx::NodeProto& proto, std::int64_t opset, ExternalData& external) {
  Node node;
  node.name = !proto.name().empty() ? proto.name() : (proto.output_size() > 0 ? proto.output(0) : std::string());
  node.op = proto.op_type();
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  if (proto.domain() == kForeignDomain && is_known_foreign(node.op)) {
    node.op = foreign(node.op);
  } else if (!proto.domain().empty() && proto.domain() != "ai.onnx") {
    return fail(Cause::Unsupported,
                "{}: its domain '{}' is not supported, only ONNX's own operators and some of ONNX Runtime's are",
                described(node, opset), printable(proto.domain()));
  }
  if (const auto why = refusal(node.op); !why.empty())
    return fail(Cause::Unsupported, "{}: {}", described(node, opset), why);
  for (const auto& attribute : proto.attribute()) {
    auto value = attribute_from(attribute, external);
    if (!value) {
      return failed(value, fmt::format("{}: attribute '{}'", described(node, opset), printable(attribute.name())));
    }
    if (!node.attributes.emplace(attribute.name(), std::move(*value)).second) {
      return fail(Cause::InvalidInput, "{}: attribute '{}' is given twice", described(node, opset),
                  printable(attribute.name()));
    }
  }
  return node;
}

Result<TensorPtr> constant_value(const Node& node) {
  if (node.attributes.size() != 1) return fail(Cause::InvalidInput, "a Constant needs exactly one attribute");
  const auto& [key, value] = *node.attributes.begin();
  if (key == "value") {
    const auto* tensor = std::get_if<TensorPtr>(&value);
    if (tensor != nullptr) return *tensor;
  } else if (key == "value_float" && std::holds_alternative<float>(value)) {
    return shared_tensor<float>({}, std::array{std::get<float>(value)});
  } else if (key == "value_int" && std::holds_alternative<std::int64_t>(value)) {
    return shared_tensor<std::int64_t>({}, std::array{std::get<std::int64_t>(value)});
  } else if (key == "value_floats" && std::holds_alternative<std::vector<float>>(value)) {
    const auto& values = std::get<std::vector<float>>(value);
    return shared_tensor<float>({static_cast<std::int64_t>(values.size())}, values);
  } else if (key == "value_ints" && std::holds_alternative<std::vector<std::int64_t>>(value)) {
    const auto& values = std::get<std::vector<std::int64_t>>(value);
    return shared_tensor<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
  }
  return fail(Cause::Unsupported, "a Constant with attribute '{}' is not supported", printable(key));
}

}  // namespace quantrail
