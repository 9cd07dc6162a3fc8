#include <algorithm>
#include <cmath>
#include <limits>

#include "model/codes.h"
#include "model/lowering.h"
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

TensorPtr zero_of(ElementType type) { return std::make_shared<const Tensor>(Tensor::zeros(type, {})); }

/// What a Clip bounds by on that side; nothing where the side is open.
std::optional<std::string> bound_name(const Node& clip, std::size_t input) {
  if (input >= clip.inputs.size() || clip.inputs[input].empty()) return std::nullopt;
  return clip.inputs[input];
}

}  // namespace

void spell_out_other_clamps(Graph& graph, const Probe& probe) {
  const GraphIndex index(graph);
  Names names(graph);
  std::vector<Node> nodes;
  for (Node node : graph.nodes) {
    const auto type = type_of(probe, node.outputs[0]);
    const bool clamps = node.op == "Relu" || node.op == "Clip";
    const auto producer = clamps ? index.producer(node.inputs[0]) : std::nullopt;
    if (!producer || !type || *type == ElementType::Float32 || !takes_activation(graph.nodes[*producer].op)) {
      nodes.push_back(std::move(node));
      continue;
    }
    auto low = bound_name(node, 1);
    const auto high = bound_name(node, 2);
    if (node.op == "Relu") graph.constants[*(low = names.value(node.name + ".min"))] = zero_of(*type);
    node.attributes.clear();
    node.inputs.resize(1);
    node.op = low ? "Max" : high ? "Min" : "Identity";
    if (low || high) node.inputs.push_back(low ? *low : *high);
    nodes.push_back(node);
    if (!low || !high) continue;
    nodes.back().outputs[0] = names.value(node.outputs[0] + "_above");
    nodes.push_back({.name = names.node(node.name + "_min"),
                     .op = "Min",
                     .inputs = {nodes.back().outputs[0], *high},
                     .outputs = node.outputs});
  }
  graph.nodes = std::move(nodes);
}

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
