#include <numeric>

#include "base/text.h"
#include "model/shape_math.h"
#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

std::optional<std::size_t> known_rank(const Upgrade& upgrade, const std::string& value) {
  const auto constant = upgrade.graph.constants.find(value);
  if (constant != upgrade.graph.constants.end()) return constant->second->shape.size();
  const auto* type = upgrade.types == nullptr ? nullptr : upgrade.types->of(value);
  return type == nullptr ? std::nullopt : std::optional(type->shape.size());
}

/// Appends `count` axes of size 1 to input 1.
void append_axes(Upgrade& upgrade, Node& node, std::size_t rank, std::size_t count) {
  if (count == 0) return;
  const std::string old = node.inputs[1];
  node.inputs[1] = upgrade.names.value(old + "_aligned");
  if (const auto constant = upgrade.graph.constants.find(old); constant != upgrade.graph.constants.end()) {
    Tensor aligned = *constant->second;
    aligned.shape.insert(aligned.shape.end(), count, 1);
    upgrade.graph.constants[node.inputs[1]] = std::make_shared<const Tensor>(std::move(aligned));
    return;
  }
  std::vector<std::int64_t> axes(count);
  std::iota(axes.begin(), axes.end(), static_cast<std::int64_t>(rank));
  upgrade.before.push_back({.name = upgrade.names.node(node.name + "_align"),
                            .op = "Unsqueeze",
                            .inputs = {old, upgrade.integers(node.name + ".axes", axes)},
                            .outputs = {node.inputs[1]}});
}

/// The axis of input 0 that the first axis of input 1 goes along; nothing when the last axes meet, as they do now.
std::optional<std::int64_t> first_axis(const Node& node, std::size_t slopes_rank) {
  if (node.op == "PRelu") return slopes_rank == 1 ? std::optional<std::int64_t>(1) : std::nullopt;
  if (int_attribute(node, "broadcast", 0) == 0 || !node.attributes.contains("axis")) return std::nullopt;
  return int_attribute(node, "axis", 0);
}

bool single_slope(const Upgrade& upgrade, const Node& node) {
  const auto slopes = constant_input(upgrade.graph, node, 1);
  return node.op == "PRelu" && slopes != nullptr && element_count(slopes->shape) == 1;
}

}  // namespace

Status align_operand(Upgrade& upgrade, Node& node) {
  if (node.inputs.size() < 2) return fail(Cause::InvalidInput, "input 1 is missing");
  const auto rank = known_rank(upgrade, node.inputs[1]);
  auto axis = first_axis(node, rank.value_or(1));
  if (axis && !single_slope(upgrade, node)) {
    const auto whole = known_rank(upgrade, node.inputs[0]);
    if (!rank || !whole)
      return fail(Cause::Unsupported, "the rank of '{}' is not known, which its axis needs",
                  printable(node.inputs[rank ? 0 : 1]));
    // Below opset 7 an axis may count from the end, too; one slope per channel of a single axis is already in place.
    if (*axis < 0) *axis += static_cast<std::int64_t>(*whole);
    const auto behind = static_cast<std::int64_t>(*whole) - *axis - static_cast<std::int64_t>(*rank);
    if (node.op != "PRelu" && (*axis < 0 || behind < 0))
      return fail(Cause::InvalidInput, "axis {} for an operand of rank {} beside one of rank {}", *axis, *rank, *whole);
    append_axes(upgrade, node, *rank, static_cast<std::size_t>(std::max<std::int64_t>(behind, 0)));
  }
  node.attributes.erase("broadcast");
  node.attributes.erase("axis");
  return {};
}

}  // namespace quantrail
