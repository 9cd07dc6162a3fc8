#include "model/attribute_schema.h"

#include <onnx/defs/schema.h>

#include <algorithm>
#include <limits>

namespace quantrail {
namespace {

const onnx::OpSchema* schema_of(const std::string& op, std::int64_t opset) {
  const auto& domains = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  const int newest = domains.at(onnx::ONNX_DOMAIN).second;
  return onnx::OpSchemaRegistry::Schema(op, static_cast<int>(std::min<std::int64_t>(opset, newest)), onnx::ONNX_DOMAIN);
}

std::optional<Attribute> default_in(const onnx::AttributeProto& proto) {
  switch (proto.type()) {
    case onnx::AttributeProto::INT: return Attribute(std::int64_t{proto.i()});
    case onnx::AttributeProto::FLOAT: return Attribute(proto.f());
    case onnx::AttributeProto::STRING: return Attribute(proto.s());
    case onnx::AttributeProto::INTS:
      return Attribute(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    default: return std::nullopt;
  }
}

}  // namespace

bool is_onnx_operator(const std::string& op) { return schema_of(op, std::numeric_limits<int>::max()) != nullptr; }

std::vector<std::string> known_attributes(const std::string& op, std::int64_t opset) {
  const auto* schema = schema_of(op, opset);
  std::vector<std::string> names;
  if (schema == nullptr) return names;
  for (const auto& [name, attribute] : schema->attributes()) names.push_back(name);
  return names;
}

std::optional<Attribute> attribute_in_force(const Node& node, std::int64_t opset, const std::string& key) {
  if (const auto written = node.attributes.find(key); written != node.attributes.end()) return written->second;
  const auto* schema = schema_of(node.op, opset);
  if (schema == nullptr) return std::nullopt;
  const auto defined = schema->attributes().find(key);
  return defined == schema->attributes().end() ? std::nullopt : default_in(defined->second.default_value);
}

}  // namespace quantrail
