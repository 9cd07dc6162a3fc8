#include "quantize/bias_correction.h"

#include <algorithm>
#include <cmath>

#include "model/codes.h"
#include "quantize/weight_steps.h"

namespace quantrail {
namespace {

/// One spatial axis of a convolution.
struct Axis {
  std::int64_t in = 1;
  std::int64_t out = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad = 0;  ///< before the first element
};

std::int64_t first_pad(const Node& node, std::size_t axis, const Axis& a) {
  const std::string mode = string_attribute(node, "auto_pad", "NOTSET");
  if (mode == "VALID") return 0;
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    const auto total = std::max<std::int64_t>(0, (a.out - 1) * a.stride + (a.kernel - 1) * a.dilation + 1 - a.in);
    return mode == "SAME_UPPER" ? total / 2 : total - total / 2;
  }
  const auto pads = ints_attribute(node, "pads", {});
  return axis < pads.size() ? pads[axis] : 0;
}

Axis axis_of(const Node& node, const Shape& in, const Shape& out, const Shape& weights, std::size_t axis) {
  const auto at = [axis](const std::vector<std::int64_t>& values) { return axis < values.size() ? values[axis] : 1; };
  Axis a{in[axis + 2], out[axis + 2], weights[axis + 2], at(ints_attribute(node, "strides", {})),
         at(ints_attribute(node, "dilations", {}))};
  a.pad = first_pad(node, axis, a);
  return a;
}

/// Per kernel position, the share of output positions at which it falls inside the input.
std::vector<double> coverage(const Axis& a) {
  std::vector<double> share(static_cast<std::size_t>(a.kernel), 0.0);
  for (std::int64_t k = 0; k < a.kernel; ++k) {
    std::int64_t inside = 0;
    for (std::int64_t o = 0; o < a.out; ++o) {
      const std::int64_t position = o * a.stride - a.pad + k * a.dilation;
      inside += position >= 0 && position < a.in ? 1 : 0;
    }
    share[static_cast<std::size_t>(k)] = static_cast<double>(inside) / static_cast<double>(a.out);
  }
  return share;
}

/// The product of the axes' coverages for each kernel position, row-major.
std::vector<double> kernel_coverage(const Node& node, const Shape& in, const Shape& out, const Shape& weights) {
  std::vector<double> product{1.0};
  for (std::size_t axis = 0; axis + 2 < weights.size(); ++axis) {
    std::vector<double> next;
    const auto share = coverage(axis_of(node, in, out, weights, axis));
    for (const double p : product) {
      for (const double s : share) next.push_back(p * s);
    }
    product = std::move(next);
  }
  return product;
}

std::vector<double> conv_response(const ValueTypes& types, const Node& node, const Shape& shape,
                                  std::span<const float> weights, std::span<const double> input) {
  const auto covered =
      kernel_coverage(node, types.find(node.inputs[0])->second.shape, types.find(node.outputs[0])->second.shape, shape);
  const auto outputs = static_cast<std::size_t>(shape[0]);
  const auto per_group = static_cast<std::size_t>(shape[1]);
  const auto group_size = outputs / static_cast<std::size_t>(int_attribute(node, "group", 1));
  std::vector<double> response(outputs, 0.0);
  std::size_t at = 0;
  for (std::size_t o = 0; o < outputs; ++o) {
    const auto group_input = input.subspan(o / group_size * per_group, per_group);
    for (const double x : group_input) {
      for (const double share : covered) response[o] += weights[at++] * share * x;
    }
  }
  return response;
}

std::vector<double> gemm_response(const Node& node, const Shape& shape, std::span<const float> weights,
                                  std::span<const double> input) {
  const bool transposed = int_attribute(node, "transB", 0) != 0;
  const auto rows = static_cast<std::size_t>(shape[0]);
  const auto columns = static_cast<std::size_t>(shape[1]);
  std::vector<double> response(transposed ? rows : columns, 0.0);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      response[transposed ? r : c] += weights[r * columns + c] * input[transposed ? c : r];
    }
  }
  return response;
}

}  // namespace

std::vector<double> mean_response(const Graph& graph, const ValueTypes& types, const Node& node,
                                  std::span<const float> weights, std::span<const double> input) {
  const Shape& shape = constant_input(graph, node, 1)->shape;
  return node.op == "Conv" ? conv_response(types, node, shape, weights, input)
                           : gemm_response(node, shape, weights, input);
}

std::optional<std::vector<float>> corrected_bias(const Graph& graph, const ValueTypes& types, const Node& node,
                                                 const WeightParams& weights, std::span<const double> input_means,
                                                 double threshold) {
  const Tensor& stored = *constant_input(graph, node, 1);
  const auto exact = mean_response(graph, types, node, stored.values<float>(), input_means);
  const auto rounded = mean_response(graph, types, node, dequantized_weights(stored, weights), input_means);
  std::vector<float> bias = own_bias(graph, node);
  bias.resize(exact.size(), 0.0F);
  double largest = 0.0;
  double change = 0.0;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const double old = bias[c];
    largest = std::max({largest, std::abs(old), std::abs(exact[c] + old)});
    change = std::max(change, std::abs(exact[c] - rounded[c]));
    bias[c] = static_cast<float>(old + exact[c] - rounded[c]);
  }
  if (!(change < threshold * largest)) return std::nullopt;
  return bias;
}

}  // namespace quantrail
