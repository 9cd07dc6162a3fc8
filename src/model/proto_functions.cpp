#include "model/proto_functions.h"

#include <google/protobuf/unknown_field_set.h>
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "model/fresh_names.h"
#include "model/proto_names.h"

namespace quantrail {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Attributes = std::map<std::string, const onnx::AttributeProto*, std::less<>>;

constexpr int kDeepestCall = 64;
constexpr std::size_t kMostNodes = 1U << 18U;
constexpr std::size_t kLeastBytes = std::size_t{1} << 28U;  ///< that copies of nodes may take, and four times the model

std::string domain_of(const std::string& domain) { return domain == "ai.onnx" ? std::string() : domain; }

/// The texts and messages of that number among the fields that libonnx, being older, does not know.
std::vector<std::string> unknown_fields(const google::protobuf::UnknownFieldSet& fields, int number) {
  std::vector<std::string> found;
  for (int at = 0; at < fields.field_count(); ++at) {
    const auto& field = fields.field(at);
    if (field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      found.push_back(field.length_delimited());
  }
  return found;
}

std::string overload_of(const google::protobuf::UnknownFieldSet& unknown, int field) {
  const auto found = unknown_fields(unknown, field);
  return found.empty() ? std::string() : found.back();
}

struct Function {
  const onnx::FunctionProto* proto = nullptr;
  std::vector<onnx::AttributeProto> defaults{};  ///< of attributes that a call may leave out
};

using Key = std::tuple<std::string, std::string, std::string>;  ///< domain, name, overload

Key key_of(const onnx::FunctionProto& function) {
  constexpr int kOverload = 13;
  return {domain_of(function.domain()), function.name(), overload_of(function.unknown_fields(), kOverload)};
}

Key key_of(const onnx::NodeProto& node) {
  constexpr int kOverload = 8;
  return {domain_of(node.domain()), node.op_type(), overload_of(node.unknown_fields(), kOverload)};
}

std::string told(const onnx::FunctionProto& function) {
  return fmt::format("function '{}' of domain '{}'", printable(function.name()), printable(function.domain()));
}

Status check_opset(const onnx::FunctionProto& function, std::int64_t opset) {
  for (const auto& import : function.opset_import()) {
    if (domain_of(import.domain()).empty() && import.version() != opset)
      return fail(Cause::Unsupported, "{} uses opset {}, the model {}: both must be the same", told(function),
                  import.version(), opset);
  }
  return {};
}

/// Attributes of a body's nodes that refer to those of the call get their values; those that nobody gives go.
void bind(onnx::NodeProto& node, const Attributes& given) {
  auto& attributes = *node.mutable_attribute();
  for (int at = 0; at < attributes.size();) {
    auto& attribute = attributes[at];
    if (attribute.has_g()) {
      for (auto& inner : *attribute.mutable_g()->mutable_node()) bind(inner, given);
    }
    for (auto& graph : *attribute.mutable_graphs()) {
      for (auto& inner : *graph.mutable_node()) bind(inner, given);
    }
    if (attribute.ref_attr_name().empty()) {
      ++at;
      continue;
    }
    const auto found = given.find(attribute.ref_attr_name());
    if (found == given.end()) {
      attributes.DeleteSubrange(at, 1);
      continue;
    }
    const std::string name = attribute.name();
    attribute.CopyFrom(*found->second);
    attribute.set_name(name);
    ++at;
  }
}

class Inliner {
 public:
  Inliner(const onnx::ModelProto& model, std::int64_t opset)
      : opset_(opset),
        fresh_(defined_names(model.graph())),
        bytes_left_(std::max(kLeastBytes, 4 * model.ByteSizeLong())) {}

  Status learn(const onnx::ModelProto& model) {
    constexpr int kDefaults = 11;
    for (const auto& proto : model.functions()) {
      Function function{.proto = &proto};
      for (const auto& bytes : unknown_fields(proto.unknown_fields(), kDefaults)) {
        if (!function.defaults.emplace_back().ParseFromString(bytes))
          return fail(Cause::InvalidInput, "{}: the value of an attribute is no ONNX", told(proto));
      }
      // As in ONNX Runtime, an operator of ONNX's own comes before a function of its name.
      const bool shadowed = domain_of(proto.domain()).empty() &&
                            onnx::OpSchemaRegistry::Schema(proto.name(), static_cast<int>(opset_), "") != nullptr;
      if (shadowed) continue;
      if (!functions_.emplace(key_of(proto), std::move(function)).second)
        return fail(Cause::InvalidInput, "{} is defined twice", told(proto));
    }
    return {};
  }

  Status expand(onnx::GraphProto& graph, int depth) {
    Nodes nodes;
    nodes.Swap(graph.mutable_node());
    graph.mutable_node()->Reserve(nodes.size());
    for (auto& node : nodes) {
      if (auto ok = place(node, *graph.mutable_node(), depth); !ok) return ok;
    }
    return {};
  }

 private:
  /// A node, or what it calls.
  Status place(onnx::NodeProto& node, Nodes& into, int depth) {
    const auto called = functions_.find(key_of(node));
    if (called != functions_.end()) return call(called->second, node, into, depth);
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) {
        if (auto ok = expand(*attribute.mutable_g(), depth); !ok) return ok;
      }
      for (auto& graph : *attribute.mutable_graphs()) {
        if (auto ok = expand(graph, depth); !ok) return ok;
      }
    }
    into.Add()->Swap(&node);
    return {};
  }

