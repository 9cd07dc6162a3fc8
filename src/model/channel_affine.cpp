#include "model/channel_affine.h"

#include <algorithm>
#include <cmath>

namespace quantrail {
namespace {

/// One value per channel from a constant that broadcasts along all axes but axis 1 of `rank`.
std::optional<std::vector<double>> per_channel(const TensorPtr& tensor, std::size_t rank, std::size_t channels) {
  auto values = doubles_of(tensor);
  if (!values || tensor->shape.size() > rank) return std::nullopt;
  const std::size_t lead = rank - tensor->shape.size();
  for (std::size_t axis = 0; axis < tensor->shape.size(); ++axis) {
    const bool channel_axis = lead + axis == 1 && tensor->shape[axis] == static_cast<std::int64_t>(channels);
    if (tensor->shape[axis] != 1 && !channel_axis) return std::nullopt;
  }
  if (values->size() == 1) values->assign(channels, values->front());
  return values;
}

}  // namespace

std::optional<std::vector<double>> doubles_of(const TensorPtr& tensor) {
  if (tensor == nullptr) return std::nullopt;
  if (tensor->type == ElementType::Float64) {
    const auto values = tensor->values<double>();
    return std::vector<double>(values.begin(), values.end());
  }
  if (tensor->type != ElementType::Float32) return std::nullopt;
  const auto values = tensor->values<float>();
  return std::vector<double>(values.begin(), values.end());
}

TensorPtr float_tensor(Shape shape, const std::vector<double>& values) {
  Tensor tensor = Tensor::zeros(ElementType::Float32, std::move(shape));
  assert(tensor.values<float>().size() == values.size());
  std::transform(values.begin(), values.end(), tensor.values<float>().begin(),
                 [](double v) { return static_cast<float>(v); });
  return std::make_shared<const Tensor>(std::move(tensor));
}

std::optional<ChannelAffine> affine_of_batch_norm(const Graph& graph, const Node& node) {
  const auto scale = doubles_of(constant_input(graph, node, 1));
  const auto shift = doubles_of(constant_input(graph, node, 2));
  const auto mean = doubles_of(constant_input(graph, node, 3));
  const auto variance = doubles_of(constant_input(graph, node, 4));
  if (!scale || !shift || !mean || !variance) return std::nullopt;
  const std::size_t channels = scale->size();
  if (shift->size() != channels || mean->size() != channels || variance->size() != channels) return std::nullopt;
  const auto epsilon = static_cast<double>(float_attribute(node, "epsilon", 1e-5F));
  ChannelAffine affine{std::vector<double>(channels), std::vector<double>(channels)};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    affine.scale[channel] = (*scale)[channel] / std::sqrt((*variance)[channel] + epsilon);
    affine.shift[channel] = (*shift)[channel] - affine.scale[channel] * (*mean)[channel];
    // A variance below -epsilon: what becomes of it is the operator's own affair, not that of the layer before it.
    if (!std::isfinite(affine.scale[channel]) || !std::isfinite(affine.shift[channel])) return std::nullopt;
  }
  return affine;
}

std::optional<ChannelAffine> affine_of_arithmetic(const Graph& graph, const Node& node, const std::string& value,
                                                  std::size_t rank, std::size_t channels) {
  const bool known = node.op == "Mul" || node.op == "Div" || node.op == "Add" || node.op == "Sub";
  if (!known || node.inputs.size() != 2) return std::nullopt;
  const std::size_t other = node.inputs[0] == value ? 1 : 0;
  if (other == 0 && (node.op == "Div" || node.op == "Sub")) return std::nullopt;
  auto constant = per_channel(constant_input(graph, node, other), rank, channels);
  if (!constant) return std::nullopt;
  ChannelAffine affine{std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0)};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double operand = (*constant)[channel];
    if (node.op == "Mul") affine.scale[channel] = operand;
    if (node.op == "Div") affine.scale[channel] = 1.0 / operand;
    if (node.op == "Add") affine.shift[channel] = operand;
    if (node.op == "Sub") affine.shift[channel] = -operand;
  }
  return affine;
}

}  // namespace quantrail
