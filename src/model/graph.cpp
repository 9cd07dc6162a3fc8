#include "model/graph.h"

#include <fmt/format.h>

#include "base/text.h"

namespace quantrail {
namespace {

const std::vector<std::size_t> kNobody;

template <class T>
T attribute_or(const Node& node, std::string_view key, T otherwise) {
  const auto found = node.attributes.find(std::string(key));
  if (found == node.attributes.end()) return otherwise;
  const T* value = std::get_if<T>(&found->second);
  return value != nullptr ? *value : otherwise;
}

template <class Map>
std::optional<std::size_t> position(const Map& map, std::string_view key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

GraphIndex::GraphIndex(const Graph& graph) {
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    names_.emplace(node.name, at);
    for (const auto& value : node.outputs) {
      if (!value.empty()) producers_.emplace(value, at);
    }
    for (const auto& value : node.inputs) {
      if (value.empty()) continue;
      auto& readers = readers_[value];
      if (readers.empty() || readers.back() != at) readers.push_back(at);
    }
  }
  for (const auto& output : graph.outputs) outputs_.emplace(output.name, true);
}

std::optional<std::size_t> GraphIndex::producer(std::string_view value) const { return position(producers_, value); }

const std::vector<std::size_t>& GraphIndex::readers(std::string_view value) const {
  const auto found = readers_.find(value);
  return found == readers_.end() ? kNobody : found->second;
}

bool GraphIndex::is_output(std::string_view value) const { return outputs_.find(value) != outputs_.end(); }

std::optional<std::size_t> GraphIndex::node(std::string_view name) const { return position(names_, name); }

std::int64_t int_attribute(const Node& node, std::string_view key, std::int64_t otherwise) {
  return attribute_or<std::int64_t>(node, key, otherwise);
}

float float_attribute(const Node& node, std::string_view key, float otherwise) {
  return attribute_or<float>(node, key, otherwise);
}

std::string string_attribute(const Node& node, std::string_view key, std::string_view otherwise) {
  return attribute_or<std::string>(node, key, std::string(otherwise));
}

std::vector<std::int64_t> ints_attribute(const Node& node, std::string_view key, std::vector<std::int64_t> otherwise) {
  return attribute_or<std::vector<std::int64_t>>(node, key, std::move(otherwise));
}

TensorPtr constant_input(const Graph& graph, const Node& node, std::size_t index) {
  if (index >= node.inputs.size()) return nullptr;
  const auto found = graph.constants.find(node.inputs[index]);
  return found == graph.constants.end() ? nullptr : found->second;
}

std::string described(const Node& node, std::int64_t opset) {
  return fmt::format("node '{}' ({}, opset {})", printable(node.name), printable(node.op), opset);
}

}  // namespace quantrail