  Status call(const Function& function, const onnx::NodeProto& node, Nodes& into, int depth) {
    const auto& body = *function.proto;
    if (depth >= kDeepestCall)
      return fail(Cause::InvalidInput, "{} calls itself, or functions are nested more than {} deep", told(body),
                  kDeepestCall);
    if (auto ok = check_opset(body, opset_); !ok) return ok;
    if (node.input_size() > body.input_size() || node.output_size() > body.output_size())
      return fail(Cause::InvalidInput, "{}: node '{}' gives it {} inputs and takes {} outputs, it has {} and {}",
                  told(body), printable(node.name()), node.input_size(), node.output_size(), body.input_size(),
                  body.output_size());
    const std::string prefix = (node.name().empty() ? body.name() : node.name()) + "/";
    std::map<std::string, std::string, std::less<>> names = bound(body, node);
    const Renaming renamed = [&](const std::string& name) {
      const auto [at, fresh] = names.try_emplace(name);
      if (fresh) at->second = fresh_.like(prefix + name);
      return at->second;
    };
    const Attributes given = attributes_of(function, node);
    for (const auto& part : body.node()) {
      onnx::NodeProto copy = part;
      bind(copy, given);
      copy.set_name(prefix + (copy.name().empty() ? copy.op_type() : copy.name()));
      rename_values(copy, renamed);
      if (auto ok = count(copy, body); !ok) return ok;
      if (auto ok = place(copy, into, depth + 1); !ok) return ok;
    }
    pass_inputs_on(body, node, into);
    return {};
  }

  /// What a body's inputs and outputs are called outside.
  static std::map<std::string, std::string, std::less<>> bound(const onnx::FunctionProto& body,
                                                               const onnx::NodeProto& node) {
    std::map<std::string, std::string, std::less<>> names;
    for (int at = 0; at < body.input_size(); ++at)
      names[body.input(at)] = at < node.input_size() ? node.input(at) : std::string();
    for (int at = 0; at < node.output_size(); ++at) {
      if (!node.output(at).empty()) names.try_emplace(body.output(at), node.output(at));
    }
    return names;
  }

  static Attributes attributes_of(const Function& function, const onnx::NodeProto& node) {
    Attributes given;
    for (const auto& attribute : function.defaults) given[attribute.name()] = &attribute;
    for (const auto& attribute : node.attribute()) given[attribute.name()] = &attribute;
    return given;
  }

  static void pass_inputs_on(const onnx::FunctionProto& body, const onnx::NodeProto& node, Nodes& into) {
    for (int at = 0; at < node.output_size(); ++at) {
      const auto& inputs = body.input();
      const auto input = std::find(inputs.begin(), inputs.end(), body.output(at));
      if (input == inputs.end() || input - inputs.begin() >= node.input_size()) continue;
      auto& identity = *into.Add();
      identity.set_name(node.output(at));
      identity.set_op_type("Identity");
      identity.add_input(node.input(static_cast<int>(input - inputs.begin())));
      identity.add_output(node.output(at));
    }
  }

  /// A small file can call functions that call functions that...
  Status count(const onnx::NodeProto& node, const onnx::FunctionProto& body) {
    const std::size_t bytes = node.ByteSizeLong();
    if (++nodes_ > kMostNodes || bytes > bytes_left_)
      return fail(Cause::InvalidInput, "{}: calls of functions multiply beyond {} nodes or too much memory", told(body),
                  kMostNodes);
    bytes_left_ -= bytes;
    return {};
  }

  std::int64_t opset_;
  std::map<Key, Function> functions_{};
  FreshNames fresh_;
  std::size_t nodes_ = 0;
  std::size_t bytes_left_;
};

void add_domains(std::set<std::string, std::less<>>& domains, const onnx::GraphProto& graph) {
  for (const auto& node : graph.node()) {
    domains.insert(domain_of(node.domain()));
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g()) add_domains(domains, attribute.g());
      for (const auto& inner : attribute.graphs()) add_domains(domains, inner);
    }
  }
}

void drop_unused_domains(onnx::ModelProto& model) {
  std::set<std::string, std::less<>> used{""};
  add_domains(used, model.graph());
  auto& imports = *model.mutable_opset_import();
  for (int at = imports.size() - 1; at >= 0; --at) {
    if (!used.contains(domain_of(imports[at].domain()))) imports.DeleteSubrange(at, 1);
  }
}

}  // namespace

Status inline_functions(onnx::ModelProto& model, std::int64_t opset) {
  if (model.functions().empty()) return {};
  Inliner inliner(model, opset);
  if (auto ok = inliner.learn(model); !ok) return ok;
  if (auto ok = inliner.expand(*model.mutable_graph(), 0); !ok) return ok;
  model.clear_functions();
  drop_unused_domains(model);
  return {};
}

}  // namespace quantrail
