#include <algorithm>
#include <cmath>
#include <limits>

#include "model/codes.h"
#include "model/passes.h"

namespace quantrail {
namespace {

/// Absent, or one float32.
bool plain_bound(const Graph& graph, const Node& node, std::size_t input) {
  if (input >= node.inputs.size() || node.inputs[input].empty()) return true;
  const auto bound = constant_input(graph, node, input);
  return bound != nullptr && bound->type == ElementType::Float32 && element_count(bound->shape) == 1;
}

/// What a Relu, or a Clip with constant bounds, lets through; nothing for other nodes.
std::optional<Bounds> clamp_of(const Graph& graph, const Node& node) {
  const bool clip = node.op == "Clip" && plain_bound(graph, node, 1) && plain_bound(graph, node, 2);
  if (node.op != "Relu" && !clip) return std::nullopt;
  const Bounds bounds = bounds_of(graph, node);
  return bounds.lo <= bounds.hi ? std::optional(bounds) : std::nullopt;
}

void become_clamp(Graph& graph, Node& node, Bounds bounds, Names& names) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  node.inputs.resize(1);
  node.attributes.clear();
  node.op = bounds == Bounds{0.0F, kInfinity} ? "Relu" : "Clip";
  if (node.op == "Relu") return;
  const auto add = [&](const std::string& name, float bound) {
    node.inputs.push_back(std::abs(bound) == kInfinity ? std::string() : names.value(node.name + name));
    if (!node.inputs.back().empty()) {
      graph.constants[node.inputs.back()] =
          std::make_shared<const Tensor>(Tensor::of<float>({}, std::span<const float>(&bound, 1)));
    }
  };
  add(".min", bounds.lo);
  add(".max", bounds.hi);
}

}  // namespace

void merge_clamps(Graph& graph) {
  const GraphIndex index(graph);
  Names names(graph);
  std::set<std::size_t> gone;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    auto bounds = gone.contains(at) ? std::nullopt : clamp_of(graph, graph.nodes[at]);
    if (!bounds) continue;
    std::size_t last = at;
    for (auto next = sole_reader(graph, index, last); next; next = sole_reader(graph, index, last)) {
      const auto more = clamp_of(graph, graph.nodes[*next]);
      if (!more) break;
      *bounds = {std::clamp(bounds->lo, more->lo, more->hi), std::clamp(bounds->hi, more->lo, more->hi)};
      absorb(graph.nodes[at], graph.nodes[*next]);
      gone.insert(*next);
      last = *next;
    }
    if (last == at) continue;
    become_clamp(graph, graph.nodes[at], *bounds, names);
    graph.nodes[at].outputs = graph.nodes[last].outputs;
  }
  erase_nodes(graph, gone);
}

}  // namespace quantrail
