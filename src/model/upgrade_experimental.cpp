// Operators that ONNX tried out until opset 9 and that ONNX Runtime still runs there.
#include <algorithm>
#include <limits>

#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

/// A new node before `node`, of what `node` reads and of `operand`, if there is one; `node` reads its result instead.
void put_before(Upgrade& upgrade, Node& node, const std::string& op, const std::string& operand = "") {
  Node added{.name = upgrade.names.node(node.name + "_" + op),
             .op = op,
             .inputs = {node.inputs[0]},
             .outputs = {upgrade.names.value(node.name + "_" + op + "_output")}};
  if (!operand.empty()) added.inputs.push_back(operand);
  node.inputs[0] = added.outputs[0];
  upgrade.before.push_back(std::move(added));
}

void become(Node& node, const std::string& op, const std::string& operand) {
  node.op = op;
  node.attributes.clear();
  set_input(node, 1, operand);
}

void multiply_before(Upgrade& upgrade, Node& node, const std::string& key, float factor) {
  if (factor != 1.0F) put_before(upgrade, node, "Mul", upgrade.scalar(node.name + "." + key, factor));
}

/// alpha * x + beta
Status affine(Upgrade& upgrade, Node& node) {
  const float beta = float_attribute(node, "beta", 0.0F);
  multiply_before(upgrade, node, "alpha", float_attribute(node, "alpha", 1.0F));
  become(node, "Add", upgrade.scalar(node.name + ".beta", beta));
  return {};
}

/// scale * x + bias, which has one number per channel of an image.
Status image_scaler(Upgrade& upgrade, Node& node) {
  const auto found = node.attributes.find("bias");
  const auto* bias = found == node.attributes.end() ? nullptr : std::get_if<std::vector<float>>(&found->second);
  if (bias == nullptr || bias->empty())
    return fail(Cause::InvalidInput, "needs the attribute 'bias', a list of floats");
  const Shape per_channel{static_cast<std::int64_t>(bias->size()), 1, 1};
  const auto name = upgrade.names.value(node.name + ".bias");
  upgrade.graph.constants[name] =
      std::make_shared<const Tensor>(Tensor::of<float>(per_channel, std::span<const float>(*bias)));
  multiply_before(upgrade, node, "scale", float_attribute(node, "scale", 1.0F));
  become(node, "Add", name);
  return {};
}

/// border: left, top, right, bottom; scale: the height and width of the result, instead of the last two.
Status crop(Upgrade& upgrade, Node& node) {
  const auto border = ints_attribute(node, "border", {});
  const auto size = ints_attribute(node, "scale", {});
  const auto negative = [](std::int64_t value) { return value < 0; };
  if (border.size() != 4 || std::any_of(border.begin(), border.end(), negative))
    return fail(Cause::InvalidInput, "needs the attribute 'border', four integers from 0 on");
  if (!size.empty() && (size.size() != 2 || std::any_of(size.begin(), size.end(), negative)))
    return fail(Cause::InvalidInput, "its attribute 'scale' must be two integers from 0 on");
  constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
  const auto from_end = [](std::int64_t left_out) { return left_out == 0 ? kEnd : -left_out; };
  std::vector<std::int64_t> ends{from_end(border[3]), from_end(border[2])};
  if (!size.empty()) ends = {border[1] + size[0], border[0] + size[1]};
  become(node, "Slice", upgrade.integers(node.name + ".starts", {border[1], border[0]}));
  set_input(node, 2, upgrade.integers(node.name + ".ends", ends));
  set_input(node, 3, upgrade.integers(node.name + ".axes", {2, 3}));
  return {};
}

/// alpha * function(beta * x)
Status scaled(Upgrade& upgrade, Node& node, const std::string& function) {
  for (const auto* key : {"alpha", "beta"}) {
    if (!node.attributes.contains(key)) return fail(Cause::InvalidInput, "needs the attribute '{}', a float", key);
  }
  const float alpha = float_attribute(node, "alpha", 1.0F);
  multiply_before(upgrade, node, "beta", float_attribute(node, "beta", 1.0F));
  put_before(upgrade, node, function);
  become(node, "Mul", upgrade.scalar(node.name + ".alpha", alpha));
  return {};
}

Status scaled_tanh(Upgrade& upgrade, Node& node) { return scaled(upgrade, node, "Tanh"); }
Status parametric_softplus(Upgrade& upgrade, Node& node) { return scaled(upgrade, node, "Softplus"); }

/// As it is from opset 10 on.
Status unchanged(Upgrade&, Node&) { return {}; }

const UpgradeSteps& steps() {
  static const UpgradeSteps kSteps{
      {"Affine", affine},          {"ImageScaler", image_scaler},  {"Crop", crop},
      {"ScaledTanh", scaled_tanh}, {"ThresholdedRelu", unchanged}, {"ParametricSoftplus", parametric_softplus}};
  return kSteps;
}

constexpr std::int64_t kOfficial = 10;  // from here on they are gone, or official

}  // namespace

bool is_experimental(const std::string& op, std::int64_t opset) { return opset < kOfficial && steps().contains(op); }

Status leave_experiments(Upgrade& upgrade, Node& node) {
  if (!is_experimental(node.op, upgrade.from)) return {};
  if (node.inputs.size() != 1) return fail(Cause::InvalidInput, "has {} inputs instead of 1", node.inputs.size());
  return steps().at(node.op)(upgrade, node);
}

}  // namespace quantrail
