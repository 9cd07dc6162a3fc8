#include "quantize/ignored_attributes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "config/operator_names.h"
#include "model/attribute_schema.h"

namespace quantrail {
namespace {

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

/// OpenVINO writes auto_pad in small letters, and "explicit" for ONNX's NOTSET.
AttributeValue onnx_value(const std::string& name, const AttributeValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (name != "auto_pad" || text == nullptr) return value;
  return *text == "explicit" ? "NOTSET" : upper(*text);
}

template <class T, class U>
bool equal_numbers(const std::vector<T>& a, const std::vector<U>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](auto x, auto y) { return static_cast<float>(x) == static_cast<float>(y); });
}

bool equal(const Attribute& found, const AttributeValue& wanted) {
  return std::visit(
      []<class F, class W>(const F& f, const W& w) {
        constexpr bool kNumbers = std::is_arithmetic_v<F> && std::is_arithmetic_v<W>;
        if constexpr (std::is_same_v<F, W>)
          return f == w;
        else if constexpr (kNumbers)
          return static_cast<float>(f) == static_cast<float>(w);
        else if constexpr (requires {
                             equal_numbers(f, w);
                             static_cast<float>(f[0]);
                             static_cast<float>(w[0]);
                           } &&
                           !std::is_same_v<F, std::string> && !std::is_same_v<W, std::string>)
          return equal_numbers(f, w);
        else
          return false;
      },
      found, wanted);
}

/// What absent strides, dilations and pads mean: one number along every axis.
std::optional<Attribute> repeated_default(const std::string& key, const AttributeValue& wanted) {
  const auto* list = std::get_if<std::vector<std::int64_t>>(&wanted);
  if (list == nullptr || list->empty()) return std::nullopt;
  if (key == "strides" || key == "dilations") return std::vector<std::int64_t>(list->size(), 1);
  if (key == "pads") return std::vector<std::int64_t>(list->size(), 0);
  return std::nullopt;
}

/// The attribute as `name` calls it; nothing when the node has none of that kind.
std::optional<Attribute> value_of(const Node& node, std::int64_t opset, const std::string& name,
                                  const AttributeValue& wanted) {
  const std::string key = onnx_attribute(name);
  auto found = attribute_in_force(node, opset, key);
  const auto known = known_attributes(node.op, opset);
  if (!found && std::find(known.begin(), known.end(), key) != known.end()) return repeated_default(key, wanted);
  if (!found || key == name || key != "pads") return found;
  const auto* pads = std::get_if<std::vector<std::int64_t>>(&*found);
  if (pads == nullptr) return std::nullopt;
  const auto middle = pads->begin() + static_cast<std::ptrdiff_t>(pads->size() / 2);
  return name == "pads_begin" ? std::vector(pads->begin(), middle) : std::vector(middle, pads->end());
}

template <class Value>
std::string text_of(const Value& value) {
  return std::visit(Overload{[](const TensorPtr&) { return std::string("a tensor"); },
                             [](const std::string& text) { return fmt::format("\"{}\"", printable(text)); },
                             [](const auto& other) { return fmt::format("{}", other); }},
                    value);
}

std::vector<const Node*> nodes_meant(const Graph& graph, const IgnoredOperation& operation) {
  std::vector<const Node*> nodes;
  for (const auto& node : graph.nodes) {
    if (is_of_type(node, operation)) nodes.push_back(&node);
  }
  return nodes;
}

}  // namespace

bool has_attributes(const Node& node, std::int64_t opset, const IgnoredOperation& operation) {
  return std::all_of(operation.attributes.begin(), operation.attributes.end(), [&](const auto& attribute) {
    const auto wanted = onnx_value(attribute.first, attribute.second);
    const auto found = value_of(node, opset, attribute.first, wanted);
    return found && equal(*found, wanted);
  });
}

bool is_of_type(const Node& node, const IgnoredOperation& operation) {
  const auto ops = onnx_operators(operation.type);
  return std::find(ops.begin(), ops.end(), node.op) != ops.end() &&
         has_so_many_groups(operation.type, int_attribute(node, "group", 1));
}

std::string described(const IgnoredOperation& operation) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : operation.attributes)
    parts.push_back(fmt::format("{} = {}", printable(name), text_of(value)));
  const std::string type = printable(operation.type);
  return parts.empty() ? type : fmt::format("{} with {}", type, joined(parts, ", "));
}

std::string why_none_matches(const Graph& graph, const IgnoredOperation& operation) {
  const auto nodes = nodes_meant(graph, operation);
  if (nodes.empty()) {
    std::vector<std::string> known;
    for (const auto& node : graph.nodes) known.push_back(node.op);
    return fmt::format("there is no operator '{}'{}", printable(operation.type), did_you_mean(operation.type, known));
  }
  std::vector<std::string> there;
  for (const auto& [name, wanted] : operation.attributes) {
    std::set<std::string> values;
    std::vector<std::string> known;
    for (const auto* node : nodes) {
      const auto found = value_of(*node, graph.opset, name, wanted);
      if (found) values.insert(text_of(*found));
      for (auto& key : known_attributes(node->op, graph.opset)) {
        if (std::find(known.begin(), known.end(), key) == known.end()) known.push_back(std::move(key));
      }
    }
    if (std::find(known.begin(), known.end(), onnx_attribute(name)) == known.end() && values.empty()) {
      const std::string hint = did_you_mean(name, known);
      return fmt::format("'{}' has no attribute '{}'{}", printable(operation.type), printable(name),
                         hint.empty() ? fmt::format("; it has {}", joined(known, ", ")) : hint);
    }
    there.push_back(fmt::format("{} = {}", printable(name),
                                values.empty() ? "nothing" : fmt::to_string(fmt::join(values, " or "))));
  }
  return fmt::format("no node is {}; there is {}", described(operation), joined(there, ", "));
}

}  // namespace quantrail
