#include <algorithm>
#include <numeric>

#include "model/passes.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// The axes of a Reduce* node in either form; nothing when they are not constant. Empty: all.
std::optional<std::vector<std::int64_t>> axes_of(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 2 || node.inputs[1].empty()) return ints_attribute(node, "axes", {});
  const auto axes = constant_input(graph, node, 1);
  if (axes == nullptr || axes->type != ElementType::Int64) return std::nullopt;
  return integers_of(*axes);
}

bool over_all_spatial_axes(const Graph& graph, const Node& node, std::size_t rank) {
  const auto named = axes_of(graph, node);
  if (!named || rank < 4) return false;  // at rank 3 it is rather a LayerNormalization
  const auto axes = normal_axes(*named, rank);
  std::vector<std::size_t> spatial(rank - 2);
  std::iota(spatial.begin(), spatial.end(), std::size_t{2});
  return axes && *axes == spatial;
}

/// Pads of a Pad node that a convolution can have as its own: zeros, on spatial axes only; begins, then ends.
std::optional<std::vector<std::int64_t>> spatial_zero_pads(const Graph& graph, const Node& node, std::size_t rank) {
  const auto given = constant_input(graph, node, 1);
  const bool some_axes = node.inputs.size() > 3 && !node.inputs[3].empty();
  if (given == nullptr || given->type != ElementType::Int64 || some_axes) return std::nullopt;
  if (string_attribute(node, "mode", "constant") != "constant") return std::nullopt;
  if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
    const auto value = constant_input(graph, node, 2);
    const auto zero = [](std::byte byte) { return byte == std::byte{0}; };
    if (value == nullptr || !std::all_of(value->bytes.begin(), value->bytes.end(), zero)) return std::nullopt;
  }
  const auto pads = integers_of(*given);
  if (pads.size() != 2 * rank || rank < 3) return std::nullopt;
  if (std::any_of(pads.begin(), pads.end(), [](auto pad) { return pad < 0; })) return std::nullopt;
  if (pads[0] != 0 || pads[1] != 0 || pads[rank] != 0 || pads[rank + 1] != 0) return std::nullopt;
  std::vector<std::int64_t> spatial(pads.begin() + 2, pads.begin() + static_cast<std::ptrdiff_t>(rank));
  spatial.insert(spatial.end(), pads.begin() + static_cast<std::ptrdiff_t>(rank) + 2, pads.end());
  return spatial;
}

bool merge(const Graph& graph, const Node& pad, Node& conv) {
  if (pad.op != "Pad" || conv.op != "Conv" || conv.inputs[0] != pad.outputs[0]) return false;
  const auto weights = constant_input(graph, conv, 1);
  const auto auto_pad = string_attribute(conv, "auto_pad", "NOTSET");
  if (weights == nullptr || (auto_pad != "NOTSET" && auto_pad != "VALID")) return false;
  auto pads = spatial_zero_pads(graph, pad, weights->shape.size());
  if (!pads) return false;
  const auto own = ints_attribute(conv, "pads", std::vector<std::int64_t>(pads->size(), 0));
  if (own.size() != pads->size()) return false;
  if (auto_pad == "NOTSET") std::transform(own.begin(), own.end(), pads->begin(), pads->begin(), std::plus<>());
  conv.attributes.erase("auto_pad");
  conv.attributes["pads"] = std::move(*pads);
  conv.inputs[0] = pad.inputs[0];
  absorb(conv, pad);
  return true;
}

}  // namespace

void pool_spatial_means(Graph& graph, const Probe& probe) {
  Names names(graph);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    Node& node = graph.nodes[at];
    if (node.op != "ReduceMean") continue;
    const auto rank = rank_of(probe, node.inputs[0]);
    if (type_of(probe, node.inputs[0]) != ElementType::Float32) continue;
    if (!rank || !over_all_spatial_axes(graph, node, *rank)) continue;
    const bool keep = int_attribute(node, "keepdims", 1) != 0;
    node.op = "GlobalAveragePool";
    node.inputs.resize(1);
    node.attributes.clear();
    if (keep) continue;
    Node flatten{.name = names.node(node.name + "_flatten"), .op = "Flatten", .outputs = node.outputs};
    node.outputs = {names.value(node.outputs[0] + "_pooled")};
    flatten.inputs = node.outputs;
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(flatten));
  }
}

void merge_pads(Graph& graph) {
  const GraphIndex index(graph);
  std::set<std::size_t> gone;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const auto next = sole_reader(graph, index, at);
    if (next && merge(graph, graph.nodes[at], graph.nodes[*next])) gone.insert(at);
  }
  erase_nodes(graph, gone);
}

}  // namespace quantrail
